"""Why each expectation of a case was due when it was, and what came of it: a sentence a run.

`Due on 3 May 2019, 1 month after the case was last supervised on 3 Apr 2019 (no. 2); the case was supervised on
20 May 2019 (no. 5), 17 days late.`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from casedrift.present.explain_record import Record
from casedrift.present.paper import day_words, how_many
from domain.clocks import CompiledClock, Rules
from domain.days import parse_day
from domain.policy import Limit


class Why(NamedTuple):
    """A run (as JSON has it), its sentence, and whether it was late, or is, on the day asked."""

    run: Mapping[str, Any]
    sentence: str
    late: bool


def why_each(runs: Sequence[Mapping[str, Any]], record: Record, on: int, rules: Rules | None) -> Iterator[Why]:
    """A sentence for each run, as seen on the day (ordinal). Without the rules, limits are not told."""
    facts = [_facts(run, record) for run in runs]
    met = {(run["clock"], ended): begun for run, (begun, ended) in zip(runs, facts, strict=True) if run["met"]}
    for run, (begun_by, ended_by) in zip(runs, facts, strict=True):
        clock = None if rules is None else rules.clocks[rules.number[run["clock"]]]
        due = _due(run, record, begun_by, _met_before(run["clock"], begun_by, met), clock)
        outcome, late = _outcome(run, record, ended_by, on, clock)
        yield Why(run, f"Due on {due}; {outcome}.", late)


def _met_before(clock: str, begun_by: str | None, met: Mapping[tuple[str, str | None], str]) -> int:
    """How many runs, one after another, were met before the one that the fact began."""
    count = 0
    while (begun_by := met.get((clock, begun_by))) is not None:
        count += 1
    return count


def _facts(run: Mapping[str, Any], record: Record) -> tuple[str, str | None]:
    """The fact that began the run, and the one that ended it."""
    begun_by, *ended_by = record.in_order(run["because"])
    return begun_by, ended_by[0] if ended_by else None


def _due(run: Mapping[str, Any], record: Record, begun_by: str, met_before: int, clock: CompiledClock | None) -> str:
    due, baseline = day_words(run["due"]), day_words(run["baseline"])
    begun = f"{record.said(begun_by, again=met_before > 0)} on {baseline} {record.no(begun_by)}"
    if clock is None:
        return f"{due}, counted from when {begun}"
    limit, counted_from = _limit(run, met_before, clock)
    if counted_from is None:
        return f"{due}, {limit} after {begun}"
    complete = f"{limit} after {day_words(counted_from)}, from when the record is complete"
    return f"{due}, {complete} (it ran since {begun})"


def _limit(run: Mapping[str, Any], met_before: int, clock: CompiledClock) -> tuple[Limit, int | None]:
    """The limit of the run, and the day it was counted from where that is not the baseline."""
    limits = (clock.clock.first, *clock.clock.then)
    since = clock.measured_from
    moved = since is not None and parse_day(run["baseline"]) < since
    return limits[min(met_before, len(limits) - 1)], since if moved else None


def _outcome(
    run: Mapping[str, Any], record: Record, ended_by: str | None, on: int, clock: CompiledClock | None
) -> tuple[str, bool]:
    """What came of a run by the day, and whether it was late."""
    due = parse_day(run["due"])
    end = None if run["end"] is None else parse_day(run["end"])
    if end is None or ended_by is None or end > on:
        return _so_far(parse_day(run["baseline"]), due, on)
    late = end > due
    how = f"{how_many(end - due, 'day')} late" if late else "in time"
    happened, no = record.said(ended_by), record.no(ended_by)
    if run["met"]:
        return f"{happened} on {day_words(end)} {no}, {how}", late
    if clock is not None and not clock.clock.met_by:  # it caps the time spent so
        return f"it ended on {day_words(end)}, as {happened} {no}, {how}", late
    how = f"then {how}" if late else "still in time"
    return f"it was not done when the case left its scope on {day_words(end)}, as {happened} {no}, {how}", late


def _so_far(baseline: int, due: int, on: int) -> tuple[str, bool]:
    if baseline > on:
        return f"yet to begin on {day_words(on)}", False
    if on > due:
        return f"not done by {day_words(on)}, and overdue by {how_many(on - due, 'day')}", True
    return f"in time on {day_words(on)}", False
