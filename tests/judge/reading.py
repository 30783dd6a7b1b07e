"""The questions asked of the record, answered from the raw facts each time: how many cases are open,
which of them drift, how far each expectation is kept, and what one case's story is.

The JSON lists of `docs/commands.md` as plain values. Every question takes `on`, a London day, and `known`, an instant.
A run's id is a readable key of its case, its clock and the fact that began it (`run_key`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from operator import attrgetter
from typing import Any

from .clocks import Run, in_scope, measured_from, stretches
from .facts import Accepted, read_instant, written
from .history import Moment, Standing, State, history, known_facts, places, standing, state_on
from .intake import Acceptance
from .policy import Clock, Policy
from .record_faults import case_findings, faults_on
from .shape import ALLOCATION

Row = dict[str, Any]
STATES = ("in_time", "overdue", "done", "waiting", "not_measured")


def counts(acc: Acceptance, on: date, known: datetime, by: Sequence[str] = ()) -> list[Row]:
    """Open cases and their distinct children on a day; without `by` exactly one row."""
    children: dict[tuple[str | None, ...], list[str]] = {} if by else {(): []}
    for _, moments in histories(acc, known):
        state = state_on(moments, on)
        if state.opening:
            children.setdefault(group_of(state, by), []).append(child_of(state))
    return [
        dict(zip(by, group, strict=True)) | {"open_cases": len(of), "open_children": len(set(of))}
        for group, of in sorted(children.items(), key=lambda item: group_order(item[0]))
    ]


def drift(
    acc: Acceptance,
    policy: Policy,
    on: date,
    known: datetime,
    clock: str | None = None,
    due_soon: bool = False,
) -> list[Row]:
    """The runs overdue on the day, or due soon on it; ordered by case, clock, baseline."""
    rows = []
    for case, moments in histories(acc, known):
        for run in runs(policy, moments, clock):
            if run.due_soon(on) if due_soon else run.overdue(on):
                rows.append(_drift_row(case, run, state_on(moments, on), on))
    return sorted(rows, key=lambda row: (row["case"], row["clock"], row["baseline"]))


def _drift_row(case: str, run: Run, state: State, on: date) -> Row:
    return {
        "run": run_key(case, run),
        "case": case,
        "child": child_of(state),
        "clock": run.clock.id,
        "severity": run.clock.severity,
        "tier": state.tier,
        **{key: state.group(key) for key in ALLOCATION},
        "baseline": run.baseline.isoformat(),
        "due": run.due.isoformat(),
        "days_overdue": (on - run.due).days,
    }


def compliance(
    acc: Acceptance,
    policy: Policy,
    on: date,
    known: datetime,
    by: Sequence[str] = (),
    clock: str | None = None,
) -> list[Row]:
    """Each clock's cases in scope by their one state; without `by` every clock asked for, zeros included."""
    told: dict[tuple[tuple[str | None, ...], str], list[str]] = {}
    cases = [moments for _, moments in histories(acc, known)]
    for asked in clocks_of(policy, clock):
        if not by:
            told[((), asked.id)] = []
        for moments in cases:
            state = state_on(moments, on)
            if in_scope(asked, state):
                key = (group_of(state, by), asked.id)
                told.setdefault(key, []).append(compliance_state(asked, policy, moments, on))
    return [
        dict(zip(by, group, strict=True))
        | {"clock": id_, "in_scope": len(states)}
        | {state: states.count(state) for state in STATES}
        for (group, id_), states in sorted(told.items(), key=_by_group)
    ]


def compliance_state(clock: Clock, policy: Policy, moments: list[Moment], on: date) -> str:
    """The one state, on a day, of a case in scope of the clock on that day."""
    measured, m = measured_from(clock, policy)
    (stretch,) = (one for one in stretches(clock, policy, moments) if one.holds_on(on))
    running = [run for run in stretch.runs if run.on(on)]
    # "the clock is not measured, or d is before M, or a run that is not measured is on"
    if not measured or (m is not None and on < m) or any(not run.measured for run in running):
        return "not_measured"
    if running:
        return "overdue" if running[0].overdue(on) else "in_time"
    # "`done` (starts by scope, once-only, met in this stretch)"
    met = any(run.met and run.end is not None and run.end <= on for run in stretch.runs)
    return "done" if clock.starts_by_scope and not clock.then and met else "waiting"


def findings(acc: Acceptance, policy: Policy, on: date, known: datetime, by: Sequence[str] = ()) -> list[Row]:
    """The record's own faults, ordered by case, finding, facts; with `by`, cases counted by group."""
    if by:
        return _findings_by(acc, policy, on, known, by)
    told = (case_findings(case, moments, policy, on) for case, moments in histories(acc, known))
    return sorted(chain.from_iterable(told), key=lambda row: (row["case"], row["finding"], row["facts"]))


