"""Why a workbook can't be read, said to whoever saved it: what is the matter, and what to do about it.

Nothing that stands in the workbook is ever repeated, not even the name of a sheet: it may be a child's.
"""

from __future__ import annotations

from typing import Final

AS_XLSX: Final = "save it in Excel as an Excel Workbook (.xlsx), then load that"
AGAIN: Final = "open it in Excel, save it again as .xlsx, then load that"
SMALLER: Final = "keep only the sheets and rows that are needed, save it, then load that"


class UnreadableWorkbook(Exception):
    """The file is no workbook that can be read, so nothing of it is taken (exit 2): one line, to follow its name."""


def broken(what: str) -> UnreadableWorkbook:
    """It was damaged on its way, or never was whole."""
    return UnreadableWorkbook(f"the workbook is broken: {what}; {AGAIN}")


def too_large(what: str) -> UnreadableWorkbook:
    """It would take more time or memory than any workbook of case lists needs."""
    return UnreadableWorkbook(f"the workbook is too large: {what}; {SMALLER}")
