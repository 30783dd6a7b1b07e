"""Where an extract doesn't reach back to the one before it, or tells of an earlier time, its silence takes nothing
back; nor does that of any after it."""

from __future__ import annotations

from tests.kit.annex_a import row
from tests.sources.test_a_later_census import NEXT_YEAR, load
from tests.sources.told import Loads
from tests.streams.written_census import HEADER, assessment, episode, in_need_plan, protection_plan

OTHER = row("2", start="2023-11-06")
LEFT = row("1", start="2023-11-06")
YEAR_AFTER_NEXT = HEADER.replace("2025", "2027")


def test_what_was_unconfirmed_stays_so_until_a_book_has_it_again(store: Loads) -> None:
    store.annex_a({6: [LEFT, OTHER]}, "2024-01-31")
    for taken in ("2024-12-31", "2025-01-07", "2025-01-14"):
        assert store.annex_a({6: [OTHER]}, taken) == {"read": 1, "duplicate": 1, "unconfirmed": 1}
    assert store.again("2025-01-14") == {"read": 1, "duplicate": 1, "unconfirmed": 1}
    closed = {6: [row("1", start="2023-11-06", end="2024-12-02", reason="RC7"), OTHER]}
    assert store.annex_a(closed, "2025-01-21") == {"read": 3, "accepted": 1, "duplicate": 2}
    assert store.annex_a({6: [OTHER]}, "2025-01-28") == {"read": 1, "duplicate": 1, "withdrawn": 2}


def test_many_that_are_unconfirmed_keep_no_later_book_out(store: Loads) -> None:
    store.annex_a({6: [OTHER, *(row(f"left {nth}", start="2023-11-06") for nth in range(30))]}, "2024-01-31")
    for taken in ("2024-12-31", "2025-01-07"):
        assert store.annex_a({6: [OTHER]}, taken) == {"read": 1, "duplicate": 1, "unconfirmed": 30}


def test_of_a_census_too(store: Loads) -> None:
    goes_on, left = [episode("2024-06-03")], [episode("2024-06-03", "", in_need_plan("2024-06-10"))]
    load(store, "2025-05-01", {"1": left, "2": goes_on})
    for taken in ("2027-05-01", "2027-06-01"):
        tally = load(store, taken, {"2": goes_on}, YEAR_AFTER_NEXT)
        assert tally == {"read": 2, "duplicate": 2, "unconfirmed": 3}


def test_a_list_that_was_away_for_longer_than_its_months_has_a_gap_of_its_own(store: Loads) -> None:
    referral = row("2", on="2024-06-03")
    store.annex_a({3: [referral], 6: [LEFT, OTHER]}, "2024-06-30")
    for taken in ("2024-10-31", "2025-02-28"):
        store.annex_a({3: [referral]}, taken)
    tally = store.annex_a({3: [referral], 6: [OTHER]}, "2025-03-31")
    assert (tally.get("withdrawn"), tally.get("unconfirmed")) == (None, 1)


def test_a_year_before_the_last_one_says_nothing_of_what_ended_after_it(store: Loads) -> None:
    plan = protection_plan("2024-06-10", "2025-09-10")
    ended = [episode("2024-06-03", "2025-09-10", plan, reason="RC3")]
    load(store, "2025-05-01", {"1": [episode("2024-06-03", "", protection_plan("2024-06-10"))]})
    load(store, "2026-05-01", {"1": ended}, NEXT_YEAR)
    before = store.standing()
    tally = load(store, "2026-06-01", {"1": [episode("2024-06-03", "", protection_plan("2024-06-10"))]})
    assert tally.keys() == {"read", "duplicate"}
    assert store.standing() == before


def test_a_plan_without_an_end_goes_with_its_episode_once_that_was_closed(store: Loads) -> None:
    closed = {str(nth): [episode("2024-06-03", "2024-11-29", in_need_plan("2024-07-01"))] for nth in range(30)}
    goes_on = {"goes on": [episode("2024-06-03", "", in_need_plan("2024-07-01"))]}
    load(store, "2025-05-01", {**closed, **goes_on})
    assert load(store, "2026-05-01", goes_on, NEXT_YEAR) == {"read": 4, "duplicate": 4}


def test_the_year_that_was_left_out_may_be_loaded_afterwards(store: Loads) -> None:
    goes_on, left = [episode("2024-06-03")], [episode("2024-06-03", "", in_need_plan("2024-06-10"))]
    load(store, "2025-05-01", {"1": left, "2": goes_on})
    load(store, "2027-05-01", {"2": goes_on, "3": [episode("2026-06-03")]}, YEAR_AFTER_NEXT)
    ended = [episode("2024-06-03", "2025-11-03", in_need_plan("2024-06-10", "2025-11-03"))]
    tally = load(store, "2027-06-01", {"1": ended, "2": goes_on}, NEXT_YEAR)
    assert tally == {"read": 8, "accepted": 2, "duplicate": 6}
    assert store.places()[-1] == "2024-06-10 to 2025-11-03 child_in_need"


def test_a_start_in_the_gap_is_not_what_was_unconfirmed_put_right(store: Loads) -> None:
    store.annex_a({6: [LEFT, OTHER]}, "2024-01-31")
    store.annex_a({6: [OTHER]}, "2024-12-31")
    store.annex_a({6: [row("1", start="2024-12-20"), OTHER]}, "2025-01-07")
    assert ["2023-11-06 to 2024-12-20 assessment", "2024-12-20 to ... assessment"] in store.all_places()


def test_an_older_year_that_does_not_know_an_assessment_s_end_knows_no_factors_of_it(store: Loads) -> None:
    load(
        store, "2026-05-01", {"1": [episode("2024-06-03", "", assessment("2025-03-05", "2025-05-01", "1A"))]}, NEXT_YEAR
    )
    before = store.standing()
    tally = load(store, "2026-06-01", {"1": [episode("2024-06-03", "", assessment("2025-03-05"))]})
    assert tally.keys() == {"read", "duplicate"}
    assert store.standing() == before


def test_a_start_of_before_the_gap_is_what_was_unconfirmed_put_right(store: Loads) -> None:
    store.annex_a({6: [LEFT, OTHER]}, "2024-01-31")
    for taken in ("2024-12-31", "2025-01-07"):
        store.annex_a({6: [OTHER]}, taken)
    tally = store.annex_a({6: [row("1", start="2023-11-07"), OTHER]}, "2025-01-14")
    assert tally == {"read": 2, "corrected": 1, "duplicate": 1}