def _findings_by(acc: Acceptance, policy: Policy, on: date, known: datetime, by: Sequence[str]) -> list[Row]:
    """ "of the findings of cases open on the day, by that day's group, distinct cases"."""
    cases: dict[tuple[tuple[str | None, ...], str], set[str]] = {}
    for case, moments in histories(acc, known):
        state = state_on(moments, on)
        for fault in faults_on(moments, policy, on) if state.open else []:
            cases.setdefault((group_of(state, by), fault.finding), set()).add(case)
    return [
        dict(zip(by, group, strict=True)) | {"finding": finding, "cases": len(of)}
        for (group, finding), of in sorted(cases.items(), key=_by_group)
    ]


def explain(acc: Acceptance, policy: Policy, case: str, on: date, known: datetime) -> Row:
    """One case's story as known then; `on` decides only which findings of the day are told.

    LookupError where nothing of the case is known.
    """
    facts = known_facts(acc.accepted, case, known)
    if not facts:
        raise LookupError("no fact of this case is known")
    moments = history(facts)
    stand = {fact.link for fact in standing(facts)}
    told = [fact.body | _instants(fact.body) | {"known_at": written(fact.known_at)} for fact in facts]
    return {
        "case": case,
        "facts": [row | {"stands": fact in stand} for row, fact in zip(told, facts, strict=True)],
        "places": [
            _place_row(place.state, place.begun_by, place.end)
            for place in places(moments)
            if place.end != place.start  # "those of no day left out"
        ],
        "runs": [
            _run_row(case, run)
            for asked in sorted(policy.clocks, key=lambda clock: clock.id)
            for run in runs(policy, moments, asked.id)
        ],
        "findings": sorted(case_findings(case, moments, policy, on), key=lambda row: (row["finding"], row["facts"])),
    }


def _instants(body: Row) -> Row:
    return {key: written(read_instant(body[key])) for key in ("time", "recordedafter") if key in body}


def _place_row(state: State, begun_by: Standing, end: date | None) -> Row:
    return {
        "from": begun_by.day.isoformat(),
        "to": end.isoformat() if end else None,
        "tier": state.tier,
        **{key: state.group(key) for key in ALLOCATION},
        "plans": sorted(state.plans),
        "because": [begun_by.link.id],
    }


def _run_row(case: str, run: Run) -> Row:
    links = [fact.link for fact in (run.begun_by, run.ended_by) if fact is not None]
    return {
        "run": run_key(case, run),
        "clock": run.clock.id,
        "baseline": run.baseline.isoformat(),
        "due": run.due.isoformat(),
        "end": run.end.isoformat() if run.end else None,
        "met": run.met,
        "because": [link.id for link in sorted(links, key=attrgetter("place"))],  # "in acceptance order"
    }


def runs(policy: Policy, moments: list[Moment], clock: str | None = None) -> Iterator[Run]:
    """The runs that show: measured ones of measured clocks, in each clock's order."""
    for asked in clocks_of(policy, clock):
        for stretch in stretches(asked, policy, moments):
            yield from (run for run in stretch.runs if run.measured)


def clocks_of(policy: Policy, clock: str | None) -> list[Clock]:
    return list(policy.clocks) if clock is None else [policy.clock(clock)]


def histories(acc: Acceptance, known: datetime) -> Iterator[tuple[str, list[Moment]]]:
    """Every case of which something is known, with its history as known."""
    cases: dict[str, list[Accepted]] = {}
    for fact in acc.accepted:
        if fact.known_at <= known:
            cases.setdefault(fact.case, []).append(fact)
    for case, facts in sorted(cases.items()):
        yield case, history(facts)


def run_key(case: str, run: Run) -> str:
    """ "its case, its clock and the fact that began it ... named by the first link of its chain"."""
    return json.dumps([case, run.clock.id, *run.begun_by.first.identity])


def child_of(state: State) -> str:
    """ "a stay's child is the one that its opening names"."""
    assert state.opening is not None
    return str(state.opening.link.data["child"])


def group_of(state: State, by: Iterable[str]) -> tuple[str | None, ...]:
    return tuple(state.group(key) for key in by)


def _by_group(item: tuple[tuple[tuple[str | None, ...], str], object]) -> tuple[list[tuple[bool, str]], str]:
    """Rows of a group and a name: by the group's values, then by the name."""
    (group, name), _ = item
    return group_order(group), name


def group_order(group: tuple[str | None, ...]) -> list[tuple[bool, str]]:
    """ "by group values in `--by` order (`null` last)"."""
    return [(value is None, value or "") for value in group]
