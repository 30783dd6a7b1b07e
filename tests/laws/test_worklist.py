"""The law of the worklist: it is drift, due soon and the findings of open cases, told case by case and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casedrift.desk import Desk
from casedrift.worklist import worklist
from domain.days import instant_of, parse_day
from domain.policy import Policy
from tests.judge.worlds import world
from tests.laws.desks import CASES, desk_of, policy_of, quick, seeds, take

shares = st.floats(0, 1)


@quick
@given(seeds, shares, shares, st.booleans())
def test_it_says_what_the_other_questions_say(seed: int, day: float, known: float, another: bool) -> None:
    told = world(seed, CASES)
    on = told.days[int(day * (len(told.days) - 1))].toordinal()
    at = instant_of(sorted(told.times)[int(known * (len(told.times) - 1))])
    policy = policy_of(seed + 1) if another else None
    with desk_of(seed) as desk:
        take(desk, [list(told.lines)])
        lines = worklist(desk, on, at, by=("team",), policy=policy)
        assert sorted(_runs(lines)) == sorted(_by_drift(desk, on, at, policy))
        assert {(line["case"], name) for line in lines for name in line["findings"]} == _faults(desk, on, at, policy)
        assert len({line["case"] for line in lines}) == len(lines)


def _runs(lines: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        where = (line["case"], line["child"], line["tier"], line["team"], line["worker"])
        for key in ("overdue", "due_soon"):
            yield from ((*where, key, run["clock"], run["due"], run["days_overdue"]) for run in line[key])


def _by_drift(desk: Desk, on: int, known: int, policy: Policy | None) -> Iterator[tuple[Any, ...]]:
    for key, due_soon in (("overdue", False), ("due_soon", True)):
        for run in desk.drift(on, known, due_soon=due_soon, policy=policy):
            where = (run["case"], run["child"], run["tier"], run["team"], run["worker"])
            yield (*where, key, run["clock"], run["due"], run["days_overdue"])


def _faults(desk: Desk, on: int, known: int, policy: Policy | None) -> set[tuple[str, str]]:
    """The findings of the cases open on the day, which `explain` tells of each."""
    every = {(each["case"], each["finding"]) for each in desk.findings(on, known, policy=policy)}
    counted = desk.findings(on, known, by=("tier",), policy=policy)
    is_open = {case for case, _ in every if _is_open(desk, case, on, known)}
    found = {(case, finding) for case, finding in every if case in is_open}
    assert len(found) == sum(line["cases"] for line in counted)
    return found


def _is_open(desk: Desk, case: str, on: int, known: int) -> bool:
    return any(
        parse_day(place["from"]) <= on and (place["to"] is None or on < parse_day(place["to"]))
        for place in desk.explain(case, on, known)["places"]
    )
