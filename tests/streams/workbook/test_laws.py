"""Whatever is written into a workbook is read from it again, whoever wrote it; and the short way by which plain rows
are read tells nothing but what the XML parser does.
"""

from __future__ import annotations

import warnings
from datetime import date, datetime, time
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from streams.workbook import ErrorValue, UnreadableWorkbook, Value, open_workbook
from streams.workbook.cells import Cells, Meanings, Row
from streams.workbook.plain import without_plain_rows
from tests.kit.workbooks import Cell, Formula, packed, sheet_part, workbook_parts

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=9).map(
    lambda text: text.replace("_x", "").replace("\ufffe", "").replace("\uffff", "")
)
DAYS = st.dates(date(1904, 1, 2), date(2199, 12, 31))
MOMENTS = st.datetimes(datetime(1904, 1, 2), datetime(2199, 12, 31)).map(lambda when: when.replace(microsecond=0))  # noqa: DTZ001
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e9, 1e9, allow_nan=False).map(
    lambda number: round(number, 3)
)
PLAIN: st.SearchStrategy[Any] = st.none() | TEXTS | NUMBERS | st.booleans() | DAYS
CELLS: st.SearchStrategy[Cell] = (
    PLAIN | MOMENTS | st.builds(Formula, stored=PLAIN) | st.sampled_from(["#N/A", "#REF!"]).map(ErrorValue)
)


def rows_of(cell: st.SearchStrategy[Any]) -> st.SearchStrategy[list[list[Any]]]:
    return st.lists(st.lists(cell, max_size=6), max_size=8)


def as_read(rows: list[list[Any]]) -> dict[int, tuple[Value, ...]]:
    """What a reader should tell of rows of plain values."""
    told = ((number, [None if cell == "" else as_a_date(cell) for cell in row]) for number, row in enumerate(rows, 1))
    return {number: tuple(without_blank_end(row)) for number, row in told if any(cell is not None for cell in row)}


def without_blank_end(row: list[Any]) -> list[Any]:
    return row if not row or row[-1] is not None else without_blank_end(row[:-1])


def read(content: bytes) -> dict[str, dict[int, tuple[Value, ...]]]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        path.write_bytes(content)
        with open_workbook(path) as book:
            return {name: dict(book.sheet(name).rows()) for name in book.sheets}


@settings(deadline=None)
@given(rows_of(PLAIN | MOMENTS), rows_of(PLAIN), st.booleans())
def test_what_is_written_is_read(first: list[list[Any]], second: list[list[Any]], from_1904: bool) -> None:
    book = packed(workbook_parts({"A": first, "B": second}, from_1904=from_1904))
    assert read(book) == {"A": as_read(first), "B": as_read(second)}


@settings(deadline=None)
@given(rows_of(PLAIN | MOMENTS | st.times().map(lambda when: when.replace(microsecond=0))), st.booleans())
def test_what_openpyxl_writes_is_read(rows: list[list[Any]], from_1904: bool) -> None:
    book, content = openpyxl.Workbook(), BytesIO()
    book.epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            value = f"'{cell}" if isinstance(cell, str) and cell.startswith("=") else cell
            book.active.cell(number, column, value)
            row[column - 1] = value
    book.save(content)
    assert read(content.getvalue()) == {"Sheet": as_read(rows)}


