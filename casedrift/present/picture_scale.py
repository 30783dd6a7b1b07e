"""The scale of a picture: the life of a case cut into weeks, months, quarters or more, the finest that there is room
for, and the years and months that stand above.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

_WEEKS: Final = "week"
_STEPS: Final = (
    (1, "month"),
    (3, "quarter"),
    (6, "half-year"),
    (12, "year"),
    (24, "two years"),
    (60, "five years"),
    (120, "ten years"),
    (360, "thirty years"),
)
"""Months to a cell, and what such a cell is called."""
_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Scale(NamedTuple):
    """Cells of one length of time. `starts` are their first days (ordinals); the last cell holds the last day."""

    unit: str
    starts: tuple[int, ...]

    def cell(self, day: int) -> int:
        """The number of the cell in which the day lies; a day before the first lies in the first."""
        return max(0, bisect_right(self.starts, day) - 1)

    def cells(self, begin: int, end: int) -> range:
        """The cells that the days from `begin` up to but not including `end` touch; at least one."""
        return range(self.cell(begin), self.cell(max(begin, end - 1)) + 1)


def scale(first: int, last: int, room: int) -> Scale:
    """The finest scale from the first to the last day (ordinals) that has at most `room` cells."""
    monday = first - (first - 1) % 7
    if (last - monday) // 7 < room:
        return Scale(_WEEKS, tuple(range(monday, last + 1, 7)))
    cut = (Scale(unit, tuple(month_starts(first, last, months))) for months, unit in _STEPS)
    return next((each for each in cut if len(each.starts) <= room), Scale("life", (first,)))


def month_starts(first: int, last: int, months: int) -> Iterator[int]:
    """The first days of the cells; a cell begins where the years begin, or with a month of the year that fits."""
    at = _month(first) // months * months
    while (day := date(at // 12, at % 12 + 1, 1).toordinal()) <= last:
        yield day
        at += months


def _month(day: int) -> int:
    """Months since the year 0."""
    return (of := date.fromordinal(day)).year * 12 + of.month - 1


def year_line(scale: Scale, room: int) -> str:
    """The years, each above the cell in which it begins; those that would touch another are left out."""
    return _line(_changes(scale, lambda day: str(date.fromordinal(day).year)), room)


def month_line(scale: Scale, room: int) -> str:
    """Under the years: names of months over weeks, their first letters over months, the four quarters; else nothing."""
    if scale.unit == _WEEKS:
        return _line(_changes(scale, lambda day: _MONTHS[date.fromordinal(day).month - 1]), room)
    months = [date.fromordinal(day).month - 1 for day in scale.starts]
    if scale.unit == "month":
        return "".join(_MONTHS[month][0] for month in months)
    return "".join(str(month // 3 + 1) for month in months) if scale.unit == "quarter" else ""


def _changes(scale: Scale, name: Callable[[int], str]) -> list[tuple[int, str]]:
    """The cells in which a new name begins, and the first. A week belongs to the month of its Sunday."""
    found: list[tuple[int, str]] = []
    for nth, day in enumerate(scale.starts):
        new = name(day + 6 if scale.unit == _WEEKS else day)
        if not found or found[-1][1] != new:
            found.append((nth, new))
    return found


def _line(labels: Iterable[tuple[int, str]], room: int) -> str:
    placed = list(labels)
    if len(placed) > 1 and placed[1][0] <= len(placed[0][1]):  # the first stands for a part only: let the next be read
        del placed[0]
    line = ""
    for at, text in placed:
        if (not line or at > len(line)) and at + len(text) <= room:
            line = line.ljust(at) + text
    return line
