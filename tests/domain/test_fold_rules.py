"""Worked examples of the clocks: short lives of a case, and the runs that they must give.

Each example is a policy's clock and a case's facts; a run is written as baseline, due day, end day and whether met.
"""

from __future__ import annotations

from datetime import date
from itertools import chain
from typing import Any

import pytest

from casedrift.bank_holidays import bank_holidays
from domain.clocks import Begun, Rules
from domain.days import format_day, parse_day
from domain.fold import Ended, fold
from domain.history import Fact
from domain.policy_text import read_policy
from projections.case_view import net

HEAD = '[policy]\nid = "example"\nversion = "1"\ncalendar = "england-and-wales"\ncounting = "{counting}"\n'
CLOCK = '[[clock]]\nid = "c"\ntitle = "t"\ncitation = "c"\nbasis = "local"\nseverity = "low"\n'
CIN = 'tiers = ["child_in_need"]\nstarts = ["scope"]\nmet_by = ["case-supervised"]\n'
Life = list[tuple[str, str, dict[str, Any]]]
Run = tuple[str, str, str | None, bool | None]


def opened(day: str, tier: str = "child_in_need", **data: Any) -> tuple[str, str, dict[str, Any]]:
    return "case-opened", day, {"tier": tier, **data}


def told(kind: str, day: str, **data: Any) -> tuple[str, str, dict[str, Any]]:
    return kind, day, data


@pytest.mark.parametrize(
    ("limit", "counting", "begins", "due"),
    [
        ("10 working_days", "exclude-start", "2019-04-12", "2019-04-30"),  # Good Friday, Easter Monday
        ("1 working_days", "include-start", "2019-04-12", "2019-04-12"),
        ("1 working_days", "include-start", "2019-04-19", "2019-04-23"),
        ("1 working_days", "exclude-start", "2021-12-24", "2021-12-29"),  # substitute days, 27 and 28 December
        ("1 month", "exclude-start", "2019-01-31", "2019-02-28"),
        ("1 month", "exclude-start", "2020-01-31", "2020-02-29"),
        ("12 months", "exclude-start", "2020-02-29", "2021-02-28"),
        ("10 days", "exclude-start", "2019-04-11", "2019-04-21"),  # due days do not roll
        ("2 weeks", "exclude-start", "2020-02-20", "2020-03-05"),
    ],
)
def test_due_days(limit: str, counting: str, begins: str, due: str) -> None:
    assert _runs(f'{CIN}first = "{limit}"', [opened(begins)], counting) == [(begins, due, None, None)]


MONTHLY = CIN + 'first = "1 month"\nthen = "1 month"'
ONCE = CIN + 'first = "1 month"'
LISTED = CIN + 'first = "10 days"\nthen = ["3 months", "6 months"]'
PLAN = 'plans = ["child_protection"]\nstarts = ["scope"]\nmet_by = ["plan-reviewed"]\nfirst = "3 months"'
BY_FACT = 'tiers = ["child_in_need"]\nstarts = ["case-assessed"]\nmet_by = ["case-supervised"]\nfirst = "10 days"'
UNLESS = ONCE + '\nunless = {cohort = ["short-breaks"]}'
BY_OPENING = (
    'tiers = ["child_in_need"]\nstarts = ["case-opened"]\nmet_by = ["case-opened", "case-closed"]\nfirst = "10 days"'
)


@pytest.mark.parametrize(
    ("clock", "life", "runs"),
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
            id="closed and reopened on one day",
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
            PLAN,
            [
                opened("2019-01-01"),
                told("plan-started", "2019-01-05", plan="child_protection"),
                told("plan-started", "2019-01-06", plan="care"),
                told("plan-ended", "2019-01-09", plan="child_protection"),
            ],
            [("2019-01-05", "2019-04-05", "2019-01-09", False)],
            id="a plan beside the tier",
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
def test_runs(clock: str, life: Life, runs: list[Run]) -> None:
    assert _runs(clock, life) == runs


def test_a_run_begun_before_coverage_is_due_as_if_begun_on_its_first_day() -> None:
    coverage = '\n[[coverage]]\nfacts = ["case-supervised"]\nfrom = 2019-06-01'
    assert _runs(MONTHLY + coverage, [opened("2019-01-15")]) == [("2019-01-15", "2019-07-01", None, None)]


def _runs(clock: str, life: Life, counting: str = "exclude-start") -> list[Run]:
    policy = read_policy(HEAD.format(counting=counting) + CLOCK + clock, "example.toml", _extends_nothing)
    facts = [
        Fact(kind, parse_day(day), n, n, n, {"child": "c", "effective_on": day, **data}, f"f{n}", "/s", 0)
        for n, (kind, day, data) in enumerate(life, start=1)
    ]
    _, changes = fold(Rules(policy, bank_holidays), facts)
    rows = net(chain.from_iterable(changes))
    return [_run(begun, ended) for (subject, _), (begun, ended) in rows.items() if subject >= 0]


def _run(begun: Begun, ended: Ended | None) -> Run:
    end, met = (None, None) if ended is None else (format_day(ended.day), bool(ended.how))
    return format_day(begun.baseline), date.fromordinal(begun.due).isoformat(), end, met


def _extends_nothing(reference: str, of_name: str) -> tuple[str, str]:
    raise AssertionError(f"{of_name} extends {reference}")
