"""Workbooks for the tests, written by hand from their sheets' rows, so that each part of one can be made wrong.

What Excel, LibreOffice and the common libraries write differs little from this; tests of the reader hold it to files
of theirs, too.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from streams.workbook import ErrorValue, column_name

_MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_SHEETS: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DAY, _MOMENT, _TIME, _LENGTH = 1, 2, 3, 4
"""Styles, by their number."""
STYLES: Final = (
    f"<styleSheet {_MAIN}><numFmts><numFmt numFmtId='164' formatCode='dd/mm/yyyy'/></numFmts><cellXfs>"
    "<xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='22'/><xf numFmtId='20'/><xf numFmtId='46'/>"
    "</cellXfs></styleSheet>"
)


@dataclass(frozen=True)
class Formula:
    """A formula and its stored result; None where none was stored, "" for one that gave an empty text."""

    text: str = "1+1"
    stored: str | int | float | bool | datetime.date | ErrorValue | None = None


Cell = (
    str
    | int
    | float
    | bool
    | datetime.date
    | datetime.datetime
    | datetime.time
    | datetime.timedelta
    | ErrorValue
    | Formula
    | None
)
Sheets = Mapping[str, Iterable[Sequence[Cell]]]


def write_workbook(path: Path, sheets: Sheets, *, from_1904: bool = False) -> Path:
    """Write a workbook of these sheets, each given by its rows; None leaves a cell out. Its path."""
    path.write_bytes(packed(workbook_parts(sheets, from_1904=from_1904)))
    return path


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """The parts as a package."""
    package = BytesIO()
    with ZipFile(package, "w", ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return package.getvalue()


def workbook_parts(sheets: Sheets, *, from_1904: bool = False) -> dict[str, str]:
    """The parts of such a workbook, by name."""
    words = _Words()
    told = {
        f"xl/worksheets/sheet{number}.xml": sheet_part(map_rows(rows, words, from_1904=from_1904))
        for number, rows in enumerate(sheets.values(), 1)
    }
    return {
        "[Content_Types].xml": _types(len(told)),
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": _book(list(sheets), from_1904=from_1904),
        "xl/_rels/workbook.xml.rels": _relations(_within(len(told))),
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": words.part(),
        **told,
    }


def sheet_part(rows: str) -> str:
    """A sheet's part, of rows that are XML already."""
    return f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>"


def words_part(texts: str) -> str:
    """The part of shared texts, of `si` elements that are XML already."""
    return f"<sst {_MAIN}>{texts}</sst>"


def map_rows(rows: Iterable[Sequence[Cell]], words: _Words, *, from_1904: bool = False) -> str:
    """Rows as XML."""
    return "".join(
        f'<row r="{number}">{_cells(number, row, words, from_1904=from_1904)}</row>'
        for number, row in enumerate(rows, 1)
    )


class _Words:
    """Shared texts, numbered as they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def part(self) -> str:
        return words_part("".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in self._numbers))


def _cells(row: int, values: Sequence[Cell], words: _Words, *, from_1904: bool) -> str:
    told = (
        (f"{column_name(column)}{row}", value, value.stored if isinstance(value, Formula) else value)
        for column, value in enumerate(values)
        if value is not None
    )
    return "".join(
        f'<c r="{place}"{_attributes(stored, is_formula := isinstance(value, Formula))}>'
        f"{f'<f>{escape(value.text)}</f>' if isinstance(value, Formula) else ''}"
        f"{_stored(stored, None if is_formula else words, from_1904=from_1904)}</c>"
        for place, value, stored in told
    )


def _attributes(value: Cell, formula: bool) -> str:
    if isinstance(value, bool | str | ErrorValue):
        kind = "b" if isinstance(value, bool) else "e" if isinstance(value, ErrorValue) else "str" if formula else "s"
        return f' t="{kind}"'
    style = _style(value)
    return f' s="{style}"' if style else ""


def _style(value: Cell) -> int:
    kinds = {datetime.datetime: _MOMENT, datetime.date: _DAY, datetime.time: _TIME, datetime.timedelta: _LENGTH}
    return kinds.get(type(value), 0)


def _stored(value: Cell, words: _Words | None, *, from_1904: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"<v>{escape(value) if words is None else words.number(value)}</v>"
    if isinstance(value, ErrorValue):
        return f"<v>{escape(value.code)}</v>"
    return f"<v>{serial(value, from_1904=from_1904)}</v>"


def serial(value: Cell, *, from_1904: bool = False) -> int | float:
    """The number that stands for a day (from March 1900 on), a moment or a time in a workbook."""
    a_day = datetime.timedelta(days=1)
    begin = datetime.datetime(1904, 1, 1) if from_1904 else datetime.datetime(1899, 12, 30)  # noqa: DTZ001
    if isinstance(value, datetime.datetime):
        return (value - begin) / a_day
    if isinstance(value, datetime.date):
        return (value - begin.date()).days
    if isinstance(value, datetime.time):
        return (datetime.datetime.combine(begin, value) - begin) / a_day
    if isinstance(value, datetime.timedelta):
        return value / a_day
    assert isinstance(value, int | float), value
    return int(value) if isinstance(value, bool) else value


def _types(sheets: int) -> str:
    kinds = {"styles.xml": "styles", "sharedStrings.xml": "sharedStrings"}
    kinds |= {f"worksheets/sheet{number}.xml": "worksheet" for number in range(1, sheets + 1)}
    parts = "".join(
        f'<Override PartName="/xl/{name}" ContentType="{_SHEETS}.{kind}+xml"/>' for name, kind in kinds.items()
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETS}.sheet.main+xml"/>{parts}</Types>'
    )


def _within(sheets: int) -> dict[str, tuple[str, str]]:
    parts = {f"rId{number}": ("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, sheets + 1)}
    return {**parts, "rIdS": ("styles", "styles.xml"), "rIdT": ("sharedStrings", "sharedStrings.xml")}


def _relations(parts: Mapping[str, tuple[str, str]]) -> str:
    each = (
        f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for id_, (kind, target) in parts.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(each)}</Relationships>'


def _book(names: Sequence[str], *, from_1904: bool) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(names, 1)
    )
    settings = '<workbookPr date1904="1"/>' if from_1904 else ""
    return f'<workbook {_MAIN} xmlns:r="{_OFFICE}">{settings}<sheets>{sheets}</sheets></workbook>'
