"""How many cases are open, group by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from casedrift.present.paper import number, plain, table, words
from domain.vocabulary import GroupKey


def show_counts(lines: Sequence[Mapping[str, Any]], by: Sequence[GroupKey]) -> RenderableType:
    """A row a group."""
    shown = table(*by, ">open cases", ">children")
    for line in lines:
        shown.add_row(*group(line, by), number(line["open_cases"]), number(line["open_children"]))
    return shown


def group(line: Mapping[str, Any], by: Sequence[GroupKey]) -> list[str]:
    """A group's values; our own words in words, other names as they are."""
    return [words(line[key]) if key == "tier" else plain(line[key]) for key in by]
