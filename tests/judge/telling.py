"""Small stories for worked examples: a few facts of a case, told in a line each, and a small policy."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from .intake import Acceptance, accept
from .policy import Policy, read_policy

LATER = datetime(2022, 6, 1, tzinfo=UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def fact(id_: str, type_: str, on: str, *, time: str | None = None, case: str = "case-1", **data: Any) -> bytes:
    """A line; recorded at nine in the morning of its day unless said otherwise."""
    body = {
        "specversion": "1.0",
        "id": id_,
        "source": data.pop("source", "/record"),
        "type": type_ + ".v1",
        "subject": case,
        "time": time or f"{on}T09:00:00Z",
        "data": {"child": data.pop("child", "c-1"), "effective_on": on, **data},
    }
    return json.dumps(body).encode()


def after(line: bytes, recordedafter: str) -> bytes:
    return json.dumps({**json.loads(line), "recordedafter": recordedafter}).encode()


def backfilled(*lines: bytes) -> Acceptance:
    return accept(lines, now=LATER, backfill=True)


def policy(*clocks: str, head: str = "", coverage: str = "") -> Policy:
    """Clocks are given by their telling keys; the rest is filled in."""
    plain = 'title = "t"\ncitation = "c"\nbasis = "local"\nseverity = "low"\n'
    told = "".join(f"[[clock]]\n{plain}{clock}\n" for clock in clocks)
    return read_policy(f'[policy]\nid = "p"\nversion = "1"\n{head}\n{coverage}\n{told}')


def clock(
    id_: str = "c",
    tiers: str = '["child_in_need", "child_protection"]',
    starts: str = '["scope"]',
    met_by: str = '["case-supervised"]',
    first: str = "10 days",
    more: str = "",
) -> str:
    return f'id = "{id_}"\ntiers = {tiers}\nstarts = {starts}\nmet_by = {met_by}\nfirst = "{first}"\n{more}'
