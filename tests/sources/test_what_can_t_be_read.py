"""What a further workbook can't say, for want of a column, a list or a cell that can be read, takes nothing back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from streams.sources.annex_a.columns import LISTS
from tests.kit.annex_a import Lists, annex_a, headings, row, without
from tests.kit.workbooks import Cell, Formula, write_workbook
from tests.sources.test_a_later_census import NEXT_YEAR
from tests.sources.told import Loads
from tests.streams.written_census import assessment, census, child, episode, protection_plan, section_47

BOOK: Lists = {
    3: [row("1", on="2024-06-03", no_further_action="Yes"), row("2", on="2024-06-03", team="N1", worker="w-1")],
    4: [
        row("2", started="2024-06-04", authorised="2024-06-20", needed="No"),
        row("3", started="2024-06-04", authorised="2024-06-20"),
    ],
    5: [
        row("3", strategy="2024-06-05", unnecessary="Yes"),
        row("4", strategy="2024-06-05", conference="2024-06-12", plan="Yes"),
    ],
    6: [
        row("3", start="2024-06-03", end="2024-06-25", reason="RC8", team="N2", worker="w-2"),
        row("5", start="2024-06-03", end="2024-06-25", reason="RC9"),
        row("6", start="2024-06-03", status="c", seen="2024-06-24"),
    ],
    7: [
        row("4", start="2024-06-12", visited="2024-06-20", alone="Yes", reviewed="2024-06-21"),
        row("7", start="2024-03-04", end="2024-06-20"),
    ],
    8: [
        row("8", start="2024-06-05", legal_status="V4", reviewed="2024-06-19"),
        row("9", start="2024-03-04", end="2024-06-20", legal_status="E1", visited="2024-06-18", reviewed="2024-06-19"),
    ],
}
"""A child for each thing that a column decides."""
CENSUS: Final = census(
    child(episode("2024-06-03", nfa="true"), local_id="L1"),
    child(
        episode(
            "2024-06-03",
            "2024-12-02",
            assessment("2024-06-05", "2024-07-01", "2B"),
            section_47("2024-06-10", not_required="true"),
            reason="RC8",
        ),
        local_id="L2",
    ),
)
NOTES: Final[list[list[Cell]]] = [["to do", "by whom"], ["ring", "somebody"]]
BARE = [(number, column.name) for number, columns in LISTS.items() for column in columns.values() if not column.needed]
UNREADABLE = [(number, name) for number, name in BARE if any(each.get(name) is not None for each in BOOK[number])]


def book_without(folder: Path, number: int, name: str) -> Path:
    lists = {each: rows for each, rows in BOOK.items() if each != number}
    return annex_a(folder / "less.xlsx", lists, **{f"List_{number}": without(number, BOOK[number], name)})


@pytest.mark.parametrize(("number", "name"), BARE)
def test_a_column_that_is_gone_takes_nothing_back(store: Loads, number: int, name: str) -> None:
    store.annex_a(BOOK, "2024-06-30")
    before = store.standing()
    tally = store.file("annex-a", book_without(store.folder, number, name), "2024-07-31")
    assert set(tally) == {"read", "duplicate"}
    assert store.standing() == before
    assert any("has no column" in note for note in store.notes)
    again = store.annex_a(BOOK, "2024-08-31")
    assert set(again) == {"read", "duplicate"}


@pytest.mark.parametrize(("number", "name"), UNREADABLE)
def test_a_cell_that_can_t_be_read_takes_nothing_back(store: Loads, number: int, name: str) -> None:
    store.annex_a(BOOK, "2024-06-30")
    before = store.standing()
    broken = [{**each, name: Formula("A1")} if each.get(name) is not None else each for each in BOOK[number]]
    tally = store.annex_a({**BOOK, number: broken}, "2024-07-31")
    assert set(tally) == {"read", "duplicate", "refused"}
    assert store.standing() == before


@pytest.mark.parametrize("number", sorted(BOOK))
def test_a_list_that_is_gone_changes_nothing_and_is_named(store: Loads, number: int) -> None:
    store.annex_a(BOOK, "2024-06-30")
    before = store.standing()
    less = {each: rows for each, rows in BOOK.items() if each != number}
    for day in ("2024-07-31", "2024-08-31"):
        tally = store.annex_a(less, day)
        assert set(tally) <= {"read", "duplicate"}
        assert store.standing() == before
        assert any(f"list {number}" in note for note in store.notes)


def test_whose_plan_ended_is_closed_only_by_a_book_that_lists_those_in_need(store: Loads) -> None:
    in_need = row("1", start="2024-03-04")
    store.annex_a({6: [in_need], 7: [row("2", start="2024-03-04")]}, "2024-06-30")
    ended = row("2", start="2024-03-04", end="2024-07-10")
    for day in ("2024-07-31", "2024-08-31"):
        store.annex_a({7: [ended]}, day)
        assert not any("case-closed" in line for line in store.standing())
    store.annex_a({6: [in_need], 7: [ended]}, "2024-09-30")
    assert "2024-07-10 case-closed estimated=true" in store.standing()
    store.annex_a({6: [in_need, row("2", start="2024-07-10")], 7: [ended]}, "2024-10-31")
    assert not any("case-closed" in line for line in store.standing())


def test_a_list_that_would_have_been_asked_first_and_is_gone_hands_no_case_on(store: Loads) -> None:
    referral = row(on="2024-06-03", team="Front", worker="w-0")
    store.annex_a({3: [referral], 6: [row(start="2024-06-03", team="N1")]}, "2024-06-30")
    before = store.standing()
    store.annex_a({3: [referral]}, "2024-07-31")
    assert store.standing() == before


ENDED: Final = row("1", start="2024-05-10", end="2024-06-20")


@pytest.mark.parametrize("again", [{"end": "2024-06-21"}, {"start": "2024-05-11"}, {}])
def test_a_plan_put_right_while_the_list_of_those_in_need_is_gone_stays_closed(
    store: Loads, again: dict[str, str]
) -> None:
    referrals = [row("1", on="2024-05-01"), row("2", on="2024-05-01")]
    store.annex_a({3: referrals, 6: [row("2", start="2024-05-01")], 7: [ENDED]}, "2024-06-30")
    end = again.get("end", "2024-06-20")
    store.annex_a({3: referrals, 7: [row("1", **{"start": "2024-05-10", "end": end, **again})]}, "2024-07-07")
    assert f"{end} case-closed estimated=true" in store.standing()


def test_a_child_whose_start_in_need_can_t_be_read_is_in_that_list_all_the_same(store: Loads) -> None:
    other = row("2", start="2024-05-01")
    store.annex_a({6: [other], 7: [row("1", start="2024-05-10")]}, "2024-06-16")
    store.annex_a({6: [other, row("1", start="20-06-24", status="c")], 7: [ENDED]}, "2024-06-23")
    assert not any("case-closed" in line for line in store.standing())


def test_of_two_rows_of_which_one_has_no_day_nobody_can_say_which_is_the_latest(store: Loads) -> None:
    old = row(on="2024-03-01", no_further_action="No", team="Old", worker="Bob")
    store.annex_a({3: [old, row(on="2024-05-01", team="New", worker="Ann")]}, "2024-06-30")
    store.annex_a({3: [old, row(on="tbc", team="New", worker="Ann")]}, "2024-07-07")
    assert not any("case-allocated" in line for line in store.standing())


def test_a_team_of_one_list_and_a_worker_of_another_are_never_put_together(store: Loads) -> None:
    referral = row(on="2024-05-01", team="Front", worker="Duty")
    store.annex_a({3: [referral], 6: [row(start="2024-05-01", team="T1")]}, "2024-06-30")
    store.annex_a({3: [referral], 6: [row(start="2024-05-01", team="x" * 70)]}, "2024-07-07")
    assert not any("case-allocated" in line for line in store.standing())


def test_who_was_never_in_a_list_is_handed_on_though_it_is_gone(store: Loads) -> None:
    others = [row("2", start="2024-05-01", team="N1")]
    store.annex_a({3: [row("1", on="2024-05-01", team="T1")], 6: others}, "2024-06-30")
    store.annex_a({3: [row("1", on="2024-05-01", team="T2")]}, "2024-07-07")
    assert "2024-07-07 case-allocated estimated=true by=nobody/T2/nobody/nobody" in store.standing()


@pytest.mark.parametrize("name", ["Checklist 3", "Picklist 4", "List 6 notes"])
def test_a_sheet_beside_the_lists_may_have_a_name_like_theirs(store: Loads, name: str) -> None:
    path = annex_a(store.folder / "beside.xlsx", BOOK, **{name: NOTES})
    beside = store.file("annex-a", path, "2024-06-30")
    assert beside["accepted"] == beside["read"]


def test_a_list_whose_headings_are_gone_is_still_no_list(store: Loads) -> None:
    path = write_workbook(store.folder / "x.xlsx", {"List_3": [headings(3), ["1", None]], "List_6": [["a", "b"]]})
    with pytest.raises(Exception, match="no row with all the headings of list 6"):
        store.file("annex-a", path, "2024-06-30")


@pytest.mark.parametrize(
    ("said", "unreadable"),
    [
        ("<ReferralNFA>true</ReferralNFA>", "<ReferralNFA>unknown</ReferralNFA>"),
        ("<ICPCnotRequired>true</ICPCnotRequired>", "<ICPCnotRequired>maybe</ICPCnotRequired>"),
        ("<PrimaryNeedCode>N1</PrimaryNeedCode>", "<PrimaryNeedCode>none of these, a text</PrimaryNeedCode>"),
        ("<ReferralSource>1A</ReferralSource>", "<ReferralSource>a neighbour who rang</ReferralSource>"),
        ("<ReasonForClosure>RC8</ReasonForClosure>", "<ReasonForClosure>done with it</ReasonForClosure>"),
        ("<AssessmentFactors>2B</AssessmentFactors>", "<AssessmentFactors>the usual things</AssessmentFactors>"),
    ],
)
def test_a_cell_of_a_census_that_can_t_be_read_takes_nothing_back(store: Loads, said: str, unreadable: str) -> None:
    first, later = store.folder / "first.xml", store.folder / "later.xml"
    first.write_text(CENSUS)
    later.write_text(CENSUS.replace(said, unreadable))
    assert first.read_text() != later.read_text()
    store.file("cin-census", first, "2025-05-01")
    before = store.standing()
    tally = store.file("cin-census", later, "2025-06-01")
    assert set(tally) == {"read", "duplicate", "refused"}
    assert store.standing() == before


GOES_ON_OR_NOT: Final[dict[str, tuple[int, dict[str, str], str]]] = {
    "in need": (6, {"start": "2024-01-08", "reason": "RC1", "seen": "2024-02-10"}, "end"),
    "on a plan": (7, {"start": "2024-01-08"}, "end"),
    "assessed": (4, {"started": "2024-01-08"}, "authorised"),
}


@pytest.mark.parametrize(("number", "cells", "name"), GOES_ON_OR_NOT.values(), ids=GOES_ON_OR_NOT)
@pytest.mark.parametrize("how", ["a cell", "no column"])
def test_a_row_whose_end_nobody_could_say_is_not_missed_once_it_is_gone(
    store: Loads, number: int, cells: dict[str, str], name: str, how: str
) -> None:
    ended = row("1", **cells, **({name: "15.2.24"} if how == "a cell" else {}))
    other = row("2", **{"started" if number == 4 else "start": "2024-01-08"})

    def load(taken: str, *rows: dict[str, object]) -> dict[str, int]:
        if how == "a cell":
            return store.annex_a({number: rows}, taken)
        path = annex_a(store.folder / f"{taken}.xlsx", {}, **{f"List_{number}": without(number, rows, name)})
        return store.file("annex-a", path, taken)

    for taken in ("2024-03-31", "2024-07-31"):
        load(taken, ended, other)
    before = store.standing()
    for taken in ("2024-08-31", "2024-09-30"):
        tally = load(taken, other)
        assert "withdrawn" not in tally
        assert tally["unconfirmed"] > 0
        assert store.standing() == before


@pytest.mark.parametrize("unreadable", ["CINclosureDate", "CPPendDate"])
def test_nor_one_of_a_census(store: Loads, unreadable: str) -> None:
    whole = census(
        child(episode("2024-06-03", "2024-12-02", protection_plan("2024-06-10", "2024-11-04")), local_id="L1"),
        child(episode("2024-06-03", "", protection_plan("2024-06-10")), local_id="L2"),
    )
    (store.folder / "1.xml").write_text(re.sub(f"<{unreadable}>[0-9-]+<", f"<{unreadable}>autumn<", whole))
    goes_on = census(child(episode("2024-06-03", "", protection_plan("2024-06-10")), local_id="L2"), header=NEXT_YEAR)
    (store.folder / "2.xml").write_text(goes_on)
    store.file("cin-census", store.folder / "1.xml", "2025-05-01")
    before = store.standing()
    assert "withdrawn" not in store.file("cin-census", store.folder / "2.xml", "2026-05-01")
    assert store.standing() == before
