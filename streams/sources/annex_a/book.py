"""The workbook as it stands in the file: which sheet is which list, where its headings are, and whose rows it holds.

Real books have titles over their tables, sheets beside the lists and columns in any order, so both are looked for by
name. A list without a column that it can't do without makes the book unreadable: better none than half a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from streams.sources.annex_a import cells
from streams.sources.annex_a.columns import CHILD, LISTS, Column, columns_of, list_of
from streams.sources.annex_a.rows import Row, refusal
from streams.sources.extract import RefusedRow, UnreadableExtract
from streams.workbook import UnreadableWorkbook, Value, Workbook, open_workbook

_LOOKED_AT: Final = 20
"""Rows at the top of a sheet among which its headings are looked for."""


@dataclass(slots=True)
class Book:
    """What a workbook holds of the lists that are read."""

    sha256: str
    rows: dict[str, list[Row]] = field(default_factory=dict)
    """By the child's local id, in the order of the book."""
    unnamed: list[RefusedRow] = field(default_factory=list)
    """Rows of children without a local id."""
    lists: set[int] = field(default_factory=set)
    """The lists that hold a row."""
    lacking: set[str] = field(default_factory=set)
    """The columns that its lists lack, as `list.name`."""
    notes: list[str] = field(default_factory=list)


class _NoList(Exception):
    """A sheet is called as a list, and no row of it has the headings that the list needs."""

    def __init__(self, what: str, number: int, headings: int) -> None:
        super().__init__(what)
        self.number = number
        self.headings = headings
        """How many of the list's headings the row has that has most."""


def read_book(path: Path) -> Book:
    """All rows of lists 3 to 8. UnreadableExtract where the file is no Annex A workbook, OSError where it can't be
    opened."""
    try:
        with open_workbook(path) as workbook:
            return _read(workbook)
    except UnreadableWorkbook as fault:
        raise UnreadableExtract(str(fault)) from fault


def _read(workbook: Workbook) -> Book:
    book = Book(workbook.sha256)
    found: dict[int, str] = {}
    none_of_theirs: dict[str, _NoList] = {}
    for sheet in workbook.sheets:
        number = list_of(sheet)
        if number is None or number not in LISTS:
            continue
        try:
            if not _read_list(workbook, sheet, number, book):
                continue
        except _NoList as fault:
            none_of_theirs[sheet] = fault
            continue
        if number in found:
            raise UnreadableExtract(
                f"the sheets {found[number]} and {sheet} are both list {number}; leave one of them out"
            )
        found[number] = sheet
    for sheet, none in none_of_theirs.items():
        if none.number not in found or none.headings:
            raise UnreadableExtract(str(none))
        book.notes.append(f"{sheet} has no heading of list {none.number}, which another sheet is, and is passed over.")
    if not found:
        wanted = ", ".join(f"List_{number}" for number in LISTS)
        raise UnreadableExtract(f"no Annex A workbook: none of its sheets is one of {wanted} with that list's headings")
    if not book.rows and not book.unnamed:
        raise UnreadableExtract("lists 3 to 8 hold no row at all; is it the whole workbook?")
    return book


def _read_list(workbook: Workbook, sheet: str, number: int, book: Book) -> bool:
    """Whether the sheet is the list; then its rows are in the book. _NoList where it is called so and is none."""
    rows = workbook.sheet(sheet).rows()
    top = list(islice(rows, _LOOKED_AT))
    for at, (_, headings) in enumerate(top):
        columns = columns_of(number, headings)
        if not _lacking(number, columns):
            missing = [column for column in LISTS[number].values() if column not in columns.values()]
            book.lacking |= {f"{number}.{column.name}" for column in missing}
            book.notes += _not_there(sheet, missing)
            _take(sheet, number, columns, iter(top[at + 1 :]), book)
            _take(sheet, number, columns, rows, book)
            return True
    if not top:
        return False
    best = max((columns_of(number, headings) for _, headings in top), key=len)
    lacks = " and ".join(column.heading for column in _lacking(number, best))
    raise _NoList(f"{sheet}: no row with all the headings of list {number}; {lacks} can't be found", number, len(best))


def _lacking(number: int, columns: Mapping[int, Column]) -> list[Column]:
    return [column for column in LISTS[number].values() if column.needed and column not in columns.values()]


def _not_there(sheet: str, missing: Iterable[Column]) -> Iterator[str]:
    if headings := ", ".join(column.heading for column in missing):
        yield f"{sheet} has no column {headings}: what it would tell is not told, and what was told before stands."


def _take(
    sheet: str, number: int, columns: Mapping[int, Column], rows: Iterator[tuple[int, tuple[Value, ...]]], book: Book
) -> None:
    by_name = {column.name: column for column in columns.values()}
    for nth, values in rows:
        filled = {column.name: values[at] for at, column in columns.items() if at < len(values)}
        if all(value is None or str(value).isspace() for value in filled.values()):
            continue
        book.lists.add(number)
        row = Row(number, sheet, nth, filled, by_name)
        if local_id := cells.id_of(filled.get(CHILD)):
            book.rows.setdefault(local_id, []).append(row)
        else:
            book.unnamed.append(_unnamed(row, by_name[CHILD].heading))


def _unnamed(row: Row, heading: str) -> RefusedRow:
    """The refusal of a row of which nobody can say whose it is."""
    try:
        cells.text_of(row.cells.get(CHILD))
    except cells.NotReadable as fault:
        return refusal(fault.reason, row, heading, fault.wanted)
    what = f"is empty or longer than {cells.LONGEST_ID} characters: nobody can say whose row it is"
    return refusal("no-child-id", row, heading, what)
