"""How far each expectation is kept: the cases in a clock's scope on a day, each in exactly one of five states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from sqlite3 import Connection
from typing import Any, Final

from domain.clocks import CompiledClock, Place, Rules, members
from domain.vocabulary import ALLOCATION_KEYS, TIERS, GroupKey
from projections.questions.drift import ClockNumbers
from projections.questions.moment import (
    PLACES,
    RUNS,
    RUNS_WITH_PLACES,
    WITH_SIZES,
    Moment,
    Names,
    columns,
    in_group_order,
)

STATES: Final = ("in_time", "overdue", "done", "waiting", "not_measured")
Group = tuple[int, ...]
"""A group's values as numbers, in the order of the grouping."""


def compliance(
    connection: Connection,
    rules: Rules,
    clocks: ClockNumbers,
    moment: Moment,
    by: Sequence[GroupKey] = (),
    clock: str | None = None,
) -> list[dict[str, Any]]:
    """One line a clock and group; without a grouping every clock, zeros included."""
    names = Names(connection)
    in_scope = _in_scope(connection, rules, moment, by, names)
    on = _runs_on(connection, clocks, moment, by)
    lines = []
    for compiled in rules.clocks:
        if clock is not None and compiled.id != clock:
            continue
        groups: list[Group] = [group for id_, group in in_scope if id_ == compiled.id]
        for group in groups if by else [()]:
            total = in_scope[compiled.id, group]
            states = _states(compiled, total, on.get((compiled.id, group), (0, 0, 0)), moment.on)
            lines.append({**names.group(by, group), "clock": compiled.id, "in_scope": total, **states})
    return sorted(lines, key=lambda line: (in_group_order(by, line), line["clock"]))


def _states(clock: CompiledClock, in_scope: int, runs: tuple[int, int, int], on: int) -> dict[str, int]:
    """The five states; a case without a run is done where the clock starts by scope and only once."""
    states = dict.fromkeys(STATES, 0)
    if clock.measured_from is None or on < clock.measured_from:
        states["not_measured"] = in_scope
        return states
    states["in_time"], states["overdue"], states["not_measured"] = runs
    idle = "done" if clock.starts_by_scope and not clock.follows else "waiting"
    states[idle] = in_scope - sum(runs)
    return states


def _in_scope(
    connection: Connection, rules: Rules, moment: Moment, by: Sequence[GroupKey], names: Names
) -> Counter[tuple[str, Group]]:
    """How many cases are in each clock's scope, group by group: the places of the day tell."""
    fields = columns((*ALLOCATION_KEYS, "tier"))
    rows = connection.execute(
        f"{WITH_SIZES} SELECT {fields}, p.plans, count(*) FROM {PLACES} GROUP BY {fields}, p.plans",
        moment.parameters,
    )
    found: Counter[tuple[str, Group]] = Counter()
    for *allocation, tier, plans, cases in rows:
        locality, team, worker, cohort = (names[number] for number in allocation)
        place = Place(0, "", locality, team, worker, cohort, TIERS[tier], plans)
        numbers = dict(zip((*ALLOCATION_KEYS, "tier"), (*allocation, tier), strict=True))
        group = tuple(numbers[key] for key in by)
        for clock in members(rules.scope(place)):
            found[rules.clocks[clock].id, group] += cases
    return found


def _runs_on(
    connection: Connection, clocks: ClockNumbers, moment: Moment, by: Sequence[GroupKey]
) -> dict[tuple[str, Group], tuple[int, int, int]]:
    """The runs that are on, by clock and group: in time, overdue, not measured."""
    chosen = f", {columns(by)}" if by else ""
    rows = connection.execute(
        f"{WITH_SIZES} SELECT sum(r.measured AND r.due >= :on), sum(r.measured AND r.due < :on),"
        f" sum(NOT r.measured), r.clock{chosen} FROM {RUNS_WITH_PLACES if by else RUNS} GROUP BY r.clock{chosen}",
        moment.parameters,
    )
    return {(clocks[clock].id, tuple(group)): tuple(n) for *n, clock, group in map(_split, rows) if clock in clocks}


def _split(row: tuple[int, ...]) -> tuple[Any, ...]:
    return (*row[:4], row[4:])
