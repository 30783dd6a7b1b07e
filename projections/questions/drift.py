"""Which cases have drifted: the runs overdue on a day, or due soon, with where each case was held that day."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Any

from domain.clocks import CompiledClock, Rules
from domain.days import format_day
from domain.vocabulary import ALLOCATION_KEYS, TIERS
from projections.questions.moment import RUNS_WITH_PLACES, WITH_SIZES, Moment, Names
from projections.rows import format_run_id

ClockNumbers = dict[int, CompiledClock]
"""The clocks of a policy by the numbers under which rows name them."""


def drift(
    connection: Connection,
    clocks: ClockNumbers,
    moment: Moment,
    clock: str | None = None,
    *,
    due_soon: bool = False,
) -> list[dict[str, Any]]:
    """The runs overdue on the day, or with `due_soon` those soon due, by case, clock and baseline."""
    names = Names(connection)
    wanted = {number: c for number, c in clocks.items() if clock is None or c.id == clock}
    late = "r.due >= :on" if due_soon else "r.due < :on"
    rows = connection.execute(
        f"{WITH_SIZES} SELECT c.subject, r.clock, r.baseline, r.due, r.run_id, p.child, p.tier,"
        f" p.locality, p.team, p.worker, p.cohort FROM {RUNS_WITH_PLACES} AND r.measured = 1 AND {late}",
        moment.parameters,
    )
    found = [
        row for row in rows if row[1] in wanted and (not due_soon or wanted[row[1]].soon_from(row[3]) <= moment.on)
    ]
    found.sort(key=lambda row: (row[0], wanted[row[1]].id, row[2]))
    return [_line(row, wanted[row[1]], names, moment.on) for row in found]


def _line(row: tuple[Any, ...], clock: CompiledClock, names: Names, on: int) -> dict[str, Any]:
    case, _, baseline, due, run, child, tier, *allocation = row
    return {
        "run": format_run_id(run),
        "case": case,
        "child": names[child],
        "clock": clock.id,
        "severity": clock.clock.severity,
        "tier": TIERS[tier],
        **{key: names[number] for key, number in zip(ALLOCATION_KEYS, allocation, strict=True)},
        "baseline": format_day(baseline),
        "due": format_day(due),
        "days_overdue": on - due,
    }


def clock_numbers(rules: Rules, number: Any) -> ClockNumbers:
    """The policy's clocks by their numbers; `number` gives a text's number, or None where no row has it."""
    return {n: clock for clock in rules.clocks if (n := number(clock.id)) is not None}
