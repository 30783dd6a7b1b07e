"""The caseload that the records tell of: believable, neither growing nor shrinking, with one bad corner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from tests.simulation.authority import MONTH_ENDS, State, facts, histories, state_on, told
from tests.simulation.contract_rules import PLANS, TIERS

END = MONTH_ENDS[-1]


def open_on(day: str) -> list[State]:
    return [state for case in told() if (state := state_on(case, day))]


def openings(case: str) -> int:
    """How often the case came from closed to open."""
    return sum(
        now.open and not before
        for now, before in zip(told()[case], (False, *(s.open for s in told()[case])), strict=False)
    )


def test_the_open_caseload_stays_as_it_is() -> None:
    counts = [len(open_on(day)) for day in MONTH_ENDS]
    assert counts[0] > 500
    assert abs(counts[-1] - counts[0]) / counts[0] < 0.15
    assert max(counts) / min(counts) < 1.15


def test_every_tier_plan_and_locality_is_held() -> None:
    held = open_on(END)
    assert {state.tier for state in held} == TIERS
    assert {plan for state in held for plan in state.plans} == PLANS
    assert {state.allocation.get("locality") for state in held} >= {"North", "East", "South", "West"}
    assert {state.allocation.get("team") for state in held} >= {f"{p}{n}" for p in "NESW" for n in (1, 2, 3)}


@pytest.mark.parametrize(
    ("tier", "least", "most"),
    [
        ("assessment", 0.07, 0.22),
        ("child_in_need", 0.28, 0.52),
        ("child_protection", 0.08, 0.20),
        ("looked_after", 0.12, 0.27),
    ],
)
def test_tiers_are_held_in_believable_shares(tier: str, least: float, most: float) -> None:
    held = Counter(state.tier for state in open_on(END))
    assert least < held[tier] / held.total() < most


@pytest.mark.parametrize(
    ("tier", "plan"), [("child_protection", "child_in_need"), ("looked_after", "child_protection")]
)
def test_plans_run_beside_other_tiers(tier: str, plan: str) -> None:
    assert any(state.open and state.tier == tier and plan in state.plans for s in told().values() for state in s)


HOME: dict[str, str] = {
    "child_in_need": "child_in_need",
    "child_protection": "child_protection",
    "care": "looked_after",
}
"""The tier that each plan belongs to."""


def outstayed(case: str) -> Iterator[tuple[str, int]]:
    """The plans that go on after their tier was left, and for how many days each, up to the end."""
    since: dict[str, str] = {}
    for state in (*told()[case], None):
        day = state.fact["data"]["effective_on"] if state else END
        plans = state.plans if state and state.open else frozenset()
        for plan in [plan for plan in since if plan not in plans or (state and state.tier == HOME[plan])]:
            yield plan, (date.fromisoformat(day) - date.fromisoformat(since.pop(plan))).days
        for plan in plans:
            if state and state.tier != HOME[plan]:
                since.setdefault(plan, day)


def test_a_plan_ends_within_months_of_its_tier() -> None:
    days = [days for case in told() for _, days in outstayed(case)]
    assert max(days) < 300
    assert sum(n > 200 for n in days) / len(told()) < 0.005
    assert any(n > 60 for n in days)  # a few are forgotten


def test_few_hold_a_plan_of_another_tier() -> None:
    held = open_on(END)
    other = [state for state in held if any(state.tier not in (HOME[plan], "assessment") for plan in state.plans)]
    assert 0 < len(other) / len(held) < 0.04


def test_facts_a_child_are_in_measure() -> None:
    assert 15 <= len(facts()) / len(told()) <= 40


def test_some_children_come_back() -> None:
    again = sum(openings(case) > 1 for case in told())
    assert 0.05 < again / len(told()) < 0.40


def test_some_have_a_cohort() -> None:
    cohorts = Counter(state.allocation.get("cohort") for state in open_on(END))
    assert set(cohorts) == {None, "disabled-children"}
    assert 0.03 < cohorts["disabled-children"] / cohorts.total() < 0.20


def test_workers_leave_and_cases_lie_with_nobody() -> None:
    lapsed = [state for state in open_on(END) if state.allocation.get("worker") is None]
    assert 0.005 < len(lapsed) / len(open_on(END)) < 0.15
    nulls = Counter(key for fact in facts() for key, value in fact["data"].items() if value is None)
    assert nulls.keys() >= {"worker", "team"}


def test_a_whole_caseload_moves_at_once() -> None:
    moves = Counter(
        (fact["data"]["effective_on"], fact["data"]["worker"])
        for fact in facts()
        if fact["type"] == "case-allocated.v1" and fact["data"].get("worker")
    )
    assert max(moves.values()) >= 8


def test_families_move_between_localities() -> None:
    def localities(states: tuple[State, ...]) -> set[str | None]:
        return {state.allocation["locality"] for state in states if state.open and "locality" in state.allocation}

    assert sum(len(localities(states)) > 1 for states in told().values()) >= 2


def test_the_record_has_its_strange_facts() -> None:
    second = closed_again = idle = 0
    for states in told().values():
        was_open = False
        for state in states:
            kind = state.fact["type"]
            second += was_open and kind == "case-opened.v1"
            closed_again += not was_open and kind == "case-closed.v1"
            idle += not was_open and kind in ("child-visited.v1", "case-supervised.v1")
            was_open = state.open
    assert second >= 2
    assert closed_again >= 2
    assert idle >= 10


def unsupervised(locality: str, day: str) -> float:
    """The share of the locality's cases in need, protected or looked after without supervision in 40 days."""
    since = date.fromordinal(date.fromisoformat(day).toordinal() - 40).isoformat()
    cases = [
        case
        for case in histories()
        if (state := state_on(case, day))
        and state.allocation.get("locality") == locality
        and state.tier in ("child_in_need", "child_protection", "looked_after")
    ]
    seen = sum(
        any(f["type"] == "case-supervised.v1" and since <= f["data"]["effective_on"] <= day for f in histories()[c])
        for c in cases
    )
    return 1 - seen / len(cases)


def test_drift_is_worst_in_the_east() -> None:
    drift = {locality: unsupervised(locality, "2019-08-31") for locality in ("North", "East", "South", "West")}
    others = [share for locality, share in drift.items() if locality != "East"]
    assert drift["East"] > 1.4 * max(others)
    assert min(others) > 0.03


def test_assessments_are_late_where_they_drift() -> None:
    """Some pass 45 working days (63 days), most do not."""
    took = []
    for states in told().values():
        opened = None
        for state in states:
            kind, day = state.fact["type"], date.fromisoformat(state.fact["data"]["effective_on"])
            if kind == "case-opened.v1" and state.tier == "assessment":
                opened = day
            elif kind == "case-assessed.v1" and opened:
                took.append((day - opened).days)
                opened = None
    assert 0.12 < sum(days > 63 for days in took) / len(took) < 0.45
