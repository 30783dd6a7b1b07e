"""What Annex A tells of one child, as facts: the table of `docs/annex-a.md`, line by line.

The lists tell what happened; when the case was open, how intensively it was held and who held it follow from all of
them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, Final

from domain.days import format_day
from domain.vocabulary import Plan
from streams.sources.annex_a.beginnings import Spells, spells_of
from streams.sources.annex_a.holding import Teams, told_of_allocations
from streams.sources.annex_a.tables import NOT_TOLD, REVIEWS, VISITS
from streams.sources.extract import Context, Telling
from streams.sources.life import Span, Work
from streams.sources.records import Record
from streams.sources.staying import told_of_stays
from streams.sources.telling import Told

_PLANS: Final[Mapping[str, Plan]] = {"7": "child_protection", "8": "care"}
_DAYS: Final = ("start", "end")
"""By either a plan is known again whose other day was put right."""
IN_NEED: Final = "C"
"""`Case status` of a child in need (Ofsted, ILACS, Annex A, list 6)."""


def told_of(records: Sequence[Record], teams: Teams, context: Context) -> Telling:
    """The facts of one child, in no order yet; `teams` says where a team works."""
    records = _of_care_alone(records)
    spells = spells_in(records)
    plans = tuple((_PLANS[each.table], _span(each)) for each in records if each.table in _PLANS)
    told = [
        *_happenings(records),
        *told_of_stays(spells.stays, _work(records), plans),
        *(Told("case-closed", each.day, {"reason": each.reason}, each.estimated) for each in spells.loose),
    ]
    allocated = told_of_allocations(told, spells.stays, records, teams, openings_told=context.openings_told)
    return Telling(allocated, spells.nonsense)


def spells_in(records: Sequence[Record]) -> Spells:
    """When the child's case was open."""
    return spells_of(_of_care_alone(records))


def _of_care_alone(records: Sequence[Record]) -> list[Record]:
    """The records without short breaks, which are no care and tell nothing; nor is there a review then."""
    stays = [each.values.get("short_breaks") for each in records if each.table == "8"]
    reviewed = not stays or not all(stays)
    return [
        each
        for each in records
        if not each.values.get("short_breaks") and (reviewed or REVIEWS.get(each.table) != "care")
    ]


def with_closings(
    known: Sequence[Record], records: Sequence[Record], read: Sequence[Record], context: Context
) -> list[Record]:
    """The records, those on a plan or in care marked whose end closed the case: the child is in no list of children in
    need, though that list holds others.

    Where that list is not there this time, or has the child without saying when, nobody can say so, and what was closed
    before stays closed.
    """
    rows = [each for each in _of_care_alone(records) if each.table in _PLANS or each.table == "6"]
    plans = [each for each in rows if each.table in _PLANS]
    if "6" in context.absent or any(each.table == NOT_TOLD for each in read):
        closed = {(each.table, name, each.day(name)) for each in known if each.values.get("closes") for name in _DAYS}
        before = [each for each in plans if any((each.table, name, each.day(name)) in closed for name in _DAYS)]
        marked = [each for each in before if each.day("end") is not None and not _goes_on_by(rows, each)]
    else:
        ends = [each.day("end") for each in plans]
        alone = "6" in context.lists and len(plans) == len(rows) and None not in ends
        last = max((end for end in ends if end is not None), default=None) if alone else None
        marked = [each for each in plans if last is not None and each.day("end") == last]
    return [_closing(each, any(each is one for one in marked)) for each in records]


def _goes_on_by(rows: Iterable[Record], ended: Record) -> bool:
    """Whether the case was open by another row on the day on which this one ended."""
    day = ended.day("end") or 0
    return any(
        (each.day("start") or 0) <= day and (each.day("end") is None or (each.day("end") or 0) > day)
        for each in rows
        if each is not ended
    )


