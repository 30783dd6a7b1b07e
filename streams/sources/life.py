"""A child's life with the service, told from tables of dates: when the case was open, and how intensively it
was held.

Rows give beginnings and endings of many things at once. This file says which of them are one stay, which tier
the case is in on each day of it, and on which days that tier changes. Days are ordinals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from domain.vocabulary import Tier

_INTENSITY: Final[dict[Tier, int]] = {
    "assessment": 0,
    "child_in_need": 1,
    "child_protection": 2,
    "looked_after": 3,
}


@dataclass(frozen=True, slots=True)
class Episode:
    """One spell that opens the case: from its first day to the day of its closure (None = not closed)."""

    start: int
    end: int | None
    reason: str | None = None
    referral_source: str | None = None
    need: str | None = None
    estimated: bool = False
    """Whether the first day is inferred, not recorded."""
    end_estimated: bool = False
    """Likewise of the day of closure."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Episodes that are one time of being open. `opening` is the first, `closing` the last to close."""

    opening: Episode
    closing: Episode | None
    until: int | None
    """The last day, itself not included, on which a step makes sense; None = for good."""

    @property
    def start(self) -> int:
        return self.opening.start

    @property
    def end(self) -> int | None:
        return self.closing.end if self.closing else None


@dataclass(frozen=True, slots=True)
class Span:
    """A plan or a time in care: on from `start` to the day before `end`; None = not known, or not ended."""

    start: int | None
    end: int | None

    def on(self, day: int) -> bool:
        return self.start is not None and self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Work:
    """What decides the tier of a child's case, whichever row told it."""

    care: tuple[Span, ...] = ()
    protection: tuple[Span, ...] = ()
    in_need: tuple[Span, ...] = ()
    assessed: tuple[int, ...] = ()
    """Days on which an assessment was authorised, but for those that said that no support is needed."""
    inferred: frozenset[int] = frozenset()
    """Days on which nothing but the rows around them says that the tier changed."""


def stays(episodes: Iterable[Episode]) -> list[Stay]:
    """Overlapping episodes are one stay, closed by the last closure, or open while one of them is.

    One that begins on the day on which another closes is a stay of its own; two that begin on one day are
    not.
    """
    groups: list[list[Episode]] = []
    for episode in sorted(episodes, key=_by_beginning):
        if groups and _overlaps(groups[-1], episode):
            groups[-1].append(episode)
        else:
            groups.append([episode])
    following = (group[0].start for group in groups[1:])
    return [_stay(group, after) for group, after in zip_longest(groups, following)]


def ends_another(stay: Stay, stays: Iterable[Stay]) -> bool:
    """Whether the stay was closed before it began, on a day on which that closing would end another of them."""
    end = stay.end
    if end is None or end >= stay.start:
        return False
    return any(other.start < end and (other.until is None or end <= other.until) for other in stays)


def carried_into(stays: Iterable[Stay]) -> Iterator[tuple[Stay, Stay | None]]:
    """Each stay, with the one before where the case is still open from that one: closed before it began."""
    before: Stay | None = None
    for stay in stays:
        yield stay, before
        before = stay if stay.end is not None and stay.end < stay.start else None


def tier_on(day: int, stay: Stay, work: Work) -> Tier:
    """The most intensive of what is on in the stay on that day."""
    if any(span.on(day) for span in work.care):
        return "looked_after"
    if any(span.on(day) for span in work.protection):
        return "child_protection"
    if any(span.on(day) for span in work.in_need):
        return "child_in_need"
    # An assessment of the day on which the stay ends led to nothing more.
    assessed = any(stay.start <= on <= day and on != stay.end for on in work.assessed)
    # A child who comes off a protection plan, or home from care, is still a child in need.
    ended = any(span.end is not None and stay.start <= span.end <= day for span in (*work.care, *work.protection))
    return "child_in_need" if assessed or ended else "assessment"


def steps(stay: Stay, work: Work, before: Stay | None = None) -> Iterator[tuple[int, Tier, bool]]:
    """The changes of tier after the opening and before the end: day, tier reached, whether that is up.

    Where the case is still open from the stay `before`, the opening changes nothing, so its tier is a step too.
    """
    tier = tier_on(stay.start, stay, work) if before is None else tier_on(stay.start - 1, before, work)
    for day in (*([] if before is None else [stay.start]), *_days_of_change(stay, work)):
        reached = tier_on(day, stay, work)
        if reached != tier:
            yield day, reached, _INTENSITY[reached] > _INTENSITY[tier]
        tier = reached


def _by_beginning(episode: Episode) -> tuple[int, str, str]:
    # The codes break a tie, so that the order of rows decides nothing; one without comes after those with.
    return (episode.start, episode.referral_source or "~", episode.need or "~")


def _overlaps(group: list[Episode], episode: Episode) -> bool:
    ends = [member.end for member in group]
    last = None if None in ends else max(end for end in ends if end is not None)
    return last is None or episode.start < last or episode.start == group[0].start


def _stay(group: list[Episode], following: int | None) -> Stay:
    ends = [member.end for member in group]
    if None in ends:
        return Stay(group[0], None, None)
    last = max(group, key=lambda member: (member.end or 0, member.reason or ""))
    assert last.end is not None
    # Closed before it began: that closure ends nothing, and the case goes on until something else does.
    until = last.end if last.end >= group[0].start else following
    return Stay(group[0], last, until)


def _days_of_change(stay: Stay, work: Work) -> list[int]:
    spans = (*work.care, *work.protection, *work.in_need)
    days = {*work.assessed, *(s.start for s in spans), *(s.end for s in spans)}
    return sorted(
        day for day in days if day is not None and day > stay.start and (stay.until is None or day < stay.until)
    )
