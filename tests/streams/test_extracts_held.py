"""Which extract a store can take next: the same file again, or one of the same kind that was taken later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic_core import to_json

from streams.cloudevents import read_lines
from streams.intake import Intake
from streams.sources.annex_a import AnnexA
from streams.sources.annex_a.holding import Teams
from streams.sources.extract import FIRST_LOAD, Extract
from streams.sources.formats import SUPPLIES
from streams.sources.held import ExtractNotTaken, ExtractsHeld
from streams.stores.sqlite import SQLiteStore
from tests.streams.written_census import HEADER, FirstLoad, census, child, episode, extract

DAY = 86_400_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    with SQLiteStore(tmp_path / "x.db", create=True) as store:
        yield store


@pytest.fixture
def held(store: SQLiteStore) -> ExtractsHeld:
    return ExtractsHeld(store.connection, SUPPLIES)


def load(store: SQLiteStore, held: ExtractsHeld, first: FirstLoad, *, whole: bool = True) -> None:
    """Take the extract's facts on."""
    intake = Intake(store, lambda: first.taken + DAY)
    with store.writing():
        held.begin(held.place(first.extract))
        intake.take(read_lines([to_json(fact) for each in first for fact in each.facts]), backfill=True)
        if whole:
            held.is_whole(first.extract)
    assert intake.tally.accepted > 0


def one(folder: Path, referred: str = "2025-01-06", header: str = HEADER) -> FirstLoad:
    return extract(folder, census(child(episode(referred)), header=header))


def later(extract: Extract, **changes: object) -> Extract:
    return replace(extract, **({"taken": extract.taken + DAY, "sha256": "f" * 64} | changes))  # type: ignore[arg-type]


def test_a_first_load_is_taken_as_it_is(held: ExtractsHeld, tmp_path: Path) -> None:
    first = one(tmp_path).extract
    place = held.place(first)
    assert (place.extract, place.previous, place.recordedafter, place.only) == (first, None, FIRST_LOAD, None)
    held.begin(place)
    assert held.is_last(first)


def test_the_same_file_again_is_taken_as_of_the_same_instant(
    store: SQLiteStore, held: ExtractsHeld, tmp_path: Path
) -> None:
    first = one(tmp_path, header=HEADER.replace("2025-05-01T10:00:00Z", ""))
    again = first.extract.as_taken(first.taken + DAY)
    held.begin(held.place(first.extract))
    assert held.place(again).extract == first.extract, "also where nothing was accepted of it yet"
    load(store, held, first)
    place = held.place(again)
    assert (place.extract, place.previous, place.recordedafter) == (first.extract, None, FIRST_LOAD)


def test_a_later_one_is_held_against_the_last(store: SQLiteStore, held: ExtractsHeld, tmp_path: Path) -> None:
    first = one(tmp_path)
    load(store, held, first)
    place = held.place(later(first.extract))
    assert (place.previous, place.recordedafter) == (first.taken, "2025-05-01T10:00:00Z")
    assert place.lists == {"episode"}
    held.begin(place)
    assert (held.is_last(first.extract), held.is_last(place.extract)) == (False, True)


def test_one_cut_short_is_passed_over_by_the_next(store: SQLiteStore, held: ExtractsHeld, tmp_path: Path) -> None:
    first = one(tmp_path)
    load(store, held, first)
    held.begin(held.place(later(first.extract)))
    place = held.place(later(first.extract, taken=first.taken + 2 * DAY, sha256="e" * 64))
    assert place.previous == first.taken


def test_nothing_comes_after_a_first_one_cut_short_but_itself(
    store: SQLiteStore, held: ExtractsHeld, tmp_path: Path
) -> None:
    first = one(tmp_path)
    load(store, held, first, whole=False)
    with pytest.raises(ExtractNotTaken, match="said is not wholly known here: load that file once more"):
        held.place(later(first.extract))
    assert held.place(first.extract).extract == first.extract


def test_an_earlier_one_is_refused(store: SQLiteStore, held: ExtractsHeld, tmp_path: Path) -> None:
    first = one(tmp_path)
    load(store, held, first)
    with pytest.raises(ExtractNotTaken, match=r"before the last one of this store, 2025-05-01T10:00:00Z"):
        held.place(later(first.extract, taken=first.taken - 1))


def test_the_same_file_is_refused_once_a_later_one_has_come(
    store: SQLiteStore, held: ExtractsHeld, tmp_path: Path
) -> None:
    first = one(tmp_path)
    load(store, held, first)
    held.begin(held.place(later(first.extract)))
    with pytest.raises(ExtractNotTaken, match=r"this very extract.*and a later one since"):
        held.place(first.extract)


def test_one_of_which_nothing_was_accepted_stands_in_nobody_s_way(held: ExtractsHeld, tmp_path: Path) -> None:
    useless = one(tmp_path, "soon").extract
    held.begin(held.place(useless))
    corrected = one(tmp_path).extract
    place = held.place(corrected)
    assert (place.extract, place.previous) == (corrected, None)
    held.begin(place)
    assert (held.is_last(corrected), held.is_last(useless)) == (True, False)


def test_the_same_bytes_taken_later_are_a_later_extract(store: SQLiteStore, held: ExtractsHeld, tmp_path: Path) -> None:
    first = one(tmp_path)
    asked = replace(first.extract, taken=first.taken + DAY, taken_by="asked")
    held.begin(held.place(first.extract))
    assert held.place(asked).extract == asked, "until something of it is accepted"
    load(store, held, first)
    assert held.place(asked).previous == first.taken, "the same bytes, taken later: nothing has changed since"
    with pytest.raises(ExtractNotTaken, match="before the last one of this store"):
        held.place(replace(asked, taken=first.taken - DAY))
    same = replace(first.extract, taken_by="asked")
    assert held.place(same).extract == same


def test_under_another_source_everything_would_be_told_twice(
    store: SQLiteStore, held: ExtractsHeld, tmp_path: Path
) -> None:
    first = one(tmp_path)
    load(store, held, first)
    with pytest.raises(ExtractNotTaken, match="give --source /cin-census/878"):
        held.place(later(first.extract, source="/elsewhere"))


def test_another_kind_comes_only_alongside(store: SQLiteStore, held: ExtractsHeld, tmp_path: Path) -> None:
    first = one(tmp_path)
    load(store, held, first)
    other = later(first.extract, format=AnnexA(Teams()), source="/annex-a")
    with pytest.raises(ExtractNotTaken, match="cin-census, not annex-a; give --alongside to take from it only"):
        held.place(other)
    assert held.place(other, alongside=True).only == frozenset({"case-allocated", "child-visited"})
    with pytest.raises(ExtractNotTaken, match="is the source of extracts of another kind"):
        held.place(replace(other, source=first.source), alongside=True)


def test_a_kind_that_tells_nothing_more_is_refused_even_alongside(
    store: SQLiteStore, held: ExtractsHeld, tmp_path: Path
) -> None:
    first = one(tmp_path)
    load(store, held, first)
    store.connection.execute("UPDATE extract SET kind = 'annex-a', source = '/annex-a'")
    store.connection.execute("UPDATE source SET source = '/annex-a'")
    with pytest.raises(ExtractNotTaken, match="cin-census tells nothing that these don't"):
        held.place(later(first.extract), alongside=True)
