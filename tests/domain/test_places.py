"""Worked examples of stays and places: from which day to which a case was held, at which tier, under which plans.

Opened and closed on one day is open on no day; opened again on the day of closing is another stay from that day.
"""

from __future__ import annotations

import pytest

from domain.fold import STAY
from tests.domain.short_lives import CIN, Life, Stretch, held, opened, places, rules, told

CLOSED = told("case-closed", "2019-01-05")


@pytest.mark.parametrize(
    ("life", "expected"),
    [
        pytest.param([opened("2019-01-05"), CLOSED], [("2019-01-05", "2019-01-05", "child_in_need", [])], id="one day"),
        pytest.param(
            [opened("2019-01-01"), CLOSED, opened("2019-01-05", "looked_after")],
            [("2019-01-01", "2019-01-05", "child_in_need", []), ("2019-01-05", None, "looked_after", [])],
            id="opened again on the day of closing",
        ),
        pytest.param(
            [opened("2019-01-01"), told("plan-started", "2019-01-02", plan="care"), CLOSED, opened("2019-01-05")],
            [
                ("2019-01-01", "2019-01-02", "child_in_need", []),
                ("2019-01-02", "2019-01-05", "child_in_need", ["care"]),
                ("2019-01-05", None, "child_in_need", []),
            ],
            id="nothing is kept from an earlier stay",
        ),
        pytest.param(
            [opened("2019-01-01"), opened("2019-01-03", "looked_after"), CLOSED],
            [("2019-01-01", "2019-01-05", "child_in_need", [])],
            id="opened while open: the tier stays",
        ),
        pytest.param(
            [opened("2019-01-01"), told("case-stepped-down", "2019-01-03", to="early_help"), CLOSED],
            [("2019-01-01", "2019-01-03", "child_in_need", [])],
            id="stepped down out of the service",
        ),
        pytest.param(
            [told("plan-started", "2019-01-01", plan="care"), opened("2019-01-02"), CLOSED],
            [("2019-01-02", "2019-01-05", "child_in_need", [])],
            id="on a closed case only an opening does anything",
        ),
        pytest.param(
            [
                opened("2020-02-28"),
                told("case-stepped-up", "2020-02-29", to="child_protection"),
                told("case-stepped-up", "2020-03-01", to="looked_after"),
            ],
            [
                ("2020-02-28", "2020-02-29", "child_in_need", []),
                ("2020-02-29", "2020-03-01", "child_protection", []),
                ("2020-03-01", None, "looked_after", []),
            ],
            id="a leap day is a day",
        ),
    ],
)
def test_places(life: Life, expected: list[Stretch]) -> None:
    assert places(life) == expected


def test_opened_again_on_the_day_of_closing_is_two_stays() -> None:
    life = [opened("2019-01-01"), CLOSED, opened("2019-01-05")]
    stays = [by for subject, by in held(rules(f'{CIN}first = "1 day"'), life) if subject == STAY]
    assert stays == [1, 3]
