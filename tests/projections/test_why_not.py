"""Why a case is not of a measure on a day, told from its explanation: a worked example of each reason."""

from __future__ import annotations

from typing import Any

import pytest

from casedrift.policies import load_policy
from casedrift.retelling import rules_of
from domain.days import parse_day
from projections.questions.reconcile import OPEN, Measure, why_not

ON = "2024-06-30"
RULES = rules_of(load_policy("england"))
CARE = Measure("plan", "care")
VISIT = Measure("overdue", "looked-after-visit")


def held(first: str, end: str | None = None, tier: str = "looked_after", plans: tuple[str, ...] = ()) -> dict[str, Any]:
    allocation = dict.fromkeys(("locality", "team", "worker", "cohort"))
    return {"from": first, "to": end, "tier": tier, "plans": list(plans), **allocation}


def ran(baseline: str, due: str, end: str | None = None, *, met: bool = False) -> dict[str, Any]:
    return {"clock": VISIT.of, "baseline": baseline, "due": due, "end": end, "met": met}


HERE = held("2024-05-01")


@pytest.mark.parametrize(
    ("measure", "places", "runs", "reason"),
    [
        (OPEN, [], [], "never opened"),
        (OPEN, [held("2024-01-01", "2024-02-01"), held("2024-03-01", ON)], [], "closed on 2024-06-30"),
        (OPEN, [held("2024-07-01")], [], "opens on 2024-07-01"),
        (CARE, [held("2024-01-01", "2024-02-01", plans=("care",))], [], "closed on 2024-02-01"),
        (CARE, [HERE], [], "no such plan"),
        (CARE, [held("2024-01-01", "2024-05-01", plans=("care",)), HERE], [], "plan ended on 2024-05-01"),
        (
            CARE,
            [held("2024-05-01", "2024-07-02"), held("2024-07-02", plans=("care",))],
            [],
            "plan starts on 2024-07-02",
        ),
        (VISIT, [], [], "never opened"),
        (VISIT, [HERE], [ran("2024-05-20", "2024-07-01")], "due 2024-07-01"),
        (VISIT, [HERE], [ran("2020-05-20", "2020-07-01")], "begun on 2020-05-20, before what the file tells"),
        (VISIT, [HERE], [ran("2024-05-01", "2024-05-08", "2024-05-06", met=True)], "met on 2024-05-06"),
        (VISIT, [HERE], [ran("2024-05-01", "2024-05-08", "2024-05-06")], "out of scope since 2024-05-06"),
        (VISIT, [HERE], [ran("2024-07-03", "2024-07-10")], "begins on 2024-07-03"),
        (VISIT, [HERE], [], "begun by nothing, or not measured"),
        (VISIT, [held("2024-05-01", tier="child_in_need")], [], "not in scope"),
    ],
)
def test_each_reason(measure: Measure, places: list[Any], runs: list[Any], reason: str) -> None:
    clock = RULES.clocks[RULES.number[measure.of]] if measure.what == "overdue" else None
    assert why_not(measure, {"places": places, "runs": runs}, parse_day(ON), clock) == reason
