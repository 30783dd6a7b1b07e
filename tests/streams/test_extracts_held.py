"""A store holds one extract, of which something was accepted: the same file again is welcome, another is not yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic_core import to_json

from streams.cloudevents import read_lines
from streams.intake import Intake
from streams.sources.extract import Extract
from streams.sources.held import ExtractNotTaken, ExtractsHeld
from streams.stores.sqlite import SQLiteStore
from tests.streams.written_census import HEADER, census, child, episode, extract

DAY = 86_400_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStore]:
    with SQLiteStore(tmp_path / "x.db", create=True) as store:
        yield store


@pytest.fixture
def held(store: SQLiteStore) -> ExtractsHeld:
    return ExtractsHeld(store.connection)


def accept(store: SQLiteStore, extract: Extract) -> None:
    """Take the extract's facts on."""
    intake = Intake(store, lambda: extract.taken + DAY)
    with store.writing():
        intake.take(read_lines([to_json(fact) for each in extract for fact in each.facts]), backfill=True)
    assert intake.tally.accepted > 0


def one(folder: Path, referred: str = "2025-01-06", header: str = HEADER) -> Extract:
    return extract(folder, census(child(episode(referred)), header=header))


def test_a_first_load_is_taken_as_it_is(held: ExtractsHeld, tmp_path: Path) -> None:
    first = one(tmp_path)
    assert held.take(first) == first
    assert held.holds(first)


def test_the_same_file_again_tells_the_same_facts_at_the_same_instant(
    store: SQLiteStore, held: ExtractsHeld, tmp_path: Path
) -> None:
    first = held.take(one(tmp_path, header=HEADER.replace("2025-05-01T10:00:00Z", "")))
    later = first.as_taken(first.taken + DAY)
    assert list(held.take(later)) == list(first)
    accept(store, first)
    assert list(held.take(later)) == list(first)


def test_another_extract_is_not_taken_yet(store: SQLiteStore, held: ExtractsHeld, tmp_path: Path) -> None:
    first = held.take(one(tmp_path))
    accept(store, first)
    with pytest.raises(ExtractNotTaken, match=r"later loads are not supported yet.*/cin-census/878"):
        held.take(one(tmp_path, "2025-01-07"))
    assert held.holds(first)


def test_one_of_which_nothing_was_accepted_stands_in_nobody_s_way(held: ExtractsHeld, tmp_path: Path) -> None:
    useless = held.take(one(tmp_path, "soon"))
    corrected = one(tmp_path)
    assert held.take(corrected) == corrected
    assert (held.holds(corrected), held.holds(useless)) == (True, False)
    assert held.take(replace(corrected, kind="annex-a")).kind == "annex-a"


def test_another_instant_asked_of_the_same_extract_is_refused_aloud(
    store: SQLiteStore, held: ExtractsHeld, tmp_path: Path
) -> None:
    first = held.take(one(tmp_path))
    asked = replace(first, taken=first.taken + DAY, taken_by="asked")
    accept(store, first)
    with pytest.raises(ExtractNotTaken, match=r"as taken at 2025-05-01T10:00:00Z.*leave --taken out"):
        held.take(asked)
    assert held.take(replace(first, taken_by="asked")) == replace(first, taken_by="asked")
    assert held.take(first) == first


def test_until_something_is_accepted_another_instant_may_be_asked(held: ExtractsHeld, tmp_path: Path) -> None:
    first = held.take(one(tmp_path))
    asked = replace(first, taken=first.taken + DAY, taken_by="asked")
    assert held.take(asked) == asked
    assert not held.holds(first)


def test_another_kind_is_refused_saying_which_is_held(store: SQLiteStore, held: ExtractsHeld, tmp_path: Path) -> None:
    first = held.take(one(tmp_path))
    accept(store, first)
    with pytest.raises(ExtractNotTaken, match="cin-census, not annex-a"):
        held.take(replace(first, kind="annex-a"))
