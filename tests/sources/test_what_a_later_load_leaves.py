"""What a further extract must not do: tell a thing twice, take back what it could not read, or guess since when."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from shutil import copy

import pytest

from casedrift.rehearsing import rehearse_extract
from streams.errors import TooMuchMissing, WrongInput
from streams.sources.formats import SUPPLIES, Reader
from streams.sources.held import ExtractNotTaken, ExtractsHeld
from streams.sources.loading import ExtractLoad
from streams.stores import open_store
from tests.kit.annex_a import annex_a, row
from tests.kit.workbooks import Formula
from tests.sources.told import KNOWN_AT, Loads
from tests.streams.golden import GOLDEN
from tests.streams.written_census import HEADER, assessment, census, child, episode


def test_an_enquiry_that_gets_its_conference_is_the_same_enquiry(store: Loads) -> None:
    store.annex_a({5: [row(strategy="2024-06-03")]}, "2024-06-30")
    held = {5: [row(strategy="2024-06-03", conference="2024-07-01")]}
    assert store.annex_a(held, "2024-12-05") == {"read": 3, "accepted": 1, "duplicate": 2}  # at the window's edge
    assert store.annex_a(held, "2025-12-05") == {"read": 3, "duplicate": 3}  # beyond a gap
    assert len(store.standing()) == 3


def test_many_enquiries_that_get_their_conferences_are_not_missing(store: Loads) -> None:
    def enquiries(**cells: str) -> list[dict[str, str]]:
        return [row(str(child), strategy="2024-06-03", **cells) for child in range(30)]

    store.annex_a({5: enquiries()}, "2024-06-30")
    tally = store.annex_a({5: enquiries(conference="2024-07-01")}, "2024-07-31")
    assert tally == {"read": 90, "accepted": 30, "duplicate": 60}


def test_an_end_that_can_t_be_read_this_time_takes_nothing_back(store: Loads) -> None:
    rows = {4: [row(started="2024-06-03", authorised="2024-06-20")], 6: [row(start="2024-06-03", end="2024-06-25")]}
    store.annex_a(rows, "2024-06-30")
    before = store.standing()
    rows = {
        4: [row(started="2024-06-03", authorised="20th June")],
        6: [row(start="2024-06-03", end=Formula("TODAY()"))],
    }
    tally = store.annex_a(rows, "2024-07-31")
    assert tally == {"read": 4, "duplicate": 2, "refused": 2}
    assert store.standing() == before


def test_a_closure_of_a_census_that_can_t_be_read_this_time_takes_nothing_back(store: Loads) -> None:
    for taken, closed in (("2025-05-01", "2024-09-02"), ("2025-06-01", "September")):
        path = store.folder / f"{taken}.xml"
        path.write_text(census(child(episode("2024-06-03", closed)), header=HEADER))
        store.file("cin-census", path, taken)
    assert store.places() == ["2024-06-03 to 2024-09-02 assessment"]


def test_the_first_team_that_is_told_of_a_known_stay_holds_it_from_that_day(store: Loads) -> None:
    store.annex_a({3: [row(on="2024-06-03")]}, "2024-06-30")
    later = {3: [row(on="2024-06-03", team="N1", worker="w-1")]}
    assert store.annex_a(later, "2024-07-31") == {"read": 3, "accepted": 1, "duplicate": 2}
    assert store.places() == ["2024-06-03 to 2024-07-31 assessment", "2024-07-31 to ... assessment N1/w-1"]
    assert store.annex_a(later, "2024-08-31") == {"read": 3, "duplicate": 3}


def test_another_team_in_a_second_book_of_the_first_day_holds_it_from_the_opening(store: Loads) -> None:
    store.annex_a({3: [row(on="2024-06-03", team="N1")]}, "2024-06-30")
    store.annex_a({3: [row(on="2024-06-03", team="N2")]}, "2024-06-30")
    assert store.places() == ["2024-06-03 to ... assessment N2/None"]


def test_two_assessments_of_one_day_are_told_apart(store: Loads) -> None:
    first = row(started="2024-01-08", authorised="2024-02-12")
    second = row(started="2024-01-08")
    store.annex_a({4: [first, second]}, "2024-05-31")
    store.annex_a({4: [second]}, "2024-10-31")  # the first has left its window
    assert "2024-02-12 case-assessed started_on=2024-01-08" in store.standing()


def test_a_child_s_id_that_is_a_formula_without_a_result_is_said_to_be_one(store: Loads) -> None:
    store.annex_a({3: [row("1111", on="2024-06-03"), {"child": Formula("A1"), "on": None}]}, "2024-06-30")
    assert [each["reason"] for each in store.desk.quarantined()] == ["no-stored-value"]


def census_of_2025(store: Loads, taken: str) -> Path:
    path = store.folder / f"{taken}.xml"
    path.write_text(census(child(episode("2024-06-03", "", assessment("2024-06-05")), local_id="1111"), header=HEADER))
    return path


def test_alongside_a_census_a_workbook_tells_of_visits_and_who_holds_the_case(store: Loads) -> None:
    store.file("cin-census", census_of_2025(store, "2025-05-01"), "2025-05-01")
    book = {3: [row(on="2024-12-03")], 6: [row(start="2024-06-03", seen="2025-03-20", team="N1")]}
    with pytest.raises(WrongInput, match=r"extracts of the kind cin-census, not annex-a; give --alongside"):
        store.annex_a(book, "2025-03-31")
    # taken before the census: what came in first is still what fills the store
    assert store.annex_a(book, "2025-03-31", alongside=True) == {"read": 2, "accepted": 2}
    assert [line for line in store.standing() if "2025-03" in line] == [
        "2025-03-20 child-visited",
        "2025-03-31 case-allocated estimated=true by=nobody/N1/nobody/nobody",
    ]
    assert not any("[[coverage]]" in note or "england-annex-a" in note for note in store.notes), (
        "a census tells the rest"
    )
    tally = store.file("cin-census", census_of_2025(store, "2025-06-01"), "2025-06-01")
    assert tally == {"read": 3, "duplicate": 3}
    with pytest.raises(WrongInput, match="--alongside"):
        store.annex_a(book, "2025-06-30")


def test_another_file_of_the_same_instant_takes_the_place_of_the_first(store: Loads) -> None:
    rows = [row(on="2024-06-03"), row("2222", on="2024-06-04")]
    store.annex_a({3: rows}, "2024-06-30")
    assert store.annex_a({3: rows[1:]}, "2024-06-30") == {"read": 2, "duplicate": 2, "withdrawn": 2}
    since = store.desk.store.connection.execute("SELECT count(*) FROM extract WHERE whole = 1").fetchone()
    assert since == (1,)


def later_census(store: Loads) -> Path:
    path = store.folder / "later.xml"
    path.write_text(census(child(episode("2024-06-03"), local_id="1111"), header=HEADER))
    return path


def test_a_store_of_before_rows_were_remembered_asks_for_that_file_once_more(store: Loads) -> None:
    first = census_of_2025(store, "2025-05-01")
    store.file("cin-census", first, "2025-05-01")
    with store.desk.store.writing() as connection:  # as an older version left it
        connection.execute("UPDATE extract SET whole = 0")
        connection.execute("DELETE FROM remembered")
    with pytest.raises(WrongInput, match=r"not wholly known here: load that file once more"):
        store.file("cin-census", later_census(store), "2025-06-01")
    assert store.file("cin-census", first, "2025-05-01") == {"read": 3, "duplicate": 3}
    # without any assessment in it, it says nothing of the one that was known
    assert store.file("cin-census", later_census(store), "2025-06-01") == {"read": 2, "duplicate": 2}


def test_so_does_a_real_one_of_then(store: Loads) -> None:
    copy(GOLDEN / "store-3.db", store.folder / "old.db")
    with open_store(str(store.folder / "old.db")) as old:
        source = old.connection.execute("SELECT source FROM extract").fetchone()[0]
        later = Reader(source=source, taken=datetime(2025, 6, 1, tzinfo=UTC))
        extract = later.read("cin-census", later_census(store), datetime(2026, 1, 1, tzinfo=UTC))
        with pytest.raises(ExtractNotTaken, match=r"not wholly known here: load that file once more"):
            ExtractsHeld(old.connection, SUPPLIES).place(extract)


def test_what_another_process_loaded_meanwhile_is_looked_at_too(store: Loads) -> None:
    rows = [row(str(child), on="2024-06-03") for child in range(50)]
    path = annex_a(store.folder / "few.xlsx", {3: rows[:10]})
    ours = ExtractLoad(
        store.desk.store,
        "annex-a",
        path,
        Reader(taken=datetime(2024, 7, 31, tzinfo=UTC)),
        now=datetime(2026, 1, 1, tzinfo=UTC),
        secret=token_bytes,
    )
    store.annex_a({3: rows}, "2024-06-30")
    with pytest.raises(TooMuchMissing, match=r"40 of 50 rows of list 3"), store.desk.store.writing():
        ours.begin()
    assert len(store.standing()) == 100


def test_what_is_said_beforehand_is_what_happens(store: Loads) -> None:
    store.annex_a({3: [row(on="2024-06-03"), row("2222", on="2024-06-04")]}, "2024-06-30")
    path = annex_a(store.folder / "next.xlsx", {3: [row("2222", on="2024-06-04"), row("3333", on="2024-07-04")]})
    reader = Reader(taken=datetime(2024, 7, 31, 12, tzinfo=UTC))
    before = store.standing()
    said = rehearse_extract(
        store.desk.store, lambda: KNOWN_AT, "annex-a", path, reader,
        backfill=False, alongside=False, confirm_missing=False,
    )  # fmt: skip
    assert store.standing() == before
    assert said.tally.as_dict(of_extract=True) == {
        **dict.fromkeys(said.tally.as_dict(of_extract=True), 0),
        **store.file("annex-a", path, "2024-07-31"),
    }
    changes = sorted((each["change"], each["case"][:4]) for each in said.changes)
    assert changes == [("new", "new-"), ("new", "new-"), ("withdrawn", "case"), ("withdrawn", "case")]


def test_words_in_cells_that_should_hold_none_are_kept_nowhere(store: Loads) -> None:
    canary, number = "Zebedee Quillfeather", "07700 900123"
    rows = {
        3: [row(canary, on=canary, no_further_action=canary), row("2222", on="2024-06-03")],
        4: [row("local-4711", started=number, authorised=canary, needed=number)],
        5: [row(strategy="2024-06-03", unnecessary=canary, conference=number, plan=canary)],
        6: [row(start="2024-06-03", seen=canary, end=canary, reason=canary, status=number)],
        7: [row(start=canary, visited=number, alone=canary, reviewed=canary, end=canary)],
        8: [row(start="2024-06-04", legal_status=canary, reviewed=number, visited=canary, end=number)],
    }
    assert store.annex_a(rows, "2024-06-30")["refused"] > 15
    shown = repr(store.desk.quarantined())
    store.desk.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(path.read_bytes() for path in store.folder.glob("x.db*"))
    for word in (canary, "Zebedee", "ZEBEDEE", number, "local-4711"):
        assert word not in shown
        assert word.encode() not in kept


def test_visits_and_reviews_that_stood_in_a_row_go_with_it(store: Loads) -> None:
    wrong = row(start="2024-06-03", legal_status="C2", visited="2024-06-10", reviewed="2024-06-20")
    other = row("2", start="2024-06-03", legal_status="C2")
    referred = {3: [row(on="2024-05-20")]}
    store.annex_a({**referred, 8: [{**wrong, **row(visited="2024-06-05")}, other]}, "2024-06-16")
    store.annex_a({**referred, 8: [wrong, other]}, "2024-06-30")
    tally = store.annex_a({**referred, 8: [other]}, "2024-07-07")
    assert tally["withdrawn"] == 5  # a step up, a plan, two visits, a review
    assert store.standing()[:2] == [
        "2024-05-20 referral-received decision=assess",
        "2024-05-20 case-opened tier=assessment",
    ]
    assert not any("visited" in line or "reviewed" in line for line in store.standing())


def test_the_same_book_again_yields_as_many_facts_though_who_holds_the_case_came_later(store: Loads) -> None:
    referral, other = row(on="2024-06-03"), row("2", start="2024-06-03")
    store.annex_a({3: [referral], 6: [row(start="2024-06-10", end="2024-06-20", reason="RC1"), other]}, "2024-06-30")
    back = {3: [referral], 6: [row(start="2024-07-10", team="N1"), other]}
    read = store.annex_a(back, "2024-07-31")["read"]
    assert store.again("2024-07-31") == {"read": read, "duplicate": read}


def test_a_visit_that_another_row_may_have_told_stays(store: Loads) -> None:
    other = row("2", start="2024-03-01")
    store.annex_a({7: [row(start="2024-03-01", visited="2024-05-20"), other]}, "2024-05-31")
    store.annex_a({7: [row(start="2024-06-10", visited="2024-06-15"), other]}, "2024-06-16")  # a slip
    store.annex_a({7: [row(start="2024-03-01", visited="2024-06-22"), other]}, "2024-06-23")
    visits = [line.split()[0] for line in store.standing() if "child-visited" in line]
    assert visits == ["2024-05-20", "2024-06-15", "2024-06-22"]
    store.annex_a({7: [other]}, "2024-06-30")
    assert not any("child-visited" in line for line in store.standing())


def test_a_visit_of_before_the_only_row_that_told_it_goes_with_that(store: Loads) -> None:
    other = row("2", start="2024-05-01")
    store.annex_a({6: [row(start="2024-06-10", seen="2024-06-05"), other]}, "2024-06-30")
    assert store.annex_a({6: [other]}, "2024-07-07")["withdrawn"] == 2


def test_a_visit_of_an_earlier_row_does_not_go_with_a_later_one(store: Loads) -> None:
    other = row("2", start="2024-05-01")
    store.annex_a(
        {6: [row(start="2024-05-23", end="2024-06-21", reason="RC1", seen="2024-06-25"), other]}, "2024-06-30"
    )
    store.annex_a({6: [row(start="2024-07-02"), other]}, "2024-07-07")
    store.annex_a({6: [other]}, "2024-07-14")
    assert "2024-06-25 child-visited" in store.standing()
