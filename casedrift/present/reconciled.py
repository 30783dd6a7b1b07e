"""What a file shows beside what we hold, for whoever has to find out which of the two is right: counts, then cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from casedrift.present.paper import how_many, number, plain, table
from casedrift.present.refused import show_refused
from casedrift.present.store import case_in_place

_MOST: Final = 200
"""Cases for people; programs get all of them."""
_NOT_TOLD: Final = "not told"
_SIDES: Final = {"only_theirs": "file", "only_ours": "store"}
Line = Mapping[str, Any]


def show_reconciled(
    lines: Sequence[Line], refused: Sequence[Line], notes: Sequence[str] = ()
) -> Iterator[RenderableType]:
    """A row a measure, then a row for each case that only one side has so, then what was found in reading the file."""
    counted = table("measure", ">theirs", ">ours", ">only theirs", ">only ours")
    for line in lines:
        counted.add_row(plain(line["measure"]), *_counts(line))
    yield counted
    differing = [(line["measure"], side, each) for line in lines for key, side in _SIDES.items() for each in line[key]]
    if differing:
        yield Text()
        yield _cases(differing)
    if len(differing) > _MOST:
        yield Text(f"and {how_many(len(differing) - _MOST, 'more case')}; --json shows all")
    if refused:
        yield Text(f"\n{how_many(len(refused), 'cell, row or fact', 'cells, rows or facts')} of the file can't be read,"
                   " and so what they say is not among theirs:\n")  # fmt: skip
        yield from show_refused(refused, "casedrift ingest --dry-run --json shows all")
    yield from (Text(f"\n{note}") for note in notes)


def _counts(line: Line) -> tuple[str, ...]:
    theirs, ours = (_NOT_TOLD if line[key] is None else number(line[key]) for key in ("theirs", "ours"))
    if line["theirs"] is None or line["ours"] is None:
        return theirs, ours, "", ""
    return theirs, ours, number(len(line["only_theirs"])), number(len(line["only_ours"]))


def _cases(differing: Sequence[tuple[str, str, Line]]) -> RenderableType:
    shown = table("measure", "only in", "case", "~the other side says")
    for measure, side, each in islice(differing, _MOST):
        shown.add_row(plain(measure), f"the {side}", case_in_place(each), plain(each["reason"]))
    return shown
