"""A list as a sheet that somebody opens in a spreadsheet program: as CSV, or as a workbook of Excel.

What stands in a cell may come from outside, and such programs run a text that looks like a formula. So in CSV it gets
an apostrophe in front, as OWASP advises, and in a workbook every text is written as a text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


class Link(str):
    """An address that can be followed from its cell."""

    __slots__ = ()


Cell = str | int | date | None
"""A text (a `Link` among them), a number, a day, or nothing."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a text begins that a spreadsheet program may run, in full width too, as in East Asian settings."""
_NARROWEST, _WIDEST = 8, 60
"""Characters of a column; what is longer is folded."""
_MOST_LINKS: Final = 65_530
"""Excel follows no more of them on one sheet."""
_LONGEST_LINK: Final = 2_000
"""Characters; Excel follows no longer one."""


def as_csv(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The sheet as RFC 4180 has it: commas, every cell in quotes, days as `2019-06-30`."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(titles)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return page.getvalue()


def as_workbook(
    name: str, title: str, titles: Sequence[str], rows: Iterable[Sequence[Cell]], made_at: datetime
) -> bytes:
    """The sheet of that name as an .xlsx, with its titles kept in sight and a filter on each.

    `title` is printed over it; made again at the same instant, it is the same byte by byte.
    """
    from xlsxwriter import Workbook

    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True})
    book.set_properties({"title": title, "created": made_at})
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1})
    folded = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "d mmm yyyy", "align": "left", "valign": "top"})
    for column, words in enumerate(titles):
        sheet.write_string(0, column, words, bold)
    widths, last = [len(words) + 3 for words in titles], 0
    for last, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            _write(sheet, last, column, cell, day if isinstance(cell, date) else folded)
            widths[column] = max(widths[column], _width(cell))
    _lay_out(sheet, title, widths, last)
    book.close()
    return content.getvalue()


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, form: Any) -> None:
    if isinstance(cell, Link) and row <= _MOST_LINKS and len(cell) <= _LONGEST_LINK:
        sheet.write_url(row, column, cell, form)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell, form)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, form)
    elif cell is not None:
        sheet.write_number(row, column, cell, form)


def _lay_out(sheet: Worksheet, title: str, widths: Sequence[int], last: int) -> None:
    """How it opens, and how it is printed: across, on paper as wide as it is, with the titles on every page."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, max(_NARROWEST, min(_WIDEST, width)))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(widths) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header("&L" + title.replace("&", "&&"))
    sheet.set_footer("&R&P / &N")


def _width(cell: Cell) -> int:
    return 12 if isinstance(cell, date) else len(str(cell)) + 1 if cell is not None else 0


def _safe(cell: Cell) -> str:
    """The cell as CSV has it; a text that looks like a formula is one no longer."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else str(cell)
