"""What a census said of a child, as records that outlast it, and the episodes that such records tell of.

The next census is another year's: an episode closed before it is not there, nor an assessment finished before it. So
each part of an episode is a record of its own, and says itself whether a census of a given year has to hold it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from streams.sources.cin_census.rows import Assessment, Enquiry, Episode
from streams.sources.life import Span
from streams.sources.merging import Table, Window
from streams.sources.records import Record


def _episode(record: Record, year: Window) -> bool:
    if record.values["no_further_action"] and not record.values["worked_on"]:
        return year.holds(record.day("referred"))  # it opened nothing, so it doesn't go on until it is closed
    return year.open_or_ended(record.day("referred"), record.day("closed"))


def _assessment(record: Record, year: Window) -> bool:
    authorised = record.day("authorised")
    return year.holds(record.day("started") if authorised is None else authorised)


def _plan(record: Record, year: Window) -> bool:
    return year.open_or_ended(record.day("start"), record.day("end"))


def _enquiry(record: Record, year: Window) -> bool:
    conference = record.day("conference")
    return year.holds(record.day("started") if conference is None else conference)


def _on_a_day(record: Record, year: Window) -> bool:
    return year.holds(record.day("on"))


def _part(had_to_hold: Callable[[Record, Window], bool], *key: str, until: tuple[str, ...] = ()) -> Table:
    """A part of an episode: a census that need not hold the episode, closed before its year, need not hold the part."""
    return Table(
        key,
        lambda record, year: had_to_hold(record, year) and year.open_or_ended(None, record.day("closed")),
        until=(*until, "closed"),
    )


TABLES: Final = {
    "episode": Table(("referred",), _episode, until=("closed",)),
    "assessment": _part(_assessment, "started", "authorised", until=("authorised",)),
    "in-need-plan": _part(_plan, "start", "end", until=("end",)),
    "section-47": _part(_enquiry, "started", "conference"),
    "conference": _part(_on_a_day, "on"),
    "protection-plan": _part(_plan, "start", "end", until=("end",)),
    "review": _part(_on_a_day, "on"),
}
"""Episodes and their parts, and what a census of a year has to hold of them."""
_NOT_DATED: Final = {"no_conference", "factors"}


def records_of(episodes: Iterable[Episode]) -> Iterator[Record]:
    """What is kept of a child's episodes: whatever bears a date that could be read."""
    for episode in episodes:
        for table, values, unread in _parts(episode):
            if any(value is not None for name, value in values.items() if name not in _NOT_DATED):
                of = {"episode": episode.referred, "closed": episode.closed}
                yield Record(table, {**values, **of}, unread=unread | (episode.unread & {"closed"}))
        if episode.referred is not None:
            yield Record("episode", _own(episode), unread=episode.unread)


def _parts(episode: Episode) -> Iterator[tuple[str, dict[str, Any], frozenset[str]]]:
    for assessment in episode.assessments:
        values: dict[str, Any] = {"started": assessment.started, "authorised": assessment.authorised}
        yield "assessment", {**values, "factors": list(assessment.factors)}, assessment.unread
    for enquiry in episode.enquiries:
        days = {"started": enquiry.started, "conference": enquiry.conference}
        yield "section-47", {**days, "no_conference": enquiry.no_conference}, enquiry.unread
    none: frozenset[str] = frozenset()
    yield from (("in-need-plan", {"start": span.start, "end": span.end}, none) for span in episode.in_need_plans)
    yield from (("protection-plan", {"start": span.start, "end": span.end}, none) for span in episode.protection_plans)
    yield from (("conference", {"on": day}, none) for day in sorted(set(episode.conferences)))
    yield from (("review", {"on": day}, none) for day in episode.reviews)


def _own(episode: Episode) -> dict[str, Any]:
    return {
        "referred": episode.referred,
        "closed": episode.closed,
        "no_further_action": episode.no_further_action,
        "referral_source": episode.referral_source,
        "need": episode.need,
        "reason": episode.reason,
        "worked_on": episode.worked_on,
    }


def episodes_of(records: Iterable[Record]) -> list[Episode]:
    """The episodes that a child's records tell of; parts whose own is gone make one without a referral."""
    parts: defaultdict[int | None, list[Record]] = defaultdict(list)
    own: list[Record] = []
    for record in records:
        if record.table == "episode":
            own.append(record)
        else:
            parts[record.values["episode"]].append(record)
    episodes = [_of(each.values, parts.pop(each.day("referred"), [])) for each in own]
    return [*episodes, *(_of({}, left) for left in parts.values())]


def _of(own: Any, parts: list[Record]) -> Episode:
    of: defaultdict[str, list[Record]] = defaultdict(list)
    for record in parts:
        of[record.table].append(record)
    return Episode(
        referred=own.get("referred"),
        no_further_action=own.get("no_further_action"),
        referral_source=own.get("referral_source"),
        need=own.get("need"),
        closed=own.get("closed"),
        reason=own.get("reason"),
        assessments=tuple(
            Assessment(each.day("started"), each.day("authorised"), tuple(each.values["factors"]))
            for each in of["assessment"]
        ),
        in_need_plans=tuple(_span(each) for each in of["in-need-plan"]),
        enquiries=tuple(
            Enquiry(each.day("started"), each.values["no_conference"], each.day("conference"))
            for each in of["section-47"]
        ),
        conferences=tuple(each.values["on"] for each in of["conference"]),
        protection_plans=tuple(_span(each) for each in of["protection-plan"]),
        reviews=tuple(each.values["on"] for each in of["review"]),
        worked_on=bool(own.get("worked_on") or parts),
    )


def _span(record: Record) -> Span:
    return Span(record.day("start"), record.day("end"))
