"""What became of the facts that were read, for whoever sent them."""

from __future__ import annotations

from typing import Final

from rich.table import Table
from rich.text import Text

from casedrift.present.paper import number
from streams.intake import Tally

_MEANINGS: Final = {
    "accepted": "new, and now part of the record",
    "duplicate": "known already; nothing changed",
    "refused": "see casedrift quarantine list",
    "waiting": "for the fact that they correct or withdraw",
}


def show_tally(tally: Tally) -> Table:
    """A few lines; what did not occur is left out, but for what was accepted."""
    block = Table.grid(padding=(0, 2))
    block.add_column(justify="right")
    block.add_column()
    block.add_column(style="dim")
    block.add_row(Text(number(tally.read)), "read", "")
    for name, meaning in _MEANINGS.items():
        count = getattr(tally, name)
        if count or name == "accepted":
            block.add_row(Text(number(count)), name, meaning)
    return block
