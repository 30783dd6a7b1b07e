"""Which cases have drifted, with a sentence that says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from casedrift.present.paper import day_words, how_many, plain, table, words


def show_drift(lines: Sequence[Mapping[str, Any]]) -> RenderableType:
    """A row a run."""
    if not lines:
        return Text("None.")
    shown = table("case", "tier", "locality", "team", "worker", "severity", "~why")
    for line in lines:
        allocation = (plain(line[key]) for key in ("locality", "team", "worker"))
        shown.add_row(plain(line["case"]), words(line["tier"]), *allocation, line["severity"], why(line))
    return shown


def why(line: Mapping[str, Any]) -> str:
    """`supervision was due 3 Jun 2019, 28 days ago`."""
    days, clock, due = line["days_overdue"], plain(line["clock"]), day_words(line["due"])
    if days > 0:
        return f"{clock} was due {due}, {how_many(days, 'day')} ago"
    left = "today" if days == 0 else f"in {how_many(-days, 'day')}"
    return f"{clock} is due {due}, {left}"
