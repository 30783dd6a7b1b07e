"""The simulated authority's Annex A workbook: eleven lists on eleven sheets, as an inspection asks for them.

The same lists give the same file to the byte: nothing in it tells when it was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from casedrift.simulation.extracts.held import Held
from casedrift.simulation.extracts.lists import HEADERS, Row, Window, rows_of

_AS_WRITTEN_HERE: Final = "dd/mm/yyyy"


def write_workbook(path: Path, day: int, children: Iterable[tuple[int, Held]]) -> None:
    """The workbook of the day (an ordinal), with the six months up to it; OSError where it can't be written."""
    lists: dict[int, list[Row]] = {number: [] for number in HEADERS}
    for local_id, shown in children:
        for number, row in rows_of(local_id, shown, Window(day)):
            lists[number].append(row)
    book = Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime.combine(date.fromordinal(day), time(), UTC)})
    dates = book.add_format({"num_format": _AS_WRITTEN_HERE})
    for number, rows in lists.items():
        _fill(book.add_worksheet(f"List_{number}"), HEADERS[number], rows, dates)
    try:
        book.close()
    except XlsxWriterException as fault:
        raise OSError(None, str(fault)) from fault


def _fill(sheet: Worksheet, headers: tuple[str, ...], rows: list[Row], dates: Format) -> None:
    sheet.write_row(0, 0, headers)
    column = {header: at for at, header in enumerate(headers)}
    for at, row in enumerate(rows, start=1):
        for header, value in row.items():
            if isinstance(value, date):
                sheet.write_datetime(at, column[header], value, dates)
            elif value is not None:
                sheet.write(at, column[header], value)
