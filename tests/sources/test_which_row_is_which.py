"""A row of which something can't be read is held against the known row that it is, so that it says the rest as that was
known."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from streams.errors import TooMuchMissing
from tests.kit.annex_a import Lists, annex_a, row, without
from tests.sources.test_edits import a_store
from tests.sources.told import Loads

CELLS: Final = {
    3: {"on": "2024-06-03", "no_further_action": "Yes"},
    4: {"started": "2024-06-04", "authorised": "2024-06-20", "needed": "No"},
    5: {"strategy": "2024-06-05", "unnecessary": "No", "conference": "2024-06-12", "plan": "Yes"},
}
PUT_RIGHT: Final = {3: {"on": "2024-06-04"}, 4: {"started": "2024-06-05"}, 5: {"strategy": "2024-06-06"}}


def book_without(folder: Path, number: int, rows: list[dict[str, Any]], name: str) -> Path:
    return annex_a(folder / "less.xlsx", {}, **{f"List_{number}": without(number, rows, name)})


@pytest.mark.parametrize(
    ("number", "gone"),
    [(number, name) for number, cells in CELLS.items() for name in cells if name not in PUT_RIGHT[number]],
)
def test_a_day_put_right_while_a_column_is_gone_changes_that_day_alone(store: Loads, number: int, gone: str) -> None:
    now = [row("1", **{**CELLS[number], **PUT_RIGHT[number]}), row("2", **CELLS[number])]
    store.annex_a({number: [row("1", **CELLS[number]), row("2", **CELLS[number])]}, "2024-06-30")
    store.file("annex-a", book_without(store.folder, number, now, gone), "2024-07-31")
    with a_store() as fresh:
        fresh.annex_a({number: now}, "2024-07-31")
        assert store.standing() == fresh.standing()


@pytest.mark.parametrize("gone", ["no_further_action"])
@pytest.mark.parametrize(
    ("taken", "rows"),
    [
        ("2024-07-31", [row(**CELLS[3]), row(on="2024-07-01")]),  # the known one is there as well
        ("2024-12-31", [row(on="2024-12-02")]),  # it has left the window
        ("2025-06-30", [row(on="2024-06-04"), row("2", on="2025-06-02")]),  # nobody looked for half a year
    ],
)
def test_another_row_is_not_taken_for_a_known_one_put_right(
    store: Loads, taken: str, rows: list[dict[str, Any]], gone: str
) -> None:
    store.annex_a({3: [row(**CELLS[3])]}, "2024-06-30")
    store.file("annex-a", book_without(store.folder, 3, rows, gone), taken)
    assert "2024-06-03 referral-received decision=no_further_action" in store.standing()
    assert any("referral-received decision=assess" in line for line in store.standing())


def test_of_two_referrals_of_a_day_the_one_that_can_be_read_says_which_the_other_is(store: Loads) -> None:
    book: Lists = {3: [row(on="2024-06-03", no_further_action=said) for said in ("Yes", "No")]}
    store.annex_a(book, "2024-06-30")
    before = store.standing()
    for unreadable, said in (("perhaps", "No"), ("perhaps", "Yes"), ("perhaps", "perhaps")):
        again = [row(on="2024-06-03", no_further_action=each) for each in (unreadable, said)]
        tally = store.annex_a({3: again}, "2024-07-31")
        assert set(tally) == {"read", "duplicate", "refused"}
        assert store.standing() == before


def test_of_two_rows_that_can_t_be_read_each_is_the_known_one_nearest_to_it(store: Loads) -> None:
    known = [row(on="2024-06-03", no_further_action="Yes"), row(on="2024-06-17", no_further_action="No")]
    store.annex_a({3: known}, "2024-06-30")
    now = [row(on="2024-06-16"), row(on="2024-06-04")]
    store.file("annex-a", book_without(store.folder, 3, now, "no_further_action"), "2024-07-31")
    assert [line for line in store.standing() if "referral" in line] == [
        "2024-06-04 referral-received decision=no_further_action",
        "2024-06-16 referral-received decision=assess",
    ]


def test_a_review_of_short_breaks_is_none_of_care_that_began_later(store: Loads) -> None:
    breaks = row(start="2024-05-01", legal_status="V4")
    store.annex_a({8: [breaks]}, "2024-06-30")
    reviewed = [{**breaks, **row(reviewed="2024-06-10")}]
    store.file("annex-a", book_without(store.folder, 8, reviewed, "legal_status"), "2024-07-07")
    store.annex_a({8: [row(start="2024-07-10", legal_status="E1")]}, "2024-07-14")
    assert [line for line in store.standing() if "plan-" in line] == ["2024-07-10 plan-started plan=care"]
    store.annex_a({8: [row(start="2024-05-01", legal_status="E1", reviewed="2024-06-10")]}, "2024-07-21")
    assert "2024-06-10 plan-reviewed plan=care" in store.standing()


def test_a_column_that_says_nothing_of_a_row_leaves_the_guard_as_it_is(store: Loads) -> None:
    def referrals(day: str) -> list[dict[str, Any]]:
        return [row(str(child), on=day) for child in range(30)]

    for gone in ("team", "no_further_action"):
        store.annex_a({3: referrals("2024-06-03")}, "2024-06-30")
        with pytest.raises(TooMuchMissing, match="30 of 30 rows of list 3"):
            store.file("annex-a", book_without(store.folder, 3, referrals("2024-06-11"), gone), "2024-07-07")


def test_a_row_of_after_the_last_book_is_none_of_that_book_put_right(store: Loads) -> None:
    store.annex_a({4: [row(**CELLS[4])]}, "2024-06-30")
    now = [row(started="2024-07-20")]
    store.file("annex-a", book_without(store.folder, 4, now, "authorised"), "2024-07-31")
    assert not any("case-assessed" in line for line in store.standing())


def test_a_row_whose_start_can_t_be_read_is_not_one_that_had_ended_on_another_day(store: Loads) -> None:
    store.annex_a({6: [row(start="2024-03-01", end="2024-05-01", reason="RC1")]}, "2024-06-30")
    before = store.standing()
    tally = store.annex_a({6: [row(start="June 2024", end="2024-07-20", reason="RC1")]}, "2024-07-31")
    assert tally == {"read": 3, "duplicate": 2, "refused": 1}
    assert store.standing() == before


@pytest.mark.parametrize(
    ("number", "cells"),
    [
        (4, {"started": "2024-06-06", "authorised": ["2024-06-17", "2024-06-21"]}),
        (5, {"strategy": "2024-06-06", "conference": ["2024-06-17", "2024-06-21"]}),
        (3, {"on": "2024-06-06", "no_further_action": ["No", "Yes"]}),
    ],
)
def test_a_column_that_no_record_holds_makes_no_twins_of_two_rows(
    store: Loads, number: int, cells: dict[str, Any]
) -> None:
    (name, (one, other)), first = next(each for each in cells.items() if isinstance(each[1], list)), "2024-06-06"
    key = next(each for each in cells if each != name)
    rows = [row(**{key: first, name: said}) for said in (one, other)]
    store.file("annex-a", book_without(store.folder, number, rows, "team"), "2024-06-30")
    before = store.standing()
    rows = [row(**{key: first, name: said}) for said in (one, "??")]
    tally = store.file("annex-a", book_without(store.folder, number, rows, "team"), "2024-07-07")
    assert set(tally) == {"read", "duplicate", "refused"}
    assert store.standing() == before


def test_a_day_put_right_takes_the_place_of_the_old_one_though_no_book_has_the_other_column(store: Loads) -> None:
    for taken, started in {"2024-06-30": "2024-06-04", "2024-07-07": "2024-06-05"}.items():
        store.file("annex-a", book_without(store.folder, 4, [row(started=started)], "authorised"), taken)
    assert [line.split()[0] for line in store.standing() if "assessment-started" in line] == ["2024-06-05"]
