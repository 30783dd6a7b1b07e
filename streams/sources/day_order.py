"""The order of a day, where a later extract tells of something that came before what the record has of that day.

A fact has its place by when it was taken on. An opening that comes to be known after the closing of the same day would
be folded after it and leave the case open for ever; an assessment's start after its authorisation would begin a run
that nothing meets. So what has to come later is told anew, behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.sources.telling import Content

_FREE: Final = frozenset({"plan-reviewed", "child-visited", "case-allocated"})
"""Types of which none opens a case, moves it or begins what another of them ends."""


def told_anew(contents: Sequence[Content], places: Sequence[int | None]) -> list[int]:
    """Which of the contents (by index; in the order of acceptance) have to be told anew behind all others.

    `places` are where the record has them, the higher, the later; None where it hasn't, so that they come behind it
    anyway. Which types decide what a day comes to is the policy's to say, and it may change; so every type keeps its
    place in the day, but for reviews, visits and allocations among themselves. Between two facts of one type there is
    no order.
    """
    anew: list[int] = []
    behind = max((place for place in places if place is not None), default=0) + 1
    now = [behind + at if place is None else place for at, place in enumerate(places)]
    for at, content in enumerate(contents):
        before = at - 1
        while before >= 0 and contents[before].day == content.day:
            if now[before] > now[at] and _has_an_order(contents[before].type, content.type):
                anew.append(at)
                now[at] = behind + at
                break
            before -= 1
    return anew


def _has_an_order(before: str, after: str) -> bool:
    return before != after and not {before, after} <= _FREE
