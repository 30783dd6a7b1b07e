"""A later workbook: what is new, what was put right, what is gone, and of what its silence says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.errors import TooMuchMissing
from tests.kit.annex_a import row
from tests.sources.told import Loads, loads


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Loads]:
    with loads(tmp_path) as store:
        yield store


def test_what_is_new_is_added_and_what_changed_corrected(store: Loads) -> None:
    store.annex_a({3: [row(on="2024-06-03")], 4: [row(started="2024-06-05")]}, "2024-06-30")
    tally = store.annex_a(
        {3: [row(on="2024-06-03", no_further_action="No")], 4: [row(started="2024-06-05", authorised="2024-07-10")]},
        "2024-07-31",
    )
    assert tally == {"read": 5, "accepted": 2, "duplicate": 3}
    assert store.standing()[-2:] == [
        "2024-07-10 case-assessed started_on=2024-06-05",
        "2024-07-10 case-stepped-up to=child_in_need",
    ]
    tally = store.annex_a(
        {4: [row(started="2024-06-05", authorised="2024-07-10")], 3: [row(on="2024-06-03", no_further_action="Yes")]},
        "2024-08-31",
    )
    # the opening moves to the day of the assessment's start, which has to come after it, so that is told anew too
    assert tally == {"read": 5, "accepted": 2, "corrected": 1, "duplicate": 2, "withdrawn": 2}
    assert store.standing()[0] == "2024-06-03 referral-received decision=no_further_action"


def test_a_referral_that_has_left_its_window_still_opens_the_case(store: Loads) -> None:
    store.annex_a({3: [row(on="2024-01-08")], 6: [row(start="2024-02-01")]}, "2024-02-29")
    assert store.annex_a({6: [row(start="2024-02-01", seen="2024-08-01")]}, "2024-08-15") == {"read": 1, "accepted": 1}
    assert store.standing() == [
        "2024-01-08 referral-received decision=assess",
        "2024-01-08 case-opened tier=assessment",
        "2024-08-01 child-visited",
    ]


def test_what_had_to_be_there_and_is_not_is_withdrawn_never_closed(store: Loads) -> None:
    store.annex_a({3: [row(on="2024-06-03"), row("2222", on="2024-06-04")]}, "2024-06-30")
    tally = store.annex_a({3: [row("2222", on="2024-06-04")]}, "2024-07-31")
    assert tally == {"read": 2, "duplicate": 2, "withdrawn": 2}
    assert store.standing() == [
        "2024-06-04 referral-received decision=assess",
        "2024-06-04 case-opened tier=assessment",
    ]


def test_what_comes_back_is_a_correction_in_its_old_chain(store: Loads) -> None:
    both = {3: [row(on="2024-06-03"), row("2222", on="2024-06-04")]}
    store.annex_a(both, "2024-06-30")
    before = store.standing()
    store.annex_a({3: both[3][1:]}, "2024-07-31")
    assert store.annex_a(both, "2024-08-31") == {"read": 4, "corrected": 2, "duplicate": 2}
    assert store.standing() == before


def test_at_the_early_edge_seven_days_say_nothing(store: Loads) -> None:
    rows = [row(on="2024-01-06"), row("2222", on="2024-01-08"), row("3333", on="2024-06-01")]
    store.annex_a({3: rows}, "2024-06-30")
    # the window begins on 1 January, its first week says nothing
    assert store.annex_a({3: rows[2:]}, "2024-07-01") == {"read": 2, "duplicate": 2, "withdrawn": 2}
    assert [line[:10] for line in store.standing()] == ["2024-01-06", "2024-01-06", "2024-06-01", "2024-06-01"]


def test_beyond_a_gap_what_is_missing_is_unconfirmed(store: Loads) -> None:
    store.annex_a({6: [row(start="2024-06-03"), row("2222", start="2024-06-04")]}, "2024-06-30")
    tally = store.annex_a({6: [row("2222", start="2024-06-04")]}, "2025-01-31")
    assert tally == {"read": 1, "duplicate": 1, "unconfirmed": 1}
    assert len(store.standing()) == 2


@pytest.mark.parametrize("sheets", [{}, {3: []}], ids=["absent", "empty"])
def test_a_list_that_is_absent_or_empty_says_nothing(store: Loads, sheets: dict[int, list[dict[str, str]]]) -> None:
    store.annex_a({3: [row(on="2024-06-03")], 6: [row("2222", start="2024-06-04")]}, "2024-06-30")
    tally = store.annex_a({**sheets, 6: [row("2222", start="2024-06-04")]}, "2024-07-31")
    assert tally == {"read": 1, "duplicate": 1}
    assert len(store.standing()) == 3


def test_a_later_last_visit_is_one_more_and_an_earlier_one_replaces_it(store: Loads) -> None:
    def visited(day: str | None, taken: str) -> dict[str, int]:
        return store.annex_a({6: [row(start="2024-06-03", seen=day)]}, taken)

    visited("2024-06-20", "2024-06-30")
    assert visited("2024-07-25", "2024-07-31") == {"read": 2, "accepted": 1, "duplicate": 1}
    assert visited("2024-07-15", "2024-08-31") == {"read": 2, "accepted": 1, "duplicate": 1, "withdrawn": 1}
    assert visited("2024-07-15", "2024-09-30") == {"read": 2, "duplicate": 2}
    assert visited(None, "2024-10-31") == {"read": 1, "duplicate": 1}
    assert [line for line in store.standing() if "visited" in line] == [
        "2024-06-20 child-visited",
        "2024-07-15 child-visited",
    ]


def test_a_new_start_up_to_the_last_extract_is_the_old_one_put_right(store: Loads) -> None:
    store.annex_a({7: [row(start="2024-06-03")]}, "2024-06-30")
    tally = store.annex_a({7: [row(start="2024-06-05")]}, "2024-07-31")
    assert tally == {"read": 2, "corrected": 2}
    assert store.standing() == [
        "2024-06-05 case-opened estimated=true tier=child_protection",
        "2024-06-05 plan-started plan=child_protection",
    ]


def test_a_later_start_means_that_the_old_one_ended_then(store: Loads) -> None:
    store.annex_a({6: [row("9", start="2024-06-01")], 7: [row(start="2024-06-03")]}, "2024-06-30")
    second = {6: [row("9", start="2024-06-01")], 7: [row(start="2024-07-15")]}
    assert store.annex_a(second, "2024-07-31") == {"read": 3, "accepted": 2, "duplicate": 1}
    third = {6: [row("9", start="2024-06-01")], 7: [row(start="2024-07-15", end="2024-08-10")]}
    store.annex_a(third, "2024-08-31")
    assert [line for line in store.standing() if "plan-" in line] == [
        "2024-06-03 plan-started plan=child_protection",
        "2024-07-15 plan-ended estimated=true plan=child_protection",
        "2024-07-15 plan-started plan=child_protection",
        "2024-08-10 plan-ended plan=child_protection",
    ]


def test_in_need_anew_after_the_last_extract_closes_and_opens_on_that_day(store: Loads) -> None:
    store.annex_a({6: [row(start="2024-06-03")]}, "2024-06-30")
    store.annex_a({6: [row(start="2024-07-15")]}, "2024-07-31")
    assert store.standing() == [
        "2024-06-03 case-opened tier=assessment",
        "2024-07-15 case-closed estimated=true",
        "2024-07-15 case-opened tier=assessment",
    ]
    assert store.annex_a({6: [row(start="2024-07-15")]}, "2024-08-31") == {"read": 1, "duplicate": 1}


def test_another_team_is_told_on_the_day_of_the_extract(store: Loads) -> None:
    teams = {"localities": {"N1": "North", "E1": "East"}, "cohorts": {"E1": "disabled-children"}}
    store.annex_a({6: [row(start="2024-06-03", team="N1", worker="w-1")]}, "2024-06-30", **teams)
    other = {6: [row(start="2024-06-03", team="E1", worker="Duty Tray")]}
    tally = store.annex_a(other, "2024-07-31", not_a_person={"duty tray"}, **teams)
    assert tally == {"read": 2, "accepted": 1, "duplicate": 1}
    assert store.standing() == [
        "2024-06-03 case-opened tier=assessment by=North/N1/w-1/nobody",
        "2024-07-31 case-allocated estimated=true by=East/E1/nobody/disabled-children",
    ]
    assert store.annex_a(other, "2024-08-31", not_a_person={"duty tray"}, **teams) == {"read": 2, "duplicate": 2}


def test_a_case_that_nobody_holds_any_more_is_told_so(store: Loads) -> None:
    store.annex_a({6: [row(start="2024-06-03", team="N1", worker="w-1")]}, "2024-06-30")
    store.annex_a({6: [row(start="2024-06-03", seen="2024-07-01")]}, "2024-07-31")
    assert store.standing()[-1] == "2024-07-31 case-allocated estimated=true by=nobody/nobody/nobody/nobody"
    assert store.annex_a({6: [row(start="2024-06-03")]}, "2024-08-31") == {"read": 2, "duplicate": 2}


def test_a_team_of_which_nobody_said_where_it_works_is_named(store: Loads) -> None:
    store.annex_a({6: [row(start="2024-06-03", team="Zebra")]}, "2024-06-30")
    assert any("Zebra" in note for note in store.notes)
    assert store.standing() == ["2024-06-03 case-opened tier=assessment by=nobody/Zebra/nobody/nobody"]


def test_a_stay_that_is_new_carries_its_own_holder(store: Loads) -> None:
    store.annex_a({6: [row(start="2024-06-03", end="2024-06-20", team="N1")]}, "2024-06-30")
    again = {6: [row(start="2024-07-10", team="N1")]}
    store.annex_a(again, "2024-07-31")
    assert [line for line in store.standing() if "opened" in line] == [
        "2024-06-03 case-opened tier=assessment by=nobody/N1/nobody/nobody",
        "2024-07-10 case-opened tier=assessment by=nobody/N1/nobody/nobody",
    ]


def test_need_assumed_by_status_stays_assumed(store: Loads) -> None:
    store.annex_a({6: [row(start="2024-06-03", status="c")]}, "2024-06-30")
    store.annex_a({4: [row(started="2024-07-10")], 6: [row(start="2024-06-03", status="c")]}, "2024-07-31")
    assert store.standing() == [
        "2024-06-03 case-opened estimated=true tier=child_in_need",
        "2024-07-10 assessment-started",
    ]


def test_a_date_that_can_t_be_read_this_time_withdraws_nothing(store: Loads) -> None:
    store.annex_a({3: [row(on="2024-06-03")], 7: [row(start="2024-06-10")]}, "2024-06-30")
    broken = {3: [row(on="3rd June")], 7: [row(start="10.06.2024")]}
    assert store.annex_a(broken, "2024-07-31") == {"read": 2, "refused": 2}
    assert len(store.standing()) == 4


def many(count: int) -> list[dict[str, str]]:
    return [row(str(number), on="2024-06-03") for number in range(count)]


def test_with_more_than_twenty_rows_missing_nothing_is_loaded(store: Loads) -> None:
    store.annex_a({3: many(100)}, "2024-06-30")
    half = {3: many(79)}
    with pytest.raises(TooMuchMissing, match=r"nothing was loaded: 21 of 100 rows of list 3.*--confirm-missing"):
        store.annex_a(half, "2024-07-31")
    assert len(store.standing()) == 200
    assert store.annex_a(half, "2024-07-31", confirm_missing=True)["withdrawn"] == 42


def test_twenty_missing_are_taken_as_they_are(store: Loads) -> None:
    store.annex_a({3: many(100)}, "2024-06-30")
    assert store.annex_a({3: many(80)}, "2024-07-31")["withdrawn"] == 40


def test_what_is_put_right_and_put_back_ends_as_it_began(store: Loads) -> None:
    first, second = {6: [row(start="2024-06-03")]}, {6: [row(start="2024-06-05")]}
    store.annex_a(first, "2024-06-30")
    before = store.standing()
    store.annex_a(second, "2024-07-31")
    store.annex_a(first, "2024-08-31")
    assert store.standing() == before
