"""Plain facts of fifty made-up cases, written as a case system would send them: openings, then month by month."""

from __future__ import annotations

import json

SOURCE = "/test/system"


def written_facts(first: int, end: int) -> list[bytes]:
    """The facts of these numbers, one line each; the same number always tells the same fact."""
    return [_written(number) for number in range(first, end)]


def fact(identity: str, type_: str, *, subject: str = "case-1", **data: object) -> bytes:
    """One fact; `data` goes over a child, and a day before it was recorded."""
    event = {
        "specversion": "1.0",
        "id": identity,
        "source": SOURCE,
        "type": type_,
        "subject": subject,
        "time": "2022-01-10T09:00:00Z",
        "data": {"child": subject.replace("case", "c"), "effective_on": "2021-03-01"} | data,
    }
    return json.dumps(event).encode()


def _written(number: int) -> bytes:
    case, turn = number % 50, number // 50
    kind = "case-opened" if turn == 0 else ("case-supervised", "case-assessed", "child-visited")[turn % 3]
    data = {"child": f"c-{case}", "effective_on": f"2021-{1 + turn % 12:02d}-{1 + case % 28:02d}"}
    event = {
        "specversion": "1.0",
        "id": f"f-{number}",
        "source": SOURCE,
        "type": f"{kind}.v1",
        "subject": f"case-{case}",
        "time": "2022-01-10T09:00:00Z",
        "data": data | ({"tier": "child_in_need", "team": "N1"} if turn == 0 else {}),
    }
    return json.dumps(event).encode()
