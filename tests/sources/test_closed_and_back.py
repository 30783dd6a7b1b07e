"""A child whose plan or care ended, in no list of children in need, is closed by that; and may come back."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kit.annex_a import Lists, row
from tests.sources.test_edits import a_store, answer, full, lists, once_a_child, rows_of
from tests.sources.told import Loads

REFERRALS: Final = [row(on="2024-05-01"), row("2", on="2024-05-01")]
OTHER: Final = row("2", start="2024-05-01")
ENDED: Final = row(start="2024-05-10", end="2024-06-20")
CLOSED: Final[Lists] = {3: REFERRALS, 6: [OTHER], 7: [ENDED]}
BACK: Final[dict[str, Lists]] = {
    "by list 3": {**CLOSED, 3: [*REFERRALS, row(on="2024-09-02")]},
    "by list 6": {**CLOSED, 6: [OTHER, row(start="2024-09-02")]},
    "by list 7": {**CLOSED, 7: [row(start="2024-09-02")]},
    "by list 8": {**CLOSED, 8: [row(start="2024-09-02")]},
}


def spells(store: Loads) -> list[str]:
    return [line for line in store.standing() if "case-opened" in line or "case-closed" in line]


@pytest.mark.parametrize("back", BACK.values(), ids=BACK)
def test_who_comes_back_was_closed_between(store: Loads, back: Lists) -> None:
    store.annex_a(CLOSED, "2024-06-30")
    first = store.places()[:2]
    assert first[-1].startswith("2024-05-10 to 2024-06-20"), first
    store.annex_a(back, "2024-09-08")
    assert store.places()[:2] == first
    assert [each[:10] for each in store.places()[2:3]] == ["2024-09-02"]
    assert "2024-06-20 case-closed estimated=true" in spells(store)
    again = store.annex_a(back, "2024-09-15")
    assert again.keys() == {"read", "duplicate"}


def test_a_row_in_need_that_was_only_late_takes_the_closing_back(store: Loads) -> None:
    """It had begun when the book was made that closed the child for not being in that list."""
    store.annex_a(CLOSED, "2024-06-30")
    store.annex_a({**CLOSED, 6: [OTHER, row(start="2024-06-25")]}, "2024-09-08")
    assert spells(store) == ["2024-05-01 case-opened tier=assessment"] * 2


def test_who_came_back_stays_so_when_the_plan_that_closed_the_case_is_put_right(store: Loads) -> None:
    store.annex_a(CLOSED, "2024-06-30")
    store.annex_a(BACK["by list 6"], "2024-09-08")
    store.annex_a({**BACK["by list 6"], 7: [{**ENDED, **row(end="2024-06-24")}]}, "2024-09-15")
    assert "2024-06-24 case-closed estimated=true" in spells(store)
    store.annex_a({**BACK["by list 6"], 7: [{**ENDED, **row(end="2024-09-04")}]}, "2024-09-22")
    assert not any("case-closed" in line for line in spells(store)), "in need by then"


def test_who_was_in_need_before_the_plan_began_may_be_closed_by_its_end(store: Loads) -> None:
    before = row(start="2023-06-05", end="2023-08-07", reason="RC7")
    store.annex_a({6: [OTHER, before]}, "2023-12-31")
    store.annex_a(CLOSED, "2024-06-30")
    assert [line for line in spells(store) if "case-closed" in line] == [
        "2023-08-07 case-closed reason=RC7",
        "2024-06-20 case-closed estimated=true",
    ]


def test_whose_closing_list_6_told_is_not_closed_again_once_that_row_has_left_its_window(store: Loads) -> None:
    in_need = row(start="2024-05-01", end="2024-06-19", reason="RC7")
    for taken in ("2024-06-30", "2024-12-19"):
        store.annex_a({**CLOSED, 6: [OTHER, in_need]}, taken)
    store.annex_a(CLOSED, "2024-12-26")
    assert [line for line in spells(store) if "case-closed" in line] == ["2024-06-19 case-closed reason=RC7"]


def test_between_a_plan_and_later_care_nothing_was_open(store: Loads) -> None:
    care = row(start="2024-09-02", end="2024-09-20", legal_status="C2")
    store.annex_a({**CLOSED, 8: [care]}, "2024-09-30")
    assert [line.split()[0] for line in spells(store) if "case-closed" in line] == ["2024-06-20", "2024-09-20"]
    store.annex_a({**CLOSED, 8: [{**care, **row(start="2024-06-17")}]}, "2024-10-31")
    assert [line.split()[0] for line in spells(store) if "case-closed" in line] == ["2024-09-20"]


LATER: Final = "2024-09-02"
later: Final = st.fixed_dictionaries(
    {
        3: rows_of(on=st.just(LATER), no_further_action=answer),
        4: rows_of(started=st.just(LATER), authorised=st.none(), needed=answer),
        5: rows_of(strategy=st.just(LATER), unnecessary=answer, conference=st.none(), plan=answer),
        **{number: rows_of(start=st.just(LATER)).map(once_a_child) for number in (6, 7, 8)},
    }
)


@given(lists, later)
@settings(max_examples=25, deadline=None)
def test_what_begins_after_an_extract_changes_nothing_before_it(before: Lists, begun: Lists) -> None:
    with a_store() as store:
        store.annex_a(full(before), "2024-06-30")
        first = [_until("2024-06-30", store, case) for case in range(4)]
        added = {number: [*map(dict, rows), *map(dict, begun[number])] for number, rows in before.items()}
        one_row = {number: once_a_child(added[number]) for number in (6, 7, 8)}
        store.annex_a(full({**added, **one_row}), "2024-09-08")
        assert [_until("2024-06-30", store, case) for case in range(4)] == first


def _until(day: str, store: Loads, case: int) -> list[str]:
    """How the case was held up to that day."""
    held = [each.split() for each in store.places(case)] if case < _cases(store) else []
    return [
        f"{start} to {end if end <= day else '...'} {' '.join(how)}" for start, _, end, *how in held if start <= day
    ]


def _cases(store: Loads) -> int:
    count: int = store.desk.store.connection.execute("SELECT count(*) FROM cases").fetchone()[0]
    return count


@pytest.mark.parametrize("start", ["2024-06-03", "2024-06-10"])
def test_who_was_in_need_until_the_plan_began_is_closed_by_its_end(store: Loads, start: str) -> None:
    in_need = row(start=start, end="2024-06-10", reason="RC8")
    for taken in ("2024-06-30", "2024-12-05"):
        store.annex_a({6: [OTHER, in_need], 7: [row(start="2024-06-10")]}, taken)
    store.annex_a({6: [OTHER], 7: [row(start="2024-06-10", end="2024-12-20")]}, "2024-12-31")
    assert "2024-12-20 case-closed estimated=true" in spells(store)


def test_who_is_in_that_list_by_a_start_that_can_t_be_read_is_not_closed(store: Loads) -> None:
    in_need, on_plan = row(start="2024-06-03", end="2024-06-20", reason="RC1"), row(start="2024-06-25")
    store.annex_a({6: [OTHER, in_need], 7: [on_plan]}, "2024-06-30")
    ended = {**on_plan, **row(end="2024-07-10")}
    store.annex_a({6: [OTHER, {**in_need, "start": "June"}], 7: [ended]}, "2024-07-31")
    assert "2024-07-10 case-closed estimated=true" not in spells(store)
    assert store.annex_a({6: [OTHER, in_need], 7: [ended]}, "2024-08-07").keys() == {"read", "duplicate"}


def test_who_was_in_need_for_a_part_of_the_plan_is_closed_by_its_end(store: Loads) -> None:
    in_need, back = (
        row(start="2024-02-01", end="2024-03-11", reason="RC1"),
        [row(on="2024-05-01"), row("2", on="2024-05-01")],
    )
    store.annex_a({3: back, 6: [OTHER, in_need], 7: [row(start="2024-03-01")]}, "2024-06-30")
    for taken in ("2024-09-30", "2024-12-31"):
        end = row(end="2024-12-20") if taken == "2024-12-31" else {}
        store.annex_a({3: back, 6: [OTHER], 7: [{**row(start="2024-03-01"), **end}]}, taken)
    closings = [line for line in spells(store) if "case-closed" in line]
    assert closings == ["2024-03-11 case-closed reason=RC1", "2024-12-20 case-closed estimated=true"]
