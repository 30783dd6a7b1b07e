"""Figures over time as bars, drawn from nought so that no change looks larger than it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.table import Table

from casedrift.present.paper import number

_LONGEST: Final = 60
"""Columns of the longest bar."""
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"


def bars(figures: Sequence[tuple[str, int]]) -> Table:
    """A line a figure: its label, its number and a bar in proportion."""
    shown = Table.grid(padding=(0, 1))
    shown.add_column(justify="right")
    shown.add_column(justify="right")
    shown.add_column()
    most = max((figure for _, figure in figures), default=0)
    for label, figure in figures:
        shown.add_row(label, number(figure), bar(figure, most))
    return shown


def bar(figure: int, most: int) -> str:
    """A bar for the figure, where the largest of all has the longest."""
    whole, eighth = divmod(figure * _LONGEST * 8 // most if most else 0, 8)
    return "█" * whole + _EIGHTHS[eighth].strip()
