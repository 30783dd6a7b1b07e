"""The order of a day, where a later extract tells of something that came before what the record has of that day.

A fact has its place by when it was taken on. An opening that comes to be known after the closing of the same day would
be folded after it and leave the case open for ever, so what has to come later is told anew, behind it.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.vocabulary import OUTSIDE
from streams.sources.telling import Content


def told_anew(contents: Sequence[Content], places: Sequence[int]) -> list[int]:
    """Which of the contents (by index; in the order of acceptance) have to be told anew behind all others.

    `places` are where the record has them, or will: the higher, the later. Only where the order changes what a day
    comes to is anything told anew, for a new fact begins new runs.
    """
    anew: list[int] = []
    now = list(places)
    behind = max(places, default=0) + 1
    for at, content in enumerate(contents):
        before = at - 1
        while before >= 0 and contents[before].day == content.day:
            if now[before] > now[at] and _decides(contents[before], content):
                anew.append(at)
                now[at] = behind + at
                break
            before -= 1
    return anew


def _decides(before: Content, after: Content) -> bool:
    """Whether a day comes to something else if these two change places."""
    if before.type == "case-opened":
        return after.type not in {"case-opened", "referral-received"}
    if after.type == "case-opened":
        return before.type == "case-closed" or before.data.get("to") in OUTSIDE
    plans = before.data.get("plan"), after.data.get("plan")
    return (before.type, after.type) == ("plan-ended", "plan-started") and plans[0] == plans[1]
