"""A workbook read back by its parts, as a spreadsheet program would: its cells, and what in it would run."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Workbook:
    """The first sheet of an .xlsx file."""

    def __init__(self, path: Path) -> None:
        with ZipFile(path) as parts:
            self._sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
            texts = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
            links = "xl/worksheets/_rels/sheet1.xml.rels"
            self._links = parts.read(links).decode() if links in parts.namelist() else ""
        self._texts = ["".join(part.text or "" for part in each.iter(f"{_MAIN}t")) for each in texts]

    @property
    def formulas(self) -> list[str]:
        """What a spreadsheet program would run."""
        return [each.text or "" for each in self._sheet.iter(f"{_MAIN}f")]

    @property
    def links(self) -> list[str]:
        """Where its cells lead, in the order of the sheet."""
        return re.findall(r'Target="([^"]+)"', self._links)

    @property
    def filtered(self) -> str:
        """The cells over which a filter lies."""
        found = self._sheet.find(f"{_MAIN}autoFilter")
        return "" if found is None else found.attrib["ref"]

    @property
    def frozen_rows(self) -> int:
        """The rows that stay in sight."""
        found = self._sheet.find(f".//{_MAIN}pane")
        return 0 if found is None else int(found.attrib["ySplit"])

    @property
    def rows(self) -> list[list[str | float | None]]:
        """The cells row by row; None where nothing is written."""
        width = max(_column(cell.attrib["r"]) for cell in self._sheet.iter(f"{_MAIN}c")) + 1
        return [self._row(row, width) for row in self._sheet.iter(f"{_MAIN}row")]

    def _row(self, row: ElementTree.Element, width: int) -> list[str | float | None]:
        cells: list[str | float | None] = [None] * width
        for cell in row:
            value = cell.find(f"{_MAIN}v")
            if value is not None and value.text is not None:
                text = cell.attrib.get("t") == "s"
                cells[_column(cell.attrib["r"])] = self._texts[int(value.text)] if text else float(value.text)
        return cells


def _column(place: str) -> int:
    """The number of the column of `B7`, from 0."""
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
