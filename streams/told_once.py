"""A name stands once in a fact: where one stands twice nobody can say which of its two values was meant.

JSON itself takes the last without a word, so that a child's reference or the day of a visit could be lost in silence.
That no name stands twice is seen from a count over many lines together; only where the count leaves a doubt is a line
read name by name.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

Place = tuple[str | int, ...]

_BLANKS: Final = (b" ", b"\t", b"\r")


def surely_told_once(lines: Sequence[bytes], together: bytes, events: Sequence[dict[str, Any]]) -> bool:
    """Whether no name stands twice in any of these lines; False where that has to be looked at line by line.

    `together` holds all the lines, `events` are what was read of them. Each name in a line ends in a quotation mark and
    a colon; within a text the two may stand together too, which only makes them more than the names that were read. So
    where they are as many as those, none was lost, unless blanks stand before a colon.
    """
    names = sum([len(event) + len(event["data"]) for event in events])
    if together.count(b'":') != names or any(b"\n" in line for line in lines):
        return False
    return not any(blank in together and blank + b":" in together for blank in _BLANKS)


def told_twice(raw: bytes) -> Place | None:
    """Where in a line of JSON a name stands twice, of the event itself or of its `data`; None where none does.

    Deeper within no fact has names, so what has is refused in any case.
    """
    event = json.loads(raw, object_pairs_hook=_read, parse_int=str, parse_float=str)
    data = event.get("data") if isinstance(event, dict) else None
    if isinstance(event, _Twice):
        return (event.name,)
    return ("data", data.name) if isinstance(data, _Twice) else None


class _Twice(dict[str, Any]):
    """An object in which that name stands twice."""

    name = ""


def _read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    once = dict(pairs)
    if len(once) == len(pairs):
        return once
    twice = _Twice(once)
    count = Counter(name for name, _ in pairs)
    twice.name = next(name for name, times in count.items() if times > 1)
    return twice
