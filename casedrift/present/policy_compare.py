"""What two policies flag differently: how many runs of each clock, and the cases that only one of them flags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casedrift.present.drift import why
from casedrift.present.paper import number, plain, table, words

if TYPE_CHECKING:
    from rich.console import RenderableType

Line = Mapping[str, Any]


def show_comparison(lines: Sequence[Line], a: str, b: str) -> Iterable[RenderableType]:
    """A row a clock; then a row for each run that is overdue under one of the policies alone."""
    yield f"A is {plain(a)}, B is {plain(b)}."
    yield ""
    if not lines:
        yield "Neither flags anything."
        return
    yield _by_clock(lines)
    alone = [line for line in lines if line["in"] != "both"]
    yield ""
    yield "Overdue under one of them alone"
    yield _cases(alone) if alone else "None."


def _by_clock(lines: Iterable[Line]) -> RenderableType:
    counted = Counter((line["clock"], line["in"]) for line in lines)
    shown = table("clock", ">A only", ">B only", ">both", ">of these due another day")
    other_day = Counter(line["clock"] for line in lines if line["due_b"] not in (None, line["due"]))
    for clock in sorted({clock for clock, _ in counted}):
        figures = (counted[clock, "a"], counted[clock, "b"], counted[clock, "both"], other_day[clock])
        shown.add_row(plain(clock), *map(number, figures))
    return shown


def _cases(lines: Iterable[Line]) -> RenderableType:
    shown = table("case", "tier", "locality", "team", "worker", "under", "~why")
    for line in lines:
        allocation = (plain(line[key]) for key in ("locality", "team", "worker"))
        shown.add_row(plain(line["case"]), words(line["tier"]), *allocation, line["in"].upper(), why(line))
    return shown