@settings(deadline=None)
@given(rows_of(CELLS))
def test_openpyxl_reads_the_same(rows: list[list[Any]]) -> None:
    content = packed(workbook_parts({"S": rows}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would have more styles than are needed
        sheet = openpyxl.load_workbook(BytesIO(content), data_only=True)["S"]
    theirs = as_read([[cell.value for cell in row] for row in sheet.iter_rows()])
    ours = {number: [in_openpyxls_words(cell) for cell in row] for number, row in read(content)["S"].items()}
    assert as_read([ours.get(number, []) for number in range(1, len(rows) + 1)]) == theirs


def as_a_date(value: Any) -> Any:
    """The midnight of a day is that day, in a workbook; openpyxl tells every day so."""
    return value.date() if isinstance(value, datetime) and value.time() == time() else value


def in_openpyxls_words(value: Value) -> Any:
    """An error is its text there; a formula without a stored result is a blank."""
    if isinstance(value, ErrorValue):
        return value.code
    return value if isinstance(value, str | int | float | date | time) else None


ROWS = st.lists(
    st.sampled_from(
        [
            '<row r="{n}"><c r="A{n}" s="1" t="s"><v>0</v></c><c r="C{n}"><v>45000</v></c></row>',
            '<row r="{n}" spans="1:3"><c r="B{n}" s="1"><f>A1</f><v>1.5</v></c><c r="D{n}" s="1"/></row>',
            '<row r="{n}"><c r="A{n}"><f>A1&amp;"x"</f></c></row>\n',
            '<row r="{n}"/>',
            '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t xml:space="preserve"> </t></is></c><c r="B{n}"/></row>',
            '<row r="{n}"><c r="A{n}" /><c r="B{n}"><v /></c></row>',
            '<row r="{n}"><c r="A{n}"><v/></c><c r="AA{n}" t="b"><v>1</v></c></row>',
            '<row><c t="str"><v>a &lt; b</v></c><c><v>7</v></c></row>',
            '<row r="{n}"><!-- </row> <row r="9"> --><c r="A{n}"><v>8</v></c></row>',
            '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>é</t></is></c></row>',
            '<row r="{n}"><c r="A{n}" t="e"><v>#N/A</v></c><c r="B{n}"><v>x</v></c></row>',
            '<row r="{n}"><c r="B{n}"><v>1</v></c><c r="A{n}"><v>1</v></c></row>',
            '<row r="{n}"><c r="A{n}" t="s"><v>9</v></c></row>',
            '<row r="{n}"><c r="A7"><v>1</v></c></row>',
            '<row r="{n}"><c r="A{n}"><v>1</v></c>',
            '<row r="2"><c r="A2"><v>1</v></c></row>',
        ]
    ),
    max_size=12,
)


def all_told(steps: Any, cells: Cells) -> tuple[list[Row], str]:
    """All rows, and how the reading ended."""
    rows: list[Row] = []
    try:
        for _ in steps:
            rows += cells.rows
            cells.rows.clear()
    except UnreadableWorkbook as fault:
        return rows + cells.rows, str(fault)
    return rows, "well"


@settings(deadline=None)
@given(ROWS, st.integers(1, 400))
def test_plain_rows_are_what_the_parser_reads(rows: list[str], size: int) -> None:
    sheet = sheet_part("".join(row.format(n=number) for number, row in enumerate(rows, 1))).encode()
    chunks = iter(partial(BytesIO(sheet).read, size), b"")
    slow, fast = (Cells(1, Meanings(["word"], {"1": "moment"}, from_1904=False)) for _ in range(2))
    by_parser = all_told(slow.read(iter([sheet])), slow)
    assert all_told(fast.read(without_plain_rows(chunks, fast)), fast) == by_parser


@pytest.mark.parametrize("size", [1, 7, 16_384])
def test_plain_rows_never_reach_the_parser(size: int) -> None:
    row = '<row r="{n}"><c r="A{n}" s="1" t="s"><v>0</v></c><c r="C{n}"><v>45000</v></c></row>'
    sheet = sheet_part("".join(row.format(n=number) for number in range(1, 50))).encode()
    cells = Cells(1, Meanings(["word"], {}, from_1904=False))
    left = list(
        islice(told_on(without_plain_rows(iter(partial(BytesIO(sheet).read, size), b""), cells), cells), 10_000)
    )
    assert len(cells.rows) == 49
    assert b"<row" not in b"".join(left)


def told_on(chunks: Any, cells: Cells) -> Any:
    """The chunks, after each of which the parser has read it."""
    given_on: list[bytes] = []

    def noted() -> Any:
        for chunk in chunks:
            given_on.append(chunk)
            yield chunk

    for _ in cells.read(noted()):
        yield from given_on
        given_on.clear()
