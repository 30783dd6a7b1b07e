"""A workbook of our own with a little of everything that real ones hold: sixteen rows' worth of lives, each told beside
its rows, so that what comes of them can be counted by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from streams.sources.annex_a.columns import LISTS
from streams.workbook import ErrorValue
from tests.kit.annex_a import row
from tests.kit.workbooks import Cell, Formula, write_workbook

_ROWS: Final[dict[int, list[dict[str, Any]]]] = {
    3: [
        row("1001", on=datetime(2024, 7, 1, 16, 45), no_further_action="a) No"),  # noqa: DTZ001
        row(1002.0, on="22/04/2024", team="South", worker="Duty Tray"),
        row("1003", on="2024-08-05", no_further_action="a) Yes"),
        row("1010", on="2024-08-19", no_further_action="No"),
        {"child": "1014", "on": "2024-07-09"},  # as text: neither a date nor DD/MM/YYYY
    ],
    4: [
        row(1001.0, started="2024-07-03", authorised="14/08/2024 09:30:00", needed="a) Yes"),
        row(" 1013\u00a0", started="\u00a022/07/2024 ", authorised="2024-09-16", needed="b) No"),
        row("1014", started="2024-07-10", authorised=Formula("TODAY()")),
    ],
    5: [
        row("1004", strategy="2024-09-02", unnecessary="Yes"),
        row("1005", strategy="2024-08-12", conference=ErrorValue("#N/A")),
        row("1006", strategy="2024-05-07", unnecessary="No", conference="2024-05-24", plan="a) Yes"),
    ],
    6: [
        row("1001", start="2024-07-01", status="c) Child in need", seen="2024-09-20", team="North", worker="w-1"),
        row("1007", start="2024-06-03", seen="2024-09-25"),
        row("1008", start="2024-05-13"),
        row("1009", start="2024-07-08", status="c"),
        row("1010", start="2024-04-15", end="2024-07-12", reason="RC8 - No further action"),
        row("1011", start="2024-05-20", end="2024-06-28", reason="RC9"),
        row(None, start="2024-07-01"),
    ],
    7: [
        row("1006", start=Formula("E2", date(2024, 5, 24)), visited="20/09/2024", alone="a) Yes", reviewed="2024-08-20",
            team="North", worker=ErrorValue("#N/A")),
        row("1012", start="2024-04-08", end="2024-09-09"),
    ],
    8: [
        row("1007", start="2024-06-10", legal_status="C2", reviewed="2024-07-05", visited="2024-09-25"),
        row("1008", start="2024-05-13", legal_status="V4 - Short break", visited="#N/A"),
    ],
}  # fmt: skip
_SHEETS: Final = {3: "List 3", 4: "List_4", 5: "list 5", 6: "List 6 CIN", 7: "List_7", 8: "LIST_08"}


def golden_book(folder: Path) -> Path:
    """The workbook, written; its path."""
    sheets: dict[str, Iterable[list[Cell]]] = {"Summary": [["Annex A"], [None, 3]], "List_1": [["Child Unique ID"]]}
    sheets |= {_SHEETS[number]: _sheet(number) for number in _SHEETS}
    return write_workbook(folder / "golden.xlsx", {**sheets, "List_9": [["Child Unique ID", "Gender"], ["1001", "F"]]})


def _sheet(number: int) -> list[list[Cell]]:
    columns = LISTS[number].values()
    headings: list[Cell] = [_heading(number, column.heading) for column in columns]
    others: list[Cell] = ["Date of Birth", "Age"]
    title: list[list[Cell]] = [["List 3: referrals in the last six months"], []] if number == 3 else []
    rows = [[*(each.get(column.name) for column in columns), None, 9] for each in _ROWS[number]]
    return [*title, [*headings, *others], *rows]


def _heading(number: int, heading: str) -> str:
    """As one system or another writes it."""
    match number:
        case 4:
            return "".join(word[0].upper() + word[1:] for word in heading.replace("\u2019", "'").split())
        case 5:
            return f"{heading} "
        case 6:
            return heading.replace(" ", "\u00a0")
        case 8:
            return heading.replace("'", "\u2019")
    return heading
