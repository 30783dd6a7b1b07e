"""What begins and ends on one day is over, whatever else that day holds."""

from __future__ import annotations

from typing import Final

import pytest

from tests.kit.annex_a import Lists, row
from tests.sources.test_a_later_census import load
from tests.sources.told import Loads
from tests.streams.written_census import episode, protection_plan

OTHER: Final = row("2", start="2024-06-03")
DAY: Final = {"start": "2024-06-10", "end": "2024-06-10"}
CLOSED: Final[dict[str, tuple[Lists, int]]] = {
    "in need for a day, after a referral": ({3: [row(on="2024-06-03")], 6: [OTHER, row(**DAY, reason="RC1")]}, 1),
    "in need for a day, and nothing else": ({6: [OTHER, row(**DAY, reason="RC1")]}, 1),
    "on a plan for a day": ({3: [row(on="2024-06-03")], 6: [OTHER], 7: [row(**DAY)]}, 1),
    "on a plan for the day of the closure": (
        {6: [OTHER, row(start="2024-06-03", end="2024-06-10", reason="RC1")], 7: [row(**DAY)]},
        1,
    ),
    "in need until a day, and for that day": (
        {6: [OTHER, row(start="2024-06-03", end="2024-06-10", reason="RC1"), row(**DAY, reason="RC1")]},
        2,
    ),
    "in need until a day, told twice, and on a plan for that day": (
        {6: [OTHER, *[row(start="2024-06-03", end="2024-06-10", reason="RC1")] * 2], 7: [row(**DAY)]},
        1,
    ),
    "assessed on the day of the closure": (
        {
            4: [row(started="2024-06-10", authorised="2024-06-10")],
            6: [OTHER, row(start="2024-06-03", end="2024-06-10", reason="RC1")],
        },
        1,
    ),
}


@pytest.mark.parametrize(("lists", "stays"), CLOSED.values(), ids=CLOSED)
def test_a_row_of_one_day_opens_no_case_that_it_closed(store: Loads, lists: Lists, stays: int) -> None:
    store.annex_a(lists, "2024-06-30")
    own = [each for each in store.all_places() if each != ["2024-06-03 to ... assessment"]]
    assert "..." not in str(own)
    standing = store.standing()
    assert sum("case-closed" in line for line in standing) == stays
    assert sum("case-opened" in line for line in standing) == stays + 1
    assert store.annex_a(lists, "2024-07-31").keys() == {"read", "duplicate"}


def test_it_is_over_though_its_end_is_told_later(store: Loads) -> None:
    store.annex_a({3: [row(on="2024-06-03")], 6: [OTHER, row(start="2024-06-10")]}, "2024-06-16")
    store.annex_a({3: [row(on="2024-06-03")], 6: [OTHER, row(**DAY, reason="RC1")]}, "2024-06-30")
    assert ["2024-06-03 to 2024-06-10 assessment"] in store.all_places()


PLANS: Final[dict[str, tuple[list[str], bool]]] = {
    "a day": ([protection_plan("2024-07-01", "2024-07-01")], False),
    "a day, and one from that day on": (
        [protection_plan("2024-07-01", "2024-07-01"), protection_plan("2024-07-01")],
        True,
    ),
    "one until that day, and one from it on": (
        [protection_plan("2024-06-10", "2024-07-01"), protection_plan("2024-07-01")],
        True,
    ),
    "one until that day, and one for it": (
        [protection_plan("2024-06-10", "2024-07-01"), protection_plan("2024-07-01", "2024-07-01")],
        False,
    ),
}


@pytest.mark.parametrize(("plans", "goes_on"), PLANS.values(), ids=PLANS)
def test_a_plan_of_one_day_does_not_go_on(store: Loads, plans: list[str], goes_on: bool) -> None:
    load(store, "2025-05-01", {"1": [episode("2024-06-03", "", *plans)]})
    assert bool(reviews_awaited(store)) == goes_on


def test_a_plan_whose_end_is_put_right_to_its_first_day_does_not_go_on(store: Loads) -> None:
    for taken, plan in {
        "2025-05-01": protection_plan("2024-07-01", "2024-08-01"),
        "2025-06-01": protection_plan("2024-07-01", "2024-07-01"),
        "2025-07-01": protection_plan("2024-07-08", "2024-07-08"),
        "2025-08-01": protection_plan("2024-07-08"),
    }.items():
        load(store, taken, {"1": [episode("2024-06-03", "", plan)]})
        assert bool(reviews_awaited(store)) == (taken == "2025-08-01")


def reviews_awaited(store: Loads) -> list[str]:
    return [each for each in store.runs(policy="england-census") if "protection-review" in each and "ended ..." in each]


GOES_ON: Final[dict[str, Lists]] = {
    "in care": {3: [row(on="2024-06-10")], 6: [row(**DAY, reason="RC8")], 8: [row(start="2024-06-10")]},
    "on a plan": {6: [row(**DAY, reason="RC8")], 7: [row(start="2024-06-10")]},
    "in need": {6: [row(**DAY, reason="RC8"), row(start="2024-06-10")]},
    "in need, after another time": {
        6: [row(start="2024-06-03", end="2024-06-10", reason="RC1"), row(**DAY, reason="RC8"), row(start="2024-06-10")]
    },
}


@pytest.mark.parametrize("lists", GOES_ON.values(), ids=GOES_ON)
def test_a_row_of_one_day_closes_no_case_that_goes_on_by_another_of_that_day(store: Loads, lists: Lists) -> None:
    store.annex_a({**lists, 6: [OTHER, *lists[6]]}, "2024-06-30")
    own = [each for each in store.all_places() if each != ["2024-06-03 to ... assessment"]]
    assert own[0][-1].startswith("2024-06-10 to ...")
    assert store.annex_a({**lists, 6: [OTHER, *lists[6]]}, "2024-07-31").keys() == {"read", "duplicate"}


def test_a_stay_ends_for_the_reason_of_the_row_that_ended_it(store: Loads) -> None:
    before = row(start="2024-06-03", end="2024-06-10", reason="RC9")
    lists = {6: [OTHER, before, row(**DAY, reason="RC8")], 8: [row(start="2024-06-10", legal_status="C2")]}
    store.annex_a(lists, "2024-06-30")
    endings = [line for line in store.standing() if "case-closed" in line or "early_help" in line]
    assert endings == ["2024-06-10 case-stepped-down to=early_help"]


def test_two_rows_that_end_on_one_day_close_the_case_once(store: Loads) -> None:
    both = [row(start=start, end="2024-06-10", reason="RC1") for start in ("2024-06-03", "2024-06-05")]
    store.annex_a({3: [row(on="2024-06-10")], 6: [OTHER, *both]}, "2024-06-30")
    assert store.standing().count("2024-06-10 case-closed reason=RC1") == 1
    assert ["2024-06-03 to 2024-06-10 assessment", "2024-06-10 to ... assessment"] in store.all_places()
