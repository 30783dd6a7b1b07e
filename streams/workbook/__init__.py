"""An Excel workbook as a case system or an analyst saves it: its sheets, and what stands in their cells.

Nobody can say beforehand what is in a file that comes from outside, so it is read as it streams by, a row at a time,
and never held whole: what is no workbook, is broken or was made to do harm is told in one line that says what to do.
"""

from streams.workbook.book import Sheet, Workbook, open_workbook
from streams.workbook.faults import UnreadableWorkbook
from streams.workbook.values import NO_STORED_VALUE, ErrorValue, NoStoredValue, Value, column_name

__all__ = [
    "NO_STORED_VALUE",
    "ErrorValue",
    "NoStoredValue",
    "Sheet",
    "UnreadableWorkbook",
    "Value",
    "Workbook",
    "column_name",
    "open_workbook",
]
