"""The tables that are made of Annex A's lists, and what a later workbook has to hold of them.

A workbook tells of the six months before it was taken. The last visit and the last review are one value in a row that
is there for other reasons, so each is a table of its own that keeps the last value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from domain.working_days import add_months
from streams.sources.merging import Table, Window
from streams.sources.records import Record

MONTHS: Final = 6
"""How far back a workbook tells (Ofsted, ILACS, Annex A: "in the six months before the inspection")."""
_GRACE: Final = 7
"""Days at the early edge of the window in which nothing has to be held."""
NAMED: Final = "named"
"""Whom the latest row of a list names, in a workbook: as `team` and `worker`, which it is, the list, as `of`."""
NAMED_FIRST: Final = ("6", "8", "7", "4", "5", "3")
"""The order in which the lists are asked who holds a case."""
ALLOCATION: Final = "allocation"
"""Who held the case since when, as it is remembered, and by which list (`of`)."""
NOT_TOLD: Final = "in-need-not-told"
"""Of a child who is in the list of children in need by a row that does not say when."""
SEEN: Final = "seen-6"
VISITS: Final = (SEEN, "visit-7", "visit-8")
REVIEWS: Final = {"review-7": "child_protection", "review-8": "care"}


def window_to(day: int) -> Window:
    """The days (ordinals) of which a workbook taken on that day tells."""
    return Window(add_months(day, -MONTHS), day, _GRACE)


def _referral(record: Record, window: Window) -> bool:
    return window.holds(record.day("on"))


def _assessment(record: Record, window: Window) -> bool:
    return window.open_or_ended(record.day("started"), record.day("authorised"))


def _enquiry(record: Record, window: Window) -> bool:
    strategy = record.day("strategy")
    return window.holds(record.day("conference") if strategy is None else strategy)


def _spell(record: Record, window: Window) -> bool:
    return window.open_or_ended(record.day("start"), record.day("end"))


def _never(_record: Record, _window: Window) -> bool:
    return False


TABLES: Final[Mapping[str, Table]] = {
    "3": Table(("on",), _referral),
    "4": Table(("started", "authorised"), _assessment, until=("authorised",)),
    "5": Table(("strategy", "conference"), _enquiry),
    **{number: Table(("start",), _spell, keeps="one row", until=("end",)) for number in ("6", "7", "8")},
    **{name: Table(("on",), _never, keeps="last value", beside=name[-1]) for name in (*VISITS, *REVIEWS)},
}
"""The lists by their numbers, and the last values of 6, 7 and 8."""
