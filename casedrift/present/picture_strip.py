"""The picture of a case on a terminal: a line for the tier, a line a plan, a line of what was done, and a line a clock,
under a scale of years and months.

Every sign is a letter, a figure or a line, so that nothing is lost without colour; colour only helps the eye.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from casedrift.present.paper import day_words, plain, words
from casedrift.present.picture import MARKS, OTHER, ClockRow, Picture, Row
from casedrift.present.picture_scale import Scale, month_line, scale, year_line

_WIDEST: Final = 100
"""Columns: a wider picture is no better read."""
_LEAST: Final = 24
"""Cells: where there is room for fewer, the names of rows stand on lines of their own."""
_TIERS: Final = {
    "assessment": ("A", "black on cyan"),
    "family_help": ("F", "black on green"),
    "child_in_need": ("N", "black on yellow"),
    "child_protection": ("P", "bold white on red"),
    "looked_after": ("L", "bold white on blue"),
    "care_leaver": ("C", "bold white on magenta"),
}
_SIGNS: Final = dict(zip((*MARKS.values(), OTHER), "oasvr↑↓c·", strict=True))
_MANY: Final = "+"
_PLAN, _IN_TIME, _OVERDUE = "═", "─", "█"
_LATE: Final = "red"

Cell = tuple[str, str]
"""A character and its style."""


class Strip:
    """The picture, to be printed as wide as there is room, 100 columns at most."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The picture for paper of this width."""
        width, picture = min(options.max_width, _WIDEST), self._picture
        names = [name for name, _ in _rows(picture, Scale("", (picture.first,)))]
        beside = max(map(len, names)) + 2
        if width - beside < _LEAST:
            beside = 0
        cut = scale(picture.first, picture.last, max(1, width - beside))
        yield from _above(picture, cut, beside, width)
        for name, cells in _rows(picture, cut):
            line = _styled(cells, cut.cell(picture.on))
            yield from [Text(name.ljust(beside)) + line] if beside else [Text(name, overflow="fold"), line]
        for line_of_words in _legend(picture, cut):
            folded = textwrap.wrap(line_of_words, width, subsequent_indent="  ")
            yield from (Text(line.replace("\N{NO-BREAK SPACE}", " ")) for line in folded)


def _above(picture: Picture, cut: Scale, beside: int, width: int) -> Iterator[Text]:
    """The scale, and under it the mark of the day asked."""
    room = width - beside
    for line in (year_line(cut, room), month_line(cut, room)):
        if line:
            yield Text(" " * beside + line, style="bold")
    if picture.on < picture.first:
        return
    at, asked = cut.cell(picture.on), day_words(picture.on)
    right = at + 2 + len(asked) <= room
    if right or len(asked) > at:
        yield Text(" " * (beside + at) + "▼" + (f" {asked}" if right else ""))
    else:
        yield Text(" " * (beside + at - len(asked) - 1) + f"{asked} ▼")


def _rows(picture: Picture, cut: Scale) -> Iterator[tuple[str, list[Cell]]]:
    if picture.tiers:
        yield "tier", _tier_cells(picture.tiers, cut)
    for plan in picture.plans:
        yield f"plan {words(plan.code)}", _drawn(plan, cut)
    yield "done", _done_cells(picture.done, cut)
    for clock in picture.clocks:
        yield plain(clock.clock), _clock_cells(clock, cut)


def _tier_cells(tiers: Iterable[Row], cut: Scale) -> list[Cell]:
    """In each cell the tier at which the case was held last in it."""
    cells = [(" ", "")] * len(cut.starts)
    held = sorted((stretch, row.code) for row in tiers for stretch in row.stretches)
    for stretch, code in held:
        for nth in cut.cells(*stretch):
            cells[nth] = _TIERS[code]
    return cells


def _drawn(plan: Row, cut: Scale) -> list[Cell]:
    on = {nth for stretch in plan.stretches for nth in cut.cells(*stretch)}
    return [(_PLAN if nth in on else " ", "") for nth in range(len(cut.starts))]


def _done_cells(done: Iterable[tuple[int, str]], cut: Scale) -> list[Cell]:
    """In each cell the sign of what was done; of several the number."""
    found: dict[int, list[str]] = {}
    for day, word in done:
        found.setdefault(cut.cell(day), []).append(_SIGNS[word])
    return [(_together(found.get(nth, [])), "") for nth in range(len(cut.starts))]


def _together(signs: list[str]) -> str:
    if len(signs) > 1:
        return str(len(signs)) if len(signs) <= 9 else _MANY
    return signs[0] if signs else " "


def _clock_cells(clock: ClockRow, cut: Scale) -> list[Cell]:
    running = {nth for stretch in clock.runs for nth in cut.cells(*stretch)}
    overdue = {nth for stretch in clock.overdue for nth in cut.cells(*stretch)}
    return [
        (_OVERDUE, _LATE) if nth in overdue else (_IN_TIME if nth in running else " ", "")
        for nth in range(len(cut.starts))
    ]


def _styled(cells: Iterable[Cell], asked: int) -> Text:
    """A row; what lies after the day asked is dimmed."""
    return Text.assemble(*((sign, f"dim {style}" if nth > asked else style) for nth, (sign, style) in enumerate(cells)))


def _legend(picture: Picture, cut: Scale) -> Iterator[str]:
    yield f"A character is a {cut.unit}, ▼ the day asked."
    if picture.tiers:
        yield _list("tier", ((_TIERS[row.code][0], words(row.code)) for row in picture.tiers))
    happened = Counter(word for _, word in picture.done)
    yield _list("done", ((sign, word) for word, sign in _SIGNS.items() if happened[word])) + _numbers(picture, cut)
    if picture.clocks:
        yield _list("clocks", ((_IN_TIME, "runs"), (_OVERDUE, "is overdue")))


def _numbers(picture: Picture, cut: Scale) -> str:
    most = max(Counter(cut.cell(day) for day, _ in picture.done).values())
    several = f"; a figure: so many in one {cut.unit}" if most > 1 else ""
    return several + (f", {_MANY} more than 9" if most > 9 else "")


def _list(title: str, signs: Iterable[tuple[str, str]]) -> str:
    # A no-break space keeps a sign beside its word.
    return f"{title}: " + ", ".join(f"{sign}\N{NO-BREAK SPACE}{word}" for sign, word in signs)
