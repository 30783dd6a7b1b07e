"""The rows of one child in a workbook, read into records; what can't be read is refused by sheet, row and column.

A bad date costs the fact that rests on it, not its row: an unreadable closure leaves the start standing. Nothing of
a cell is kept but a day, a code, yes or no, and who holds the case.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Final

from streams.sources.annex_a import cells
from streams.sources.annex_a.columns import CHILD, LISTS, TEAM, WORKER, Column
from streams.sources.annex_a.tables import NAMED, NOT_TOLD, SEEN
from streams.sources.extract import RefusedRow
from streams.sources.records import Record
from streams.workbook import Value

_READ: Final[Mapping[str, Callable[[Value], Any]]] = {
    "day": cells.day_of,
    "flag": cells.flag_of,
    "code": cells.code_of,
    "name": cells.name_of,
}
_MAIN_DAYS: Final[Mapping[int, tuple[str, ...]]] = {
    3: ("on",),
    4: ("started", "authorised"),
    5: ("strategy", "conference"),
    6: ("start", "end"),
    7: ("start", "end"),
    8: ("start", "end"),
}
"""The days that say when a row of a list belongs; one without any tells nothing."""
_SAID_BY: Final = {"legal_status": "short_breaks"}
"""Values of a record that are called otherwise than their column."""
_SHORT_BREAKS: Final = frozenset({"V1", "V3", "V4"})
"""Legal statuses of short breaks: the child is not in care (DfE, SSDA903 code set)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: where it stands, and its cells by the names of their columns."""

    list: int
    sheet: str
    number: int
    cells: Mapping[str, Value]
    columns: Mapping[str, Column]


@dataclass(slots=True)
class Reading:
    """Reads the rows of one child; what cannot be read gathers in `refused`."""

    not_a_person: frozenset[str] = frozenset()
    """Names that stand where a worker should and are a duty tray's, in small letters."""
    refused: list[RefusedRow] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """The tables of which a row could not be read, so that nobody can say whether a known one is gone."""
    doubtful: dict[Hashable, RefusedRow] = field(default_factory=dict)
    """By start and end, the closings of rows that ended before they began, should these cut short another stay."""

    def records(self, rows: Iterable[Row]) -> Iterator[Record]:
        """Everything that the rows say of the child."""
        read = [(row, *self._cells(row)) for row in rows]
        for row, values, unread in read:
            self._doubt(row, values)
            if self._is_dated(row, values):
                yield replace(_MAKERS[row.list](values), unread=unread)
            elif row.list == 6:
                yield Record(NOT_TOLD, {})
            for each in _last_values(row.list, values):
                yield replace(each, unread=unread)
        yield from _named((row.list, values, unread) for row, values, unread in read)

    def _is_dated(self, row: Row, values: Mapping[str, Any]) -> bool:
        """Whether the row says when it belongs. One of which only that can't be read may be a known one of its list."""
        days = _MAIN_DAYS[row.list]
        if any(values.get(day) is not None for day in days):
            return True
        self.unread.add(str(row.list))
        if all(cells.shown(row.cells.get(day)) is None for day in days):
            heading = row.columns[days[0]].heading
            self.refused.append(refusal("no-date", row, heading, "is empty: without it the row tells nothing"))
        return False

    def _doubt(self, row: Row, values: Mapping[str, Any]) -> None:
        start, end = values.get("start"), values.get("end")
        if row.list == 6 and start is not None and end is not None and end < start:
            what = "lies before its own start, while the case was open by other rows, which keep their own end"
            heading = row.columns["end"].heading
            self.doubtful[start, end] = refusal("closed-before-referred", row, heading, what)

    def _cells(self, row: Row) -> tuple[dict[str, Any], frozenset[str]]:
        """What the row says, by the names of its columns; and those of which it could not say anything."""
        values: dict[str, Any] = {}
        unread = {column.name for column in LISTS[row.list].values()} - row.columns.keys()
        for name, column in row.columns.items():
            if name == CHILD:
                continue
            try:
                values[name] = _READ[column.kind](row.cells.get(name))
            except cells.NotReadable as fault:
                values[name] = None
                unread.add(name)
                self.unread |= {str(row.list)} if name in _MAIN_DAYS[row.list] else set()
                self.refused.append(refusal(fault.reason, row, column.heading, fault.wanted))
        if (values.get(WORKER) or "").casefold() in self.not_a_person:
            values[WORKER] = None
        return values, frozenset(_SAID_BY.get(name, name) for name in unread)


