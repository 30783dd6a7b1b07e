"""What of a child's records depends on the day on which it came to be known: settled at each load, and remembered.

So a later load that can't say the same takes none of it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Any, Final

from streams.sources.annex_a.tables import NOT_TOLD, REVIEWS
from streams.sources.annex_a.tell import PLANS, of_care_alone
from streams.sources.extract import Context
from streams.sources.records import Record

_DAYS: Final = ("start", "end")
"""By either a plan is known again whose other day was put right."""
IN_NEED: Final = "C"
"""`Case status` of a child in need (Ofsted, ILACS, Annex A, list 6)."""


def without_reviews_of_short_breaks(records: Sequence[Record]) -> list[Record]:
    """The records without the reviews of a child who had nothing but short breaks so far: not of care, whatever the
    row is later.
    """
    stays = [each.values.get("short_breaks") for each in records if each.table == "8"]
    reviewed = not stays or not all(stays)
    return [each for each in records if reviewed or REVIEWS.get(each.table) != "care"]


def with_closings(
    known: Sequence[Record], records: Sequence[Record], read: Sequence[Record], on: int, context: Context
) -> list[Record]:
    """The records, those on a plan or in care marked whose end closed the case: nothing else goes on that day, and the
    child is in no list of children in need, though that list holds others.

    The mark is the day (an ordinal) of the extract that first said so. It stays where a later one can't say: without
    that list, with a row of the child in it that doesn't say when, or with one that began only after that extract,
    which opens the case anew.
    """
    rows = [each for each in of_care_alone(records) if each.table in PLANS or each.table == "6"]
    in_need = [each for each in rows if each.table == "6"]
    listed = {each.day("start") for each in read if each.table == "6"}
    in_the_list = None in listed or any(each.table == NOT_TOLD for each in read)
    told = "6" in context.lists - context.absent and not in_the_list
    said = {
        (each.table, name, each.day(name)): each.values["closes"]
        for each in known
        if each.values.get("closes")
        for name in _DAYS
    }

    def since(plan: Record) -> int | None:
        """The day of the extract by which the case was closed on the day on which this ended."""
        if plan.table not in PLANS or plan.day("end") is None or _goes_on_by(rows, plan):
            return None
        before = next((said[at] for name in _DAYS if (at := (plan.table, name, plan.day(name))) in said), None)
        others = (each for each in in_need if each.day("start") in listed or _goes_to_the_end_of(plan, each))
        if before is None:
            return on if told and not any(others) else None
        return None if any((each.day("start") or 0) <= before for each in others) else before

    marks = {id(each): since(each) for each in rows}
    return [_closing(each, marks.get(id(each))) for each in records]


def _goes_on_by(rows: Iterable[Record], ended: Record) -> bool:
    """Whether the case was open by another row on the day on which this one ended."""
    day = ended.day("end") or 0
    return any(
        (each.day("start") or 0) <= day and (each.day("end") is None or (each.day("end") or 0) > day)
        for each in rows
        if each is not ended
    )


def _goes_to_the_end_of(plan: Record, record: Record) -> bool:
    """Whether it had not ended before the plan did."""
    end, last = record.day("end"), plan.day("end")
    return end is None or last is None or end >= last


def _closing(record: Record, since: int | None) -> Record:
    return record if since == record.values.get("closes") else record.with_values(closes=since)


def with_assumed_need(known: Sequence[Record], records: Sequence[Record]) -> list[Record]:
    """The records, those of children in need marked where nothing but their status says so.

    Once assumed, it stays so: an assessment that comes later does not undo the months before it.
    """
    told_otherwise = any(each.table in {"4", "7", "8"} for each in of_care_alone(records))
    starts = {each.values["start"] for each in records if each.table == "6"}
    assumed = {each.values["start"] for each in known if each.table == "6" and each.values.get("assumed_in_need")}
    put_right = bool(assumed - starts)
    return [_assumed(each, told_otherwise, assumed, put_right) if each.table == "6" else each for each in records]


def _assumed(record: Record, told_otherwise: bool, assumed: Set[Any], put_right: bool) -> Record:
    by_status = record.values.get("status") == IN_NEED and not told_otherwise
    before = record.values["start"] in assumed or (put_right and not record.displaced)
    return record.with_values(assumed_in_need=True) if by_status or before else record
