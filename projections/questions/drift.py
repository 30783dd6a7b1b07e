"""Which cases have drifted: the runs overdue on a day, or due soon, with where each case was held that day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from domain.clocks import CompiledClock, Rules
from domain.days import format_day
from domain.vocabulary import TIERS
from projections.connection import Connection
from projections.questions.moment import RUNS, WITH_SIZES, Moment, Names, near, stands
from projections.rows import format_run_id

ClockNumbers = dict[int, CompiledClock]
"""The clocks of a policy by the numbers under which rows name them."""
Place = tuple[Any, ...]
"""A case's number, its reference, its child's, and the numbers of its tier, locality, team, worker and cohort."""
_HELD: Final = (
    f"{WITH_SIZES} SELECT c.case_no, c.subject, t.text, p.tier, p.locality, p.team, p.worker, p.cohort"
    f" FROM {near('place', 'p')} JOIN cases AS c ON c.case_no = p.case_no JOIN text AS t ON t.no = p.child"
    f" WHERE {stands('p', 'from_day')}"
)
"""Where each case open on the day was held, with its reference and its child's."""
_ON: Final = f"{WITH_SIZES} SELECT r.case_no, r.clock, r.baseline, r.due, r.run_id FROM {RUNS} AND r.measured = 1"
_LATE: Final = f"{_ON} AND r.due < :on"
_SOON: Final = f"{_ON} AND r.due >= :on"


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
    places = {place[0]: place for place in held(connection, moment)}
    rows = connection.execute(_SOON if due_soon else _LATE, moment.parameters)
    found = [
        (places[case], wanted[number], baseline, due, run)
        for case, number, baseline, due, run in rows
        if number in wanted and (not due_soon or wanted[number].soon_from(due) <= moment.on)
    ]
    found.sort(key=lambda each: (each[0][1], each[1].id, each[2]))
    return [_line(*each, names, moment.on) for each in found]


def held(connection: Connection, moment: Moment) -> Iterable[Place]:
    """The cases open on the day, each with where it was held."""
    return connection.execute(_HELD, moment.parameters)


def held_where(place: Place, names: Names) -> dict[str, Any]:
    """The tier and the allocation of a place."""
    _, _, _, tier, locality, team, worker, cohort = place
    return {
        "tier": TIERS[tier],
        "locality": names[locality],
        "team": names[team],
        "worker": names[worker],
        "cohort": names[cohort],
    }


def _line(
    place: Place, clock: CompiledClock, baseline: int, due: int, run: int, names: Names, on: int
) -> dict[str, Any]:
    return {
        "run": format_run_id(run),
        "case": place[1],
        "child": place[2],
        "clock": clock.id,
        "severity": clock.clock.severity,
        **held_where(place, names),
        "baseline": format_day(baseline),
        "due": format_day(due),
        "days_overdue": on - due,
    }


def clock_numbers(rules: Rules, number: Any) -> ClockNumbers:
    """The policy's clocks by their numbers; `number` gives a text's number, or None where no row has it."""
    return {n: clock for clock in rules.clocks if (n := number(clock.id)) is not None}