def _closing(record: Record, closes: bool) -> Record:
    return record if closes == bool(record.values.get("closes")) else record.with_values(closes=closes)


def with_assumed_need(known: Sequence[Record], records: Sequence[Record]) -> list[Record]:
    """The records, those of children in need marked where nothing but their status says so.

    Once assumed, it stays so: an assessment that comes later does not undo the months before it.
    """
    told_otherwise = any(each.table in {"4", "7", "8"} for each in _of_care_alone(records))
    starts = {each.values["start"] for each in records if each.table == "6"}
    assumed = {each.values["start"] for each in known if each.table == "6" and each.values.get("assumed_in_need")}
    put_right = bool(assumed - starts)
    return [_assumed(each, told_otherwise, assumed, put_right) if each.table == "6" else each for each in records]


def _assumed(record: Record, told_otherwise: bool, assumed: Set[Any], put_right: bool) -> Record:
    by_status = record.values.get("status") == IN_NEED and not told_otherwise
    before = record.values["start"] in assumed or (put_right and not record.displaced)
    return record.with_values(assumed_in_need=True) if by_status or before else record


def _happenings(records: Iterable[Record]) -> Iterator[Told]:
    """What the rows tell by themselves."""
    seen: dict[int, bool | None] = {}
    for record in records:
        match record.table:
            case "3":
                decision = "no_further_action" if record.values["no_further_action"] else "assess"
                yield Told("referral-received", record.values["on"], {"decision": decision})
            case "4":
                yield from _assessment(record)
            case "5":
                yield from _enquiry(record)
            case "7" | "8":
                yield from _plan(record, _PLANS[record.table])
        if record.table in REVIEWS:
            yield Told("plan-reviewed", record.values["on"], {"plan": REVIEWS[record.table]})
        elif record.table in VISITS:
            alone = record.values.get("alone")
            seen[record.values["on"]] = seen.get(record.values["on"]) if alone is None else alone
    for day, alone in seen.items():
        yield Told("child-visited", day, {"seen_alone": alone})


def _assessment(record: Record) -> Iterator[Told]:
    started, authorised = record.day("started"), record.day("authorised")
    if started is not None:
        yield Told("assessment-started", started, {})
    if authorised is not None:
        yield Told("case-assessed", authorised, {"started_on": None if started is None else format_day(started)})


def _enquiry(record: Record) -> Iterator[Told]:
    strategy, conference = record.day("strategy"), record.day("conference")
    if strategy is not None:
        yield Told("strategy-discussion-held", strategy, {"section_47": True})
        if record.values["unnecessary"]:
            # The list has no day on which an enquiry ended, only that it led to no conference.
            yield Told("enquiry-ended", strategy, {"outcome": "no_conference"}, estimated=True)
    if conference is not None:
        outcome = {True: "plan", False: "no_plan", None: None}[record.values["plan"]]
        yield Told("conference-held", conference, {"outcome": outcome})


def _plan(record: Record, plan: Plan) -> Iterator[Told]:
    start, end = record.day("start"), record.day("end")
    if start is not None:
        yield Told("plan-started", start, {"plan": plan})
    if end is not None:
        yield Told("plan-ended", end, {"plan": plan}, estimated=bool(record.values.get("end_estimated")))


def _work(records: Sequence[Record]) -> Work:
    assumed = [each for each in records if each.table == "6" and each.values.get("assumed_in_need")]
    return Work(
        care=tuple(_span(each) for each in records if each.table == "8"),
        protection=tuple(_span(each) for each in records if each.table == "7"),
        in_need=tuple(_span(each) for each in assumed),
        assessed=tuple(
            each.values["authorised"]
            for each in records
            if each.table == "4" and each.values["authorised"] is not None and each.values["needed"]
        ),
        inferred=frozenset(each.values["start"] for each in assumed if each.values["start"] is not None),
    )


def _span(record: Record) -> Span:
    return Span(record.day("start"), record.day("end"))
