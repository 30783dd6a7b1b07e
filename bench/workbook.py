"""A workbook of an authority's lists, as an analyst gets it every week, read cell by cell, beside pandas with openpyxl.

Both hand over the same cells; neither makes facts of them. The workbook is written by openpyxl, so by neither side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

from bench.history import peak_megabytes
from streams.workbook import open_workbook

ROWS = 30_000
"""Over all sheets."""
WIDTHS = (15, 18, 21, 24, 27, 34, 34, 34, 20, 16, 24)
"""Columns of each of the eleven sheets, about those of the lists of Annex A."""
_FIRST_DAY = date(2021, 1, 1)


@dataclass(frozen=True)
class Read:
    """What it took to read a workbook: seconds by the clock and of processor, and memory, also that held beforehand."""

    cells: int
    seconds: float
    busy: float
    megabytes: float
    before: float


def write_lists(path: Path, rows: int = ROWS) -> None:
    """Write eleven lists with so many rows in all."""
    import openpyxl  # only this part needs it

    book, chance = openpyxl.Workbook(write_only=True), Random(7)
    for number, width in enumerate(WIDTHS, 1):
        sheet = book.create_sheet(f"List_{number}")
        sheet.append(["Child Unique ID", *(f"Column {column}" for column in range(1, width))])
        for _ in range(rows // len(WIDTHS)):
            sheet.append(list(_row(width, chance)))
    book.save(path)


def _row(width: int, chance: Random) -> Iterator[Any]:
    """A third days, a third codes, the rest blanks, numbers and workers' names."""
    kinds: tuple[Callable[[], Any], ...] = (
        lambda: _FIRST_DAY + timedelta(days=chance.randrange(1_500)),
        lambda: chance.choice(["a) Yes", "b) No", "1A", "N4", "WBRI", "RC9"]),
        lambda: None,
        lambda: _FIRST_DAY + timedelta(days=chance.randrange(1_500)),
        lambda: f"Worker {chance.randrange(400)}",
        lambda: chance.randrange(18),
    )
    yield 100_000 + chance.randrange(9_000)
    for column in range(1, width):
        yield kinds[column % len(kinds)]()


def read_it(path: Path) -> Read:
    """Read every cell of every sheet, and keep none."""
    return _measured(lambda: _cells_of(path))


def read_by_pandas(path: Path) -> Read:
    """The same into pandas' tables."""
    import pandas as pd

    def cells() -> int:
        tables = pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")
        return sum(int(table.notna().sum().sum()) for table in tables.values())

    return _measured(cells)


def _cells_of(path: Path) -> int:
    with open_workbook(path) as book:
        rows = (values for name in book.sheets for _, values in book.sheet(name).rows())
        return sum(len(values) - values.count(None) for values in rows)


def _measured(read: Callable[[], int]) -> Read:
    before, begun, idle = peak_megabytes(), perf_counter(), process_time()
    cells = read()
    return Read(cells, perf_counter() - begun, process_time() - idle, peak_megabytes(), before)
