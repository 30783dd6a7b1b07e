"""A start that took the place of an earlier one, and is put right: the earlier episode ended by the day now told."""

from __future__ import annotations

import pytest

from tests.kit.annex_a import Lists, row
from tests.sources.told import Loads


def test_a_reopening_that_is_put_right_takes_the_closing_before_it_along(store: Loads) -> None:
    for start, taken in (("2024-02-01", "2024-06-02"), ("2024-06-13", "2024-06-16"), ("2024-06-11", "2024-06-23")):
        store.annex_a({6: [row(start=start, team="E1", worker="w-1")]}, taken)
    assert store.standing() == [
        "2024-02-01 case-opened tier=assessment by=nobody/E1/w-1/nobody",
        "2024-06-11 case-closed estimated=true",
        "2024-06-11 case-opened tier=assessment by=nobody/E1/w-1/nobody",
    ]
    assert store.places() == [
        "2024-02-01 to 2024-06-11 assessment E1/w-1",
        "2024-06-11 to ... assessment E1/w-1",
    ]
    again = {6: [row(start="2024-06-11", team="E1", worker="w-1")]}
    assert store.annex_a(again, "2024-06-30").keys() == {"read", "duplicate"}


@pytest.mark.parametrize(("number", "plan"), [(7, "child_protection"), (8, "care")])
def test_so_does_a_plan(store: Loads, number: int, plan: str) -> None:
    for start, taken in (("2024-03-01", "2024-06-02"), ("2024-06-05", "2024-06-09"), ("2024-06-08", "2024-06-16")):
        store.annex_a({3: [row(on="2024-02-01")], number: [row(start=start)]}, taken)
    assert [line for line in store.standing() if " plan-" in line] == [
        f"2024-03-01 plan-started plan={plan}",
        f"2024-06-08 plan-ended estimated=true plan={plan}",
        f"2024-06-08 plan-started plan={plan}",
    ]


def test_an_end_that_was_told_stays_where_it_is(store: Loads) -> None:
    starts: list[tuple[Lists, str]] = [
        ({7: [row(start="2024-03-01", end="2024-05-20")]}, "2024-06-02"),
        ({7: [row(start="2024-06-05")]}, "2024-06-09"),
        ({7: [row(start="2024-06-08")]}, "2024-06-16"),
    ]
    for lists, taken in starts:
        store.annex_a({3: [row(on="2024-02-01")], **lists}, taken)
    assert "2024-05-20 plan-ended plan=child_protection" in store.standing()


def test_one_put_right_to_before_the_other_began_took_no_place(store: Loads) -> None:
    for start, taken in (("2024-03-01", "2024-06-02"), ("2024-06-05", "2024-06-09"), ("2024-02-20", "2024-06-16")):
        store.annex_a({3: [row(on="2024-02-01")], 7: [row(start=start)]}, taken)
    assert [line for line in store.standing() if " plan-" in line] == [
        "2024-02-20 plan-started plan=child_protection",
    ]


def test_whoever_holds_two_stays_that_are_found_to_be_one_is_told_once(store: Loads) -> None:
    first = row(start="2024-06-03", end="2024-06-20", team="E1")
    for each, taken in (
        (first, "2024-06-30"),
        (row(start="2024-07-10", team="E1"), "2024-07-31"),
        (row(start="2024-06-03", team="E1"), "2024-08-31"),
    ):
        store.annex_a({6: [each, row("9", start="2024-06-03")]}, taken)
    assert store.places() == ["2024-06-03 to ... assessment E1/None"]
    assert not [line for line in store.standing() if "case-allocated" in line]
