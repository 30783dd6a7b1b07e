"""Whether the views say what the facts say; where they don't, which case to look into, what is wrong, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from casedrift.present.paper import NOBODY, how_many, plain, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from projections.differences import DifferenceInWords, Words

SHOWN: Final = 20
"""Differences that are shown; what is wrong with so many is wrong with the rest."""


def show_proof(
    answer: Mapping[str, int], found: Sequence[DifferenceInWords], *, put_right: bool
) -> Iterable[RenderableType]:
    """A sentence, and a row for each difference, so far as there are not too many."""
    count = answer["differences"]
    outcome = how_many(count, "difference") if count else "no differences"
    done = " The views are put right now." if count and put_right else ""
    yield f"{how_many(answer['facts'], 'fact')} folded anew: {outcome}.{done}"
    if not found:
        return
    shown = table("view", "case", "clock", "~kept", "~by the facts", "~facts")
    for difference in found[:SHOWN]:
        kept, folded = _words(difference.kept), _words(difference.folded)
        because = ", ".join(map(plain, difference.because)) or NOBODY
        shown.add_row(difference.table, plain(difference.case), plain(difference.clock), kept, folded, because)
    yield ""
    yield shown
    if count > SHOWN:
        yield f"and {count - SHOWN:,} more"


def _words(values: Words | None) -> str:
    """`due 2019-06-03, met yes`."""
    if values is None:
        return "no such row"
    return ", ".join(f"{name.replace('_', ' ')} {plain(value)}" for name, value in values.items())
