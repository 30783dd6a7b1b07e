"""How far each expectation is kept: the cases in a clock's scope on a day, each in exactly one of five states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain.clocks import CompiledClock, Place, Rules, members
from domain.vocabulary import ALLOCATION_KEYS, TIERS, GroupKey
from projections.connection import Connection
from projections.questions.drift import ClockNumbers
from projections.questions.moment import PLACES, RUNS, WITH_SIZES, Moment, Names, columns, in_group_order

STATES: Final = ("in_time", "overdue", "done", "waiting", "not_measured")
_IN_TIME, _OVERDUE, _NOT_MEASURED = range(3)
"""What a run that is on can be."""
Group = tuple[int, ...]
"""A group's values as numbers, in the order of the grouping."""
Held = tuple[int, int, Group]
"""A case open on the day: its number, its plans, and what is asked of where it was held."""


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
    keys: list[GroupKey] = sorted({"tier", *by, *(key for each in rules.clocks for key, _ in each.clock.unless)})
    held = _held(connection, moment, keys)
    chosen = [keys.index(key) for key in by]
    groups_of = {case: tuple(numbers[at] for at in chosen) for case, _, numbers in held} if by else {}
    in_scope = _in_scope(rules, keys, held, chosen, names)
    on = _runs_on(connection, clocks, moment, groups_of)
    lines = []
    for compiled in rules.clocks:
        if clock is not None and compiled.id != clock:
            continue
        groups: list[Group] = [group for id_, group in in_scope if id_ == compiled.id]
        for group in groups if by else [()]:
            total = in_scope[compiled.id, group]
            runs = tuple(on[compiled.id, group, state] for state in (_IN_TIME, _OVERDUE, _NOT_MEASURED))
            states = _states(compiled, total, runs, moment.on)
            lines.append({**names.group(by, group), "clock": compiled.id, "in_scope": total, **states})
    return sorted(lines, key=lambda line: (in_group_order(by, line), line["clock"]))


def _states(clock: CompiledClock, in_scope: int, runs: tuple[int, ...], on: int) -> dict[str, int]:
    """The five states; a case without a run is done where the clock starts by scope and only once."""
    states = dict.fromkeys(STATES, 0)
    if clock.measured_from is None or on < clock.measured_from:
        states["not_measured"] = in_scope
        return states
    states["in_time"], states["overdue"], states["not_measured"] = runs
    idle = "done" if clock.starts_by_scope and not clock.follows else "waiting"
    states[idle] = in_scope - sum(runs)
    return states


def _held(connection: Connection, moment: Moment, keys: Sequence[GroupKey]) -> list[Held]:
    """Where each case open on the day was held, as far as the grouping or the scope of a clock asks."""
    rows = connection.execute(
        f"{WITH_SIZES} SELECT p.case_no, p.plans, {columns(keys)} FROM {PLACES}", moment.parameters
    )
    return [(case, plans, tuple(numbers)) for case, plans, *numbers in rows]


def _in_scope(
    rules: Rules, keys: Sequence[GroupKey], held: Sequence[Held], chosen: Sequence[int], names: Names
) -> Counter[tuple[str, Group]]:
    """How many cases are in each clock's scope, group by group: the places of the day tell."""
    found: Counter[tuple[str, Group]] = Counter()
    for (plans, numbers), cases in Counter((plans, numbers) for _, plans, numbers in held).items():
        where = names.group(keys, numbers)
        locality, team, worker, cohort = (where.get(key) for key in ALLOCATION_KEYS)
        place = Place(0, "", locality, team, worker, cohort, TIERS[numbers[keys.index("tier")]], plans)
        group = tuple(numbers[at] for at in chosen)
        for clock in members(rules.scope(place)):
            found[rules.clocks[clock].id, group] += cases
    return found


def _runs_on(
    connection: Connection, clocks: ClockNumbers, moment: Moment, groups_of: Mapping[int, Group]
) -> Counter[tuple[str, Group, int]]:
    """The runs that are on, by clock, group and what they are. Counted here: the database would sort them first."""
    rows = connection.execute(
        f"{WITH_SIZES} SELECT r.clock, CASE WHEN r.measured = 0 THEN {_NOT_MEASURED}"
        " WHEN r.due < :on THEN 1 ELSE 0 END"
        f"{', r.case_no' if groups_of else ''} FROM {RUNS}",
        moment.parameters,
    )
    numbered = Counter((clock, state, groups_of[case]) for clock, state, case in rows) if groups_of else Counter(rows)
    found: Counter[tuple[str, Group, int]] = Counter()
    for (number, state, *group), count in numbered.items():
        if number in clocks:
            found[clocks[number].id, group[0] if group else (), state] += count
    return found
