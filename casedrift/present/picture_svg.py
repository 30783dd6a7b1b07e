"""The picture of a case on a page: where each bar, line and tick stands, from left to right in per cent of the width,
so that it fits a telephone as well as a wall.

Nothing is told by colour alone: a tier is a bar, a run is a line, what is overdue is a tall hatched bar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from casedrift.present.paper import day_words, how_many, plain, words
from casedrift.present.picture import MARKS, OTHER, ClockRow, Picture, Row, Stretch
from casedrift.present.picture_scale import month_starts

_TOP: Final = 48
"""Pixels for the day asked and the years above the rows; the heights of a section's title and of a row."""
_TITLE: Final = 32
_ROW: Final = 32
_TICKS: Final = 5
"""Years or months named above: as many as stand apart on a telephone."""
_EDGE: Final = 0.5
"""Per cent of the width left free at both ends, so that the first and last ticks are whole."""
_WIDE: Final = {True: 11, False: 18}
"""Per cent of a telephone's width that a whole year's name takes (`2019`), or another's (`Jul 2019`)."""
_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 360)


class Mark(NamedTuple):
    """A bar (or, of width 0, a tick) of a kind that the style sheet knows, with what it says of itself."""

    kind: str
    x: float
    width: float
    told: str


class Line(NamedTuple):
    """A row: its name, how many pixels down it begins, and its marks. Without marks, the title of a section."""

    name: str
    y: int
    marks: Sequence[Mark] = ()


class Named(NamedTuple):
    """Something named above the rows; `end` where the name ends there instead of beginning there."""

    x: float
    name: str
    end: bool


class Drawing(NamedTuple):
    """All that the template draws, and the picture in words."""

    height: int
    years: Sequence[Named]
    asked: Named | None
    begins: str
    """The first day, where there is room for it beside the day asked."""
    lines: Sequence[Line]
    told: str


def drawn(picture: Picture) -> Drawing:
    """The picture as a drawing."""
    across = _Across(picture.first, picture.last)
    lines, y = [], _TOP
    for title, rows in _sections(picture, across):
        if rows:
            lines.append(Line(title, y))
            y += _TITLE
        for name, marks in rows:
            lines.append(Line(name, y, marks))
            y += _ROW
    asked = across.named(picture.on, day_words(picture.on)) if picture.on >= picture.first else None
    begins = day_words(picture.first) if asked is None or asked.x > 60 else ""
    return Drawing(y, list(_years(picture, across)), asked, begins, lines, _told(picture))


class _Across(NamedTuple):
    """From days to per cent of the width."""

    first: int
    last: int

    def x(self, day: int) -> float:
        return round(_EDGE + (100 - 2 * _EDGE) * (day - self.first) / (self.last + 1 - self.first), 3)

    def named(self, day: int, name: str) -> Named:
        return Named(x := self.x(day), name, x > 75)

    def bar(self, kind: str, stretch: Stretch) -> Mark:
        width = round(self.x(stretch.end) - self.x(stretch.begin), 3)
        until = "on" if stretch.end > self.last else f"to {day_words(stretch.end - 1)}"
        return Mark(kind, self.x(stretch.begin), width, f"from {day_words(stretch.begin)} {until}")

    def bars(self, kind: str, stretches: Iterable[Stretch]) -> list[Mark]:
        return [self.bar(kind, stretch) for stretch in stretches if stretch.end > stretch.begin]


_Rows = list[tuple[str, list[Mark]]]


def _sections(picture: Picture, across: _Across) -> Iterator[tuple[str, _Rows]]:
    yield "Tier", _held("held", picture.tiers, across)
    yield "Plans", _held("planned", picture.plans, across)
    yield "What was done", list(_done(picture, across))
    yield "What was expected", [(_clock_name(c, picture.on), _clock(c, across)) for c in picture.clocks]


def _held(kind: str, rows: Iterable[Row], across: _Across) -> _Rows:
    return [(words(row.code), across.bars(kind, row.stretches)) for row in rows]


def _done(picture: Picture, across: _Across) -> Iterator[tuple[str, list[Mark]]]:
    for word in (*MARKS.values(), OTHER):
        days = [day for day, each in picture.done if each == word]
        if days:
            yield f"{word}: {len(days)}", [Mark("done", across.x(day), 0, day_words(day)) for day in days]


def _clock(clock: ClockRow, across: _Across) -> list[Mark]:
    begun = [Mark("begun", across.x(run.begin), 0, f"due anew from {day_words(run.begin)}") for run in clock.runs]
    overdue = [m._replace(told=f"overdue {m.told}") for m in across.bars("overdue", clock.overdue)]
    return [*across.bars("run", clock.runs), *begun, *overdue]


def days_overdue(clock: ClockRow, on: int) -> int:
    """How many days, up to the day asked, the clock was overdue on."""
    days = {day for stretch in clock.overdue for day in range(stretch.begin, min(stretch.end, on + 1))}
    return len(days)


def _clock_name(clock: ClockRow, on: int) -> str:
    late = days_overdue(clock, on)
    return f"{plain(clock.clock)}: {how_many(late, 'day') + ' overdue' if late else 'never overdue'}"


def _years(picture: Picture, across: _Across) -> Iterator[Named]:
    """The beginnings of years, or in a short life of months, as many as there is room for."""
    for step in _STEPS:
        starts = [day for day in month_starts(picture.first, picture.last, step) if day >= picture.first]
        if len(starts) <= _TICKS:
            break
    whole_years = step >= 12
    for day in starts:
        name = str(date.fromordinal(day).year) if whole_years else day_words(day).partition(" ")[2]
        x = across.x(day)
        yield Named(x, name if x + _WIDE[whole_years] < 100 else "", False)


def _told(picture: Picture) -> str:
    span = f"From {day_words(picture.first)} to {day_words(picture.last)}."
    held = [f"{words(row.code)} {mark.told}" for row in picture.tiers for mark in _spans(row, picture)]
    late = [_clock_name(clock, picture.on) for clock in picture.clocks]
    parts = [span, "Tier: " + ", ".join(held) + "." if held else "", ". ".join(late) + "." if late else ""]
    return " ".join(filter(None, parts))


def _spans(row: Row, picture: Picture) -> list[Mark]:
    return _Across(picture.first, picture.last).bars("held", row.stretches)
