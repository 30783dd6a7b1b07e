"""How far each expectation is kept: of the cases for which it counts now, how many are in time or done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from casedrift.present.counts import group
from casedrift.present.paper import number, plain, share, table
from domain.vocabulary import GroupKey


def show_compliance(lines: Sequence[Mapping[str, Any]], by: Sequence[GroupKey]) -> RenderableType:
    """A row a clock and group. Kept = in time or done, of these and the overdue."""
    shown = table(*by, "clock", ">kept", ">", ">overdue", ">waiting", ">not measured", ">in scope")
    for line in lines:
        others = (number(line[key]) for key in ("overdue", "waiting", "not_measured", "in_scope"))
        shown.add_row(*group(line, by), plain(line["clock"]), *kept(line), *others)
    return shown


def kept(line: Mapping[str, Any]) -> tuple[str, str]:
    """`n of N` and per cent."""
    well = line["in_time"] + line["done"]
    return share(well, well + line["overdue"])
