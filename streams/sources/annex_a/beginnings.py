"""When a child's case was open, told from the lists: the first thing that happens while it is closed opens it, and
only the list of children in need says that it was closed.

A child who was looked after or on a protection plan and was never in need in a list of its own leaves with the end of
that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final

from streams.sources.life import Episode, Stay
from streams.sources.records import Record

RECORDED: Final = frozenset({"3", "6"})
"""The lists whose day is that of the opening; from another it is inferred."""
SPELLS: Final = frozenset({"6", "7", "8"})
"""The lists of what goes on until it ends."""


@dataclass(frozen=True, slots=True, order=True)
class _Beginning:
    """The day and the list of whatever opens a case that is closed, and the day on which that was over (0 = not)."""

    day: int
    list: str
    ended: int = 0


@dataclass(frozen=True, slots=True)
class Closing:
    """A day on which the case was closed; `of` names the row, by start and end, where its dates make no sense."""

    day: int
    reason: str | None
    estimated: bool
    of: tuple[int, int] | None = None
    begun: int | None = None
    """The first day of the row that says so, 0 where that says none; None where it follows from the lists alone."""


@dataclass(frozen=True, slots=True)
class Spells:
    """The stays in their order; the closings while nothing was open; and, by start and end, the rows closed before they
    began on a day on which something was."""

    stays: tuple[Stay, ...]
    loose: tuple[Closing, ...]
    nonsense: frozenset[tuple[int, int]]


def spells_of(records: Sequence[Record]) -> Spells:
    """When the case was open."""
    beginnings = sorted(_beginnings(records))
    closings = sorted(set(_closings(records)), key=_in_order)
    stays, loose = _stays(beginnings, [each for each in closings if each.of is None])
    loose = [each for each in loose if each.begun is not None]
    backwards = [each for each in closings if each.of is not None]
    cutting = [each for each in backwards if any(_is_open(stay, each.day) for stay in stays)]
    loose += [each for each in backwards if each not in cutting]
    return Spells(tuple(stays), tuple(loose), frozenset(each.of for each in cutting if each.of))


def _in_order(closing: Closing) -> tuple[int, int, str, bool]:
    """Of one day, that of the row that began first comes first."""
    return closing.day, closing.begun or 0, closing.reason or "", closing.estimated


def _beginnings(records: Iterable[Record]) -> Iterator[_Beginning]:
    for record in records:
        day = _begun_on(record)
        if day is not None:
            yield _Beginning(day, record.table, record.day("authorised" if record.table == "4" else "end") or 0)


def _begun_on(record: Record) -> int | None:
    match record.table:
        case "3":
            return None if record.values["no_further_action"] else record.day("on")
        case "4":
            return record.day("started")
        case "5":
            return _first(record, "strategy", "conference")
        case "6" | "7" | "8":
            return record.day("start")
    return None


def _first(record: Record, *names: str) -> int | None:
    return next((day for name in names if (day := record.day(name)) is not None), None)


def _closings(records: Sequence[Record]) -> Iterator[Closing]:
    in_need = [record for record in records if record.table == "6"]
    for record in in_need:
        start, end = record.day("start"), record.day("end")
        if end is not None and not any(_goes_on(other, end) for other in in_need):
            of = (start, end) if start is not None and end < start else None
            yield Closing(end, record.values.get("reason"), bool(record.values.get("end_estimated")), of, start or 0)
    for last in {record.day("end") for record in records if record.values.get("closes")}:
        if last is not None:
            yield Closing(last, None, estimated=True)


def _goes_on(record: Record, day: int) -> bool:
    """Whether the child was in need by this row before the day and after it."""
    start, end = record.day("start"), record.day("end")
    return start is not None and start < day and (end is None or day < end)


def _is_open(stay: Stay, day: int) -> bool:
    return stay.start <= day and (stay.end is None or day <= stay.end)


def _stays(beginnings: Sequence[_Beginning], closings: Sequence[Closing]) -> tuple[list[Stay], list[Closing]]:
    """Each from the first beginning while closed to the first closing from then on; and the closings left over.

    On a day on which an earlier stay ends another may begin, but not by a row that ended by then as well, unless it
    brings a closing of its own. One that begins on a day is not closed by that day's closing where a row goes on.
    """
    stays: list[Stay] = []
    loose: list[Closing] = []
    left = deque(closings)
    ahead = deque(beginnings)
    while ahead:
        start = ahead[0].day
        while left and left[0].day < start:
            loose.append(left.popleft())
        goes_on = any(each.list in SPELLS and not 0 < each.ended <= start for each in ahead if each.day == start)
        while goes_on and left and left[0].day == start:
            left.popleft()
        end = left.popleft() if left else None
        while end is not None and left and left[0].day == end.day and (left[0].begun or 0) < end.day:
            left.popleft()  # another row that ended the same stay
        stays.append(_stay(start, {each.list for each in beginnings if each.day == start}, end))
        while ahead and (end is None or ahead[0].day < end.day or ahead[0].day == start):
            ahead.popleft()
        if end is not None and not (left and left[0].day == end.day):
            ahead = deque(each for each in ahead if not (each.day == end.day and 0 < each.ended <= end.day))
    return stays, [*loose, *left]


def _stay(start: int, lists: Set[str], end: Closing | None) -> Stay:
    opening = Episode(start, None if end is None else end.day, estimated=not lists & RECORDED)
    if end is None:
        return Stay(opening, None, None)
    return Stay(opening, Episode(start, end.day, end.reason, end_estimated=end.estimated), end.day)
