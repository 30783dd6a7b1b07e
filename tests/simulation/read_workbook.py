"""A workbook's sheets read with nothing but `zipfile` and `xml`: just what the simulated ones hold, and no more."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Row = dict[str, Any]


def sheets(path: Path) -> dict[str, list[Row]]:
    """Each sheet's rows by its headings; days as `date`, blank cells left out."""
    with ZipFile(path) as book:
        names = [sheet.get("name", "") for sheet in _root(book, "xl/workbook.xml").iter(f"{MAIN}sheet")]
        strings = ["".join(t.text or "" for t in si.iter(f"{MAIN}t")) for si in _root(book, "xl/sharedStrings.xml")]
        return {
            name: _rows(_root(book, f"xl/worksheets/sheet{n}.xml"), strings) for n, name in enumerate(names, start=1)
        }


def headings(path: Path, name: str) -> tuple[str, ...]:
    """The headings of a sheet, in order; read from a sheet that holds at least those."""
    with ZipFile(path) as book:
        names = [sheet.get("name", "") for sheet in _root(book, "xl/workbook.xml").iter(f"{MAIN}sheet")]
        strings = ["".join(t.text or "" for t in si.iter(f"{MAIN}t")) for si in _root(book, "xl/sharedStrings.xml")]
        rows = _cells(_root(book, f"xl/worksheets/sheet{names.index(name) + 1}.xml"), strings)
        return tuple(next(rows).values())


def _root(book: ZipFile, member: str) -> ElementTree.Element:
    return ElementTree.fromstring(book.read(member))


def _rows(sheet: ElementTree.Element, strings: list[str]) -> list[Row]:
    head, *rows = _cells(sheet, strings)
    return [{head[column]: value for column, value in row.items()} for row in rows]


def _cells(sheet: ElementTree.Element, strings: list[str]) -> Any:
    for row in sheet.iter(f"{MAIN}row"):
        cells = {}
        for cell in row:
            text = cell.findtext(f"{MAIN}v")
            if text is not None:
                column = re.sub("[0-9]", "", cell.get("r", ""))
                cells[column] = strings[int(text)] if cell.get("t") == "s" else _number(cell, text)
        yield cells


def _number(cell: ElementTree.Element, text: str) -> int | date:
    """A styled number is a day, counted as Excel does; any other is a number."""
    return date(1899, 12, 30) + timedelta(int(text)) if cell.get("s") else int(text)
