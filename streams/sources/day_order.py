"""The order of a day, where a later extract tells of something that came before what the record has of that day.

A fact has its place by when it was taken on. An opening that comes to be known after the closing of the same day would
be folded after it and leave the case open for ever; an assessment's start after its authorisation would begin a run
that nothing meets. So what has to come later is told anew, behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.vocabulary import OUTSIDE
from streams.sources.telling import Content

_MEETS: Final = {
    "assessment-started": {"case-assessed"},
    "strategy-discussion-held": {"enquiry-ended", "conference-held"},
    "plan-started": {"plan-reviewed", "child-visited"},
    "plan-ended": {"plan-reviewed", "child-visited"},
    "case-stepped-up": {"plan-reviewed", "child-visited"},
    "case-stepped-down": {"plan-reviewed", "child-visited", "case-stepped-up"},
}
"""What begins or ends a clock, by itself or with the tier or plan that it brings or ends, and what meets that."""
_APART: Final = {"referral-received", "case-allocated"}
"""What neither opens a case nor meets a clock of it."""


def told_anew(contents: Sequence[Content], places: Sequence[int | None]) -> list[int]:
    """Which of the contents (by index; in the order of acceptance) have to be told anew behind all others.

    `places` are where the record has them, the higher, the later; None where it hasn't, so that they come behind it
    anyway. Only where the order changes what a day comes to is anything told anew: else it would be news, and runs that
    had begun would begin once more.
    """
    anew: list[int] = []
    behind = max((place for place in places if place is not None), default=0) + 1
    now = [behind + at if place is None else place for at, place in enumerate(places)]
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
        return _ends(before)
    if _ends(after):
        return not _ends(before) and before.type not in _APART
    if {before.type, after.type} == {"plan-ended", "plan-started"}:
        return bool(before.data["plan"] == after.data["plan"])
    return after.type in _MEETS.get(before.type, set())


def _ends(content: Content) -> bool:
    return content.type == "case-closed" or content.data.get("to") in OUTSIDE
