"""What stands on a day, case by case: which are open, which plans are on, and which clocks are overdue.

Asked of two stores it shows where they differ; and of a case that is on one side alone, the other side's picture of it
says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from domain.clocks import PLAN_BIT, CompiledClock, Place, in_scope, plans_on
from domain.days import format_day
from domain.vocabulary import PLANS
from projections.connection import Connection
from projections.questions.drift import ClockNumbers, drift
from projections.questions.moment import WITH_SIZES, Moment, near, stands

Cases = dict[str, str]
"""Cases by their references, each with its child's."""
_HELD: Final = (
    f"{WITH_SIZES} SELECT c.subject, t.text, p.plans FROM {near('place', 'p')} JOIN cases AS c ON c.case_no = p.case_no"
    f" JOIN text AS t ON t.no = p.child WHERE {stands('p', 'from_day')}"
)


class Measure(NamedTuple):
    """What is counted: cases that are `open`, have a `plan` on, or are `overdue` by a clock."""

    what: str
    of: str = ""

    @property
    def name(self) -> str:
        """As it is shown: `open`, `plan care`, `overdue supervision`."""
        return f"{self.what} {self.of}".rstrip()


OPEN: Final = Measure("open")
PLANS_ON: Final = tuple(Measure("plan", plan) for plan in PLANS)


def standing_on(
    connection: Connection, clocks: ClockNumbers, moment: Moment, since: int | None = None
) -> dict[Measure, Cases]:
    """The cases of every measure on the day; of a clock that ends when it is met, those begun from the day `since`."""
    found: dict[Measure, Cases] = {OPEN: {}, **{measure: {} for measure in PLANS_ON}}
    for case, child, mask in connection.execute(_HELD, moment.parameters):
        found[OPEN][case] = child
        for plan in plans_on(mask):
            found[Measure("plan", plan)][case] = child
    found |= {Measure("overdue", clock.id): {} for clock in clocks.values()}
    follows = {clock.id for clock in clocks.values() if clock.follows}
    first = "" if since is None else format_day(since)
    for run in drift(connection, clocks, moment):
        if run["baseline"] >= first or run["clock"] in follows:
            found[Measure("overdue", run["clock"])][run["case"]] = run["child"]
    return found


def why_not(measure: Measure, case: Mapping[str, Any], on: int, clock: CompiledClock | None = None) -> str:
    """Why the case, explained as by `casedrift explain`, is not of that measure on the day; of a clock, that one."""
    day = format_day(on)
    here = next((place for place in case["places"] if _on(place["from"], place["to"], day)), None)
    if here is None:
        return _turn(case["places"], day, "closed on", "opens on", "never opened")
    if measure.what == "plan":
        with_it = [place for place in case["places"] if measure.of in place["plans"]]
        return _turn(with_it, day, "plan ended on", "plan starts on", "no such plan")
    assert clock is not None
    return _not_overdue([run for run in case["runs"] if run["clock"] == clock.id], here, clock, day)


def _on(first: str, end: str | None, day: str) -> bool:
    return first <= day and (end is None or day < end)


def _turn(places: Iterable[Mapping[str, Any]], day: str, ended: str, begins: str, never: str) -> str:
    """When that last came to its end, else when it begins."""
    ends = [place["to"] for place in places if place["to"] is not None and place["to"] <= day]
    starts = [place["from"] for place in places if place["from"] > day]
    if ends:
        return f"{ended} {max(ends)}"
    return f"{begins} {min(starts)}" if starts else never


def _not_overdue(runs: Sequence[Mapping[str, Any]], here: Mapping[str, Any], clock: CompiledClock, day: str) -> str:
    """What became of the clock's runs in a case that is held here."""
    for run in runs:
        if _on(run["baseline"], run["end"], day):
            return (
                f"due {run['due']}" if run["due"] >= day else f"begun on {run['baseline']}, before what the file tells"
            )
    ended = [run for run in runs if run["end"] is not None and run["end"] <= day]
    if ended:
        last = max(ended, key=lambda run: (run["end"], run["met"]))
        return f"met on {last['end']}" if last["met"] else f"out of scope since {last['end']}"
    later = [run["baseline"] for run in runs if run["baseline"] > day]
    if later:
        return f"begins on {min(later)}"
    return "begun by nothing, or not measured" if in_scope(clock.clock, _place(here)) else "not in scope"


def _place(here: Mapping[str, Any]) -> Place:
    plans = sum(PLAN_BIT[plan] for plan in here["plans"])
    return Place(0, "", here["locality"], here["team"], here["worker"], here["cohort"], here["tier"], plans)
