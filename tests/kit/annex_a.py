"""Annex A workbooks as a test would say them: only the lists and the cells that the case at hand needs.

A row is written with the short names of its columns, days as `2024-06-03`; what is not named is left blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from streams.sources.annex_a.columns import LISTS
from tests.kit.workbooks import Cell, write_workbook

Lists = Mapping[int, Iterable[Mapping[str, Any]]]


def row(child: str | float | None = "1111", **cells: Any) -> dict[str, Any]:
    """A row of any list, of that child."""
    return {"child": child, **{name: _cell(value) for name, value in cells.items()}}


def annex_a(path: Path, lists: Lists, **sheets: Iterable[list[Cell]]) -> Path:
    """Write a workbook with these lists, and other sheets beside them; its path."""
    of_lists = {f"List_{number}": [headings(number), *_rows(number, rows)] for number, rows in lists.items()}
    return write_workbook(path, {**of_lists, **sheets})


def headings(number: int) -> list[Cell]:
    """The headings of a list that are read."""
    return [column.heading for column in LISTS[number].values()]


def without(number: int, rows: Iterable[Mapping[str, Any]], name: str) -> list[list[Cell]]:
    """The sheet of a list with its headings, but for the column of that name."""
    at = [column.name for column in LISTS[number].values()].index(name)
    return [[*each[:at], *each[at + 1 :]] for each in (headings(number), *_rows(number, rows))]


def _rows(number: int, rows: Iterable[Mapping[str, Any]]) -> Iterable[list[Cell]]:
    names = [column.name for column in LISTS[number].values()]
    for each in rows:
        unknown = each.keys() - set(names)
        assert not unknown, f"list {number} has no {unknown}"
        yield [each.get(name) for name in names]


def _cell(value: Any) -> Any:
    """A day written as ISO has it becomes a date cell; all else stands as it is."""
    if isinstance(value, str) and len(value) == len("2024-06-03") and value[4:5] == value[7:8] == "-":
        return date.fromisoformat(value)
    return value
