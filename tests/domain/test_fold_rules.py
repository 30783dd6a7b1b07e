"""Worked examples of scope and of the runs that a clock makes: short lives of a case, and what they must give.

Each example is a policy's clock and a case's facts in their order; a run is written as baseline, due day, end day
and whether met.
"""

from __future__ import annotations

import pytest

from tests.domain.short_lives import CIN, Life, Run, opened, runs, told

MONTHLY = CIN + 'first = "1 month"\nthen = "1 month"'
ONCE = CIN + 'first = "1 month"'
LISTED = CIN + 'first = "10 days"\nthen = ["3 months", "6 months"]'
PLAN = 'plans = ["child_protection"]\nstarts = ["scope"]\nmet_by = ["plan-reviewed"]\nfirst = "3 months"'
BOTH = 'tiers = ["child_in_need", "child_protection"]\n' + PLAN
BY_FACT = 'tiers = ["child_in_need"]\nstarts = ["case-assessed"]\nmet_by = ["case-supervised"]\nfirst = "10 days"'
UNLESS = ONCE + '\nunless = {cohort = ["short-breaks"]}'
BY_OPENING = (
    'tiers = ["child_in_need"]\nstarts = ["case-opened"]\nmet_by = ["case-opened", "case-closed"]\nfirst = "10 days"'
)


