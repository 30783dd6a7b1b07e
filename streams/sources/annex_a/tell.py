"""What Annex A tells of one child, as facts: the table of `docs/annex-a.md`, line by line.

The lists tell what happened; when the case was open, how intensively it was held and who held it follow from all of
them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from domain.days import format_day
from domain.vocabulary import Plan
from streams.sources.annex_a.beginnings import Spells, spells_of
from streams.sources.annex_a.holding import Teams, told_of_allocations
from streams.sources.annex_a.tables import REVIEWS, VISITS
from streams.sources.extract import Context, Telling
from streams.sources.life import Span, Work
from streams.sources.records import Record
from streams.sources.staying import Plans, told_of_closing, told_of_plan, told_of_stays
from streams.sources.telling import Told

PLANS: Final[Mapping[str, Plan]] = {"7": "child_protection", "8": "care"}


def told_of(records: Sequence[Record], teams: Teams, context: Context) -> Telling:
    """The facts of one child, in no order yet; `teams` says where a team works."""
    records = of_care_alone(records)
    spells = spells_in(records)
    plans = tuple((PLANS[each.table], _span(each)) for each in records if each.table in PLANS)
    told = [
        *_happenings(records),
        *(each for record in records for each in _plan(record, plans)),
        *told_of_stays(spells.stays, _work(records), plans),
        *(told_of_closing(each.day, each.reason, each.estimated) for each in spells.loose),
    ]
    allocated = told_of_allocations(told, spells.stays, records, teams, openings_told=context.openings_told)
    return Telling(allocated, spells.nonsense)


def spells_in(records: Sequence[Record]) -> Spells:
    """When the child's case was open."""
    return spells_of(of_care_alone(records))


def of_care_alone(records: Sequence[Record]) -> list[Record]:
    """The records without short breaks, which are no care and tell nothing."""
    return [each for each in records if not each.values.get("short_breaks")]


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


def _plan(record: Record, plans: Plans) -> Iterator[Told]:
    if record.table in PLANS:
        ended = bool(record.values.get("end_estimated"))
        yield from told_of_plan(PLANS[record.table], _span(record), plans, end_estimated=ended)


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
