"""Who held a stay is known of that stay, and of no other: not of the one before it, nor of the one that is left."""

from __future__ import annotations

from tests.kit.annex_a import row
from tests.sources.told import Loads


def test_the_same_book_twice_yields_as_many_facts_though_it_shows_one_stay_of_two(store: Loads) -> None:
    store.annex_a({6: [row(start="2024-03-04", end="2024-05-06", team="E3")]}, "2024-06-30")
    again = {3: [row(on="2024-07-15", team="E1")], 6: [row(start="2024-07-15", team="E1")]}
    assert store.annex_a(again, "2024-07-31") == {"read": 2, "accepted": 2}
    assert store.annex_a(again, "2024-07-31") == {"read": 2, "duplicate": 2}
    assert store.annex_a(again, "2024-08-31") == {"read": 2, "duplicate": 2}


def test_a_stay_that_is_withdrawn_leaves_its_holder_to_no_other(store: Loads) -> None:
    first = {6: [row(start="2024-03-04", end="2024-05-06", team="E3")]}
    store.annex_a(first, "2024-05-31")
    store.annex_a({6: [row(start="2024-06-17", team="E1")]}, "2024-06-30")
    assert store.places() == ["2024-03-04 to 2024-05-06 assessment E3/None", "2024-06-17 to ... assessment E1/None"]
    store.annex_a(first, "2024-07-31")
    assert store.places() == ["2024-03-04 to 2024-05-06 assessment E3/None"]


def test_a_start_that_is_put_right_keeps_its_holder(store: Loads) -> None:
    store.annex_a({6: [row(start="2024-06-03", team="E3")]}, "2024-06-30")
    store.annex_a({6: [row(start="2024-06-05", team="E1")]}, "2024-07-31")
    assert store.places() == ["2024-06-05 to 2024-07-31 assessment E3/None", "2024-07-31 to ... assessment E1/None"]
