"""Who holds a case is told from what the lists name, as far as they have the columns and these can be read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.annex_a import annex_a, row, without
from tests.sources.told import Loads


def book(store: Loads, taken: str, lacking: dict[int, str], rows: dict[int, dict[str, Any]]) -> dict[str, int]:
    """Load a book whose lists lack the columns named."""
    sheets = {f"List_{number}": without(number, [rows[number]], name) for number, name in lacking.items()}
    path = annex_a(
        store.folder / f"{taken}.xlsx", {number: [rows[number]] for number in rows.keys() - lacking.keys()}, **sheets
    )
    return store.file("annex-a", path, taken)


def held(store: Loads) -> list[str]:
    return [each.split()[-1] for each in store.places()]


@pytest.mark.parametrize(
    ("lacks", "names", "shown"),
    [("worker", "team", ["N1/None", "N2/None"]), ("team", "worker", ["None/N1", "None/N2"])],
)
def test_a_column_that_no_book_has_hides_no_change_of_the_other(
    store: Loads, lacks: str, names: str, shown: list[str]
) -> None:
    for taken, name in {"2024-06-30": "N1", "2024-07-31": "N2", "2024-08-31": "N2"}.items():
        tally = book(store, taken, {6: lacks}, {6: row(start="2024-06-03", **{names: name})})
    assert held(store) == shown
    assert tally == {"read": 2, "duplicate": 2}


def test_a_list_that_never_names_anybody_leaves_it_to_the_next(store: Loads) -> None:
    for taken, team in {"2024-06-30": "N1", "2024-07-31": "N2"}.items():
        rows = {6: row(start="2024-06-03", worker=None), 7: row(start="2024-06-03", team=team, worker="w")}
        book(store, taken, {6: "team"}, rows)
    assert held(store) == ["N1/w", "N2/w"]


def test_a_list_that_named_them_and_has_no_such_column_now_leaves_it_as_it_was(store: Loads) -> None:
    rows = {6: row(start="2024-06-03", team="N1"), 7: row(start="2024-06-03", team="Other", worker="w")}
    book(store, "2024-06-30", {}, rows)
    book(store, "2024-07-31", {6: "team"}, rows)
    assert held(store) == ["N1/None"]


def test_the_worker_of_a_team_is_not_taken_along_to_another(store: Loads) -> None:
    for taken, team, worker in (
        ("2024-06-30", "N1", "Ann"),
        ("2024-07-07", "N1", "x" * 70),  # too long: refused, and as it was
        ("2024-07-14", "N2", "x" * 70),
    ):
        store.annex_a({6: [row(start="2024-06-03", team=team, worker=worker)]}, taken)
    assert held(store) == ["N1/Ann", "N2/None"]


def test_a_worker_who_changes_while_the_team_can_t_be_read_is_of_that_team(store: Loads) -> None:
    for taken, team, worker in (("2024-06-30", "N1", "Ann"), ("2024-07-07", "x" * 70, "Bob")):
        store.annex_a({6: [row(start="2024-06-03", team=team, worker=worker)]}, taken)
    assert held(store) == ["N1/Ann", "N1/Bob"]


def test_the_list_that_names_them_is_known_though_it_names_the_same_as_another_did(store: Loads) -> None:
    referral, in_need = row(on="2024-06-03", team="N1"), row(start="2024-06-03", team="N1")
    store.annex_a({3: [referral]}, "2024-06-30")
    store.annex_a({3: [referral], 6: [in_need]}, "2024-07-31")
    store.annex_a({3: [row(on="2024-06-03", team="Front")]}, "2024-08-31")
    assert held(store) == ["N1/None"], "list 6 is not there, and would have been asked first"


def test_a_list_of_two_rows_without_its_second_day_names_whom_the_later_row_does(store: Loads) -> None:
    for taken, team in {"2024-06-30": "N1", "2024-07-07": "N2"}.items():
        rows = [row(strategy="2024-06-03", team="N0"), row(strategy="2024-06-20", team=team)]
        path = annex_a(store.folder / f"{taken}.xlsx", {}, List_5=without(5, rows, "conference"))
        store.file("annex-a", path, taken)
    assert held(store) == ["N1/None", "N2/None"]


def test_who_is_named_no_more_is_so_though_no_book_has_the_other_column(store: Loads) -> None:
    for taken, team in {"2024-06-30": "N1", "2024-07-07": None}.items():
        rows = {6: row(start="2024-06-03", team=team), 7: row(start="2024-06-03", team="N2")}
        book(store, taken, {6: "worker"}, rows)
    assert held(store) == ["N1/None", "N2/None"]


def test_another_list_that_names_the_same_team_and_no_worker_takes_none_away(store: Loads) -> None:
    on_plan = row(start="2024-06-03", team="N1", worker="Ann")
    book(store, "2024-06-30", {}, {7: on_plan})
    tally = book(store, "2024-07-07", {6: "worker"}, {6: row(start="2024-06-03", team="N1"), 7: on_plan})
    assert held(store) == ["N1/Ann"]
    assert "case-allocated" not in str(store.standing())
    assert tally["read"] == tally["duplicate"] + tally.get("corrected", 0)


@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_rows_of_a_day_no_order_decides_who_holds_the_case(store: Loads, turn: int) -> None:
    store.annex_a({4: [row(started="2024-06-03", team="N1")]}, "2024-06-30")
    rows = [row(started="2024-06-03"), row(started="2024-06-03", team="x" * 70)]
    store.annex_a({4: rows[::turn]}, "2024-07-07")
    assert set(held(store)) == {"N1/None"}


def test_a_store_of_before_says_not_which_list_named_them(store: Loads) -> None:
    both = row(start="2024-06-03", team="N1", worker="Ann")
    store.annex_a({6: [both]}, "2024-06-30")
    store.desk.store.connection.execute("UPDATE remembered SET records = replace(records, ',\"of\":\"6\"', '')")
    for taken in ("2024-07-07", "2024-07-14"):
        store.annex_a({6: [{**both, "team": "x" * 70, "worker": "x" * 70}]}, taken)
    assert held(store) == ["N1/Ann"]


def test_another_list_that_names_the_same_worker_and_no_team_takes_none_away(store: Loads) -> None:
    on_plan = row(start="2024-06-03", team="N1", worker="Ann")
    book(store, "2024-06-30", {}, {7: on_plan})
    book(store, "2024-07-07", {6: "team"}, {6: row(start="2024-06-03", worker="Ann"), 7: on_plan})
    assert held(store) == ["N1/Ann"]


@pytest.mark.parametrize(
    ("lacks", "blank", "shown"), [("worker", "team", ["N1/Ann", "N2/Bob"]), ("team", "worker", ["N1/Ann", "N1/None"])]
)
def test_a_name_that_is_blank_is_gone_though_the_column_of_the_other_is_too(
    store: Loads, lacks: str, blank: str, shown: list[str]
) -> None:
    in_need, on_plan = (
        row(start="2024-06-03", team="N1", worker="Ann"),
        row(start="2024-06-03", team="N2", worker="Bob"),
    )
    book(store, "2024-06-30", {}, {6: in_need, 7: on_plan})
    book(store, "2024-07-07", {6: lacks}, {6: {**in_need, blank: None}, 7: on_plan})
    assert held(store) == shown


def test_a_list_without_teams_does_not_take_the_team_of_another_for_its_own(store: Loads) -> None:
    for taken, of_need, (team, worker) in (
        ("2024-06-30", None, ("N1", "Bob")),
        ("2024-07-07", "Bob", ("N1", "Bob")),
        ("2024-07-14", None, ("N1", "Ann")),
        ("2024-07-21", None, ("N2", "Cay")),
    ):
        in_need, on_plan = (row(start="2024-06-03", worker=of_need), row(start="2024-06-03", team=team, worker=worker))
        book(store, taken, {6: "team"}, {6: in_need, 7: on_plan})
    assert held(store) == ["N1/Bob", "N1/Ann", "N2/Cay"]
