"""What became of the facts that were read, for whoever sent them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from casedrift.present.paper import number
from streams.intake import Tally
from streams.redriving import Redriven

_MEANINGS: Final = {
    "accepted": "new, and now part of the record",
    "corrected": "known otherwise until now",
    "duplicate": "known already; nothing changed",
    "refused": "see casedrift quarantine list",
    "waiting": "for the fact that they correct or withdraw",
    "withdrawn": "gone from the extract, which had to hold them, or told anew in their place in the day",
    "unconfirmed": "known before, and not in the extract, which does not reach back far enough to tell",
}


def show_tally(tally: Tally, refused: str = "") -> Table:
    """A few lines; what did not occur is left out, but for what was accepted. `refused` says where to see that."""
    block = Table.grid(padding=(0, 2))
    block.add_column(justify="right")
    block.add_column()
    block.add_column(style="dim")
    block.add_row(Text(number(tally.read)), "read", "")
    for name, meaning in _MEANINGS.items():
        count = getattr(tally, name)
        if count or name == "accepted":
            block.add_row(Text(number(count)), name, refused if refused and name == "refused" else meaning)
    return block


def show_redriven(redriven: Redriven) -> Sequence[RenderableType]:
    """The tally, and of what could not be read again how it can come in."""
    notes = []
    if redriven.of_extracts:
        notes.append(
            f"\n{number(redriven.of_extracts)} of these were refused in an extract, which holds no whole facts: "
            "put it right, and take the corrected extract in."
        )
    if redriven.too_long:
        notes.append(
            f"\n{number(redriven.too_long)} of these were longer than 64 KiB and are not kept whole: "
            "send them again, shortened."
        )
    return [show_tally(redriven.tally), *notes]