def refusal(reason: str, row: Row, heading: str, what: str) -> RefusedRow:
    """What is kept of a cell that can't be read: its place, and the mapped columns of its row, as far as they may."""
    shown = {name: cells.shown(value) for name, value in row.cells.items() if name not in {CHILD, TEAM, WORKER}}
    kept = {name: value for name, value in shown.items() if value is not None}
    place = {"sheet": row.sheet, "row": row.number, "column": heading}
    return RefusedRow(reason, f"{row.sheet}, row {row.number}: {heading} {what}", {**place, **kept})


def _referral(values: Mapping[str, Any]) -> Record:
    return Record("3", {"on": values["on"], "no_further_action": values.get("no_further_action") is True})


def _assessment(values: Mapping[str, Any]) -> Record:
    days = {"started": values.get("started"), "authorised": values.get("authorised")}
    return Record("4", {**days, "needed": values.get("needed") is not False})


def _enquiry(values: Mapping[str, Any]) -> Record:
    days = {"strategy": values.get("strategy"), "conference": values.get("conference")}
    return Record("5", {**days, "unnecessary": values.get("unnecessary") is True, "plan": values.get("plan")})


def _in_need(values: Mapping[str, Any]) -> Record:
    return Record("6", {name: values.get(name) for name in ("start", "end", "reason", "status")})


def _protection(values: Mapping[str, Any]) -> Record:
    return Record("7", {"start": values.get("start"), "end": values.get("end")})


def _care(values: Mapping[str, Any]) -> Record:
    """Of short breaks too, so that it stays known that these are no care; such a record tells nothing."""
    days = {"start": values.get("start"), "end": values.get("end")}
    return Record("8", {**days, "short_breaks": values.get("legal_status") in _SHORT_BREAKS})


_MAKERS: Final = {3: _referral, 4: _assessment, 5: _enquiry, 6: _in_need, 7: _protection, 8: _care}


def _last_values(number: int, values: Mapping[str, Any]) -> Iterator[Record]:
    """The last visit and the last review that a row tells of."""
    if values.get("seen") is not None:
        yield Record(SEEN, {"on": values["seen"]})
    if values.get("visited") is not None:
        alone = {"alone": values.get("alone")} if number == 7 else {}
        yield Record(f"visit-{number}", {"on": values["visited"], **alone})
    if values.get("reviewed") is not None and values.get("legal_status") not in _SHORT_BREAKS:
        yield Record(f"review-{number}", {"on": values["reviewed"]})


def _named(read: Iterable[tuple[int, dict[str, Any], frozenset[str]]]) -> Iterator[Record]:
    """Whom the latest row of each list names, as far as the list has the columns."""
    of_lists: dict[int, list[tuple[dict[str, Any], frozenset[str]]]] = {}
    for number, values, unread in read:
        of_lists.setdefault(number, []).append((values, unread))
    for number, rows in of_lists.items():
        latest, unread = max(rows, key=lambda row: (_latest(number, row[0]), sorted(row[1] & {TEAM, WORKER})))
        names: dict[str, Any] = {name: latest[name] for name in (TEAM, WORKER) if name in latest}
        if len(rows) > 1 and any(_may_be_later(number, *row) for row in rows):
            names, unread = dict.fromkeys(names), frozenset(names)  # nobody can say which row is the latest
        yield Record(NAMED, {"of": str(number), **names}, unread=unread & names.keys())


def _latest(number: int, values: Mapping[str, Any]) -> tuple[int, str, str]:
    day = next((values[name] for name in _MAIN_DAYS[number] if values.get(name) is not None), 0)
    return day, values.get(TEAM) or "", values.get(WORKER) or ""


def _may_be_later(number: int, values: Mapping[str, Any], unread: Set[str]) -> bool:
    """Whether the day by which the row is the latest, or not, stands in a cell that can't be read."""
    for name in _MAIN_DAYS[number]:
        if values.get(name) is not None:
            return False
        if name in values and name in unread:
            return True
    return False