@pytest.mark.parametrize(
    ("clock", "life", "expected"),
    [
        pytest.param(
            MONTHLY,
            [opened("2019-01-31"), told("case-supervised", "2019-02-28")],
            [("2019-01-31", "2019-02-28", "2019-02-28", True), ("2019-02-28", "2019-03-28", None, None)],
            id="met, and the next begins",
        ),
        pytest.param(
            ONCE,
            [opened("2019-01-01"), told("case-supervised", "2019-01-05"), told("case-supervised", "2019-01-09")],
            [("2019-01-01", "2019-02-01", "2019-01-05", True)],
            id="once only",
        ),
        pytest.param(
            ONCE,
            [opened("2019-01-01"), told("case-closed", "2019-01-01"), opened("2019-01-01")],
            [("2019-01-01", "2019-02-01", "2019-01-01", False), ("2019-01-01", "2019-02-01", None, None)],
            id="opened, closed and opened again on one day",
        ),
        pytest.param(
            ONCE,
            [opened("2019-01-01"), told("case-closed", "2019-01-05"), opened("2019-01-05")],
            [("2019-01-01", "2019-02-01", "2019-01-05", False), ("2019-01-05", "2019-02-05", None, None)],
            id="opened again on the day of closing: another stretch",
        ),
        pytest.param(
            ONCE,
            [opened("2019-01-01"), told("case-supervised", "2019-01-01"), told("case-closed", "2019-01-01")],
            [("2019-01-01", "2019-02-01", "2019-01-01", True)],
            id="opened, met and closed on one day",
        ),
        pytest.param(
            ONCE,
            [opened("2019-01-01"), told("case-closed", "2019-01-05"), told("case-supervised", "2019-01-05")],
            [("2019-01-01", "2019-02-01", "2019-01-05", False)],
            id="work on the day of closing, but after it",
        ),
        pytest.param(
            ONCE,
            [
                opened("2019-01-01"),
                told("case-supervised", "2019-01-03"),
                told("case-stepped-down", "2019-01-05", to="family_help"),
                told("case-stepped-up", "2019-01-05", to="child_in_need"),
            ],
            [("2019-01-01", "2019-02-01", "2019-01-03", True), ("2019-01-05", "2019-02-05", None, None)],
            id="out of scope and back on one day: begun anew",
        ),
        pytest.param(
            LISTED,
            [opened("2019-01-01"), *[told("case-supervised", f"2019-01-0{day}") for day in (2, 3, 4)]],
            [
                ("2019-01-01", "2019-01-11", "2019-01-02", True),
                ("2019-01-02", "2019-04-02", "2019-01-03", True),
                ("2019-01-03", "2019-07-03", "2019-01-04", True),
                ("2019-01-04", "2019-07-04", None, None),
            ],
            id="a list of limits, the last for good",
        ),
        pytest.param(
            LISTED,
            [
                opened("2019-01-01"),
                told("case-supervised", "2019-01-02"),
                told("case-closed", "2019-01-03"),
                opened("2019-01-08"),
                told("case-supervised", "2019-01-09"),
            ],
            [
                ("2019-01-01", "2019-01-11", "2019-01-02", True),
                ("2019-01-02", "2019-04-02", "2019-01-03", False),
                ("2019-01-08", "2019-01-18", "2019-01-09", True),
                ("2019-01-09", "2019-04-09", None, None),
            ],
            id="a list of limits begins anew with the stretch",
        ),
        pytest.param(
            PLAN,
            [
                opened("2019-01-01"),
                told("plan-started", "2019-01-05", plan="child_protection"),
                told("plan-started", "2019-01-06", plan="care"),
                told("plan-ended", "2019-01-09", plan="child_protection"),
            ],
            [("2019-01-05", "2019-04-05", "2019-01-09", False)],
            id="a plan, whatever the tier",
        ),
        pytest.param(
            BOTH,
            [
                opened("2019-01-01", "child_protection"),
                told("plan-started", "2019-01-05", plan="child_protection"),
                told("case-stepped-down", "2019-01-07", to="child_in_need"),
                told("case-stepped-down", "2019-01-09", to="family_help"),
            ],
            [("2019-01-05", "2019-04-05", "2019-01-09", False)],
            id="a plan and a tier: both must hold",
        ),
        pytest.param(
            PLAN,
            [
                opened("2019-01-01"),
                told("plan-started", "2019-01-05", plan="child_protection"),
                told("case-closed", "2019-01-07"),
                opened("2019-01-07"),
            ],
            [("2019-01-05", "2019-04-05", "2019-01-07", False)],
            id="a plan ends with the stay, also where another begins that day",
        ),
        pytest.param(
            'plans = ["child_protection", "care"]\n' + PLAN.partition("\n")[2],
            [
                opened("2019-01-01"),
                told("plan-started", "2019-01-05", plan="child_protection"),
                told("plan-started", "2019-01-06", plan="care"),
                told("plan-ended", "2019-01-09", plan="child_protection"),
            ],
            [("2019-01-05", "2019-04-05", None, None)],
            id="one of the plans is enough",
        ),
        pytest.param(
            BY_FACT,
            [opened("2019-01-01"), told("case-assessed", "2019-01-02"), told("case-assessed", "2019-01-03")],
            [("2019-01-02", "2019-01-12", None, None)],
            id="started by the first fact while none is on",
        ),
        pytest.param(
            UNLESS,
            [
                opened("2019-01-01", cohort="short-breaks"),
                told("case-allocated", "2019-01-05", cohort=None),
                told("case-allocated", "2019-01-07", cohort="short-breaks"),
            ],
            [("2019-01-05", "2019-02-05", "2019-01-07", False)],
            id="unless",
        ),
        pytest.param(
            ONCE + '\nunless = {cohort = ["short-breaks"], locality = ["East", "West"]}',
            [
                opened("2019-01-01", locality="North"),
                told("case-allocated", "2019-01-05", locality="West"),
                told("case-allocated", "2019-01-07", locality="North", cohort="short-breaks"),
                told("case-allocated", "2019-01-09", cohort=None),
            ],
            [("2019-01-01", "2019-02-01", "2019-01-05", False), ("2019-01-09", "2019-02-09", None, None)],
            id="unless one key or another fits",
        ),
        pytest.param(
            BY_OPENING,
            [opened("2019-01-01"), told("case-closed", "2019-01-03")],
            [("2019-01-01", "2019-01-11", "2019-01-03", True)],
            id="the entering fact starts but meets none; the leaving one meets",
        ),
        pytest.param(
            'tiers = ["child_in_need"]\nstarts = ["case-closed"]\nmet_by = []\nfirst = "10 days"',
            [opened("2019-01-01"), told("case-closed", "2019-01-03")],
            [],
            id="the leaving fact starts none",
        ),
    ],
)
def test_runs(clock: str, life: Life, expected: list[Run]) -> None:
    assert runs(clock, life) == expected
