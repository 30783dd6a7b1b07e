"""A store holds one extract: the same file again is welcome, another one is not yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from streams.sources.held import ExtractNotTaken, ExtractsHeld
from tests.streams.written_census import HEADER, census, child, episode, extract


@pytest.fixture
def held() -> Iterator[ExtractsHeld]:
    connection = sqlite3.connect(":memory:")
    yield ExtractsHeld(connection)
    connection.close()


def test_a_first_load_is_taken_as_it_is(held: ExtractsHeld, tmp_path: Path) -> None:
    first = extract(tmp_path, census(child(episode("2025-01-06"))))
    assert held.take(first) == first


def test_the_same_file_again_tells_the_same_facts_at_the_same_instant(held: ExtractsHeld, tmp_path: Path) -> None:
    message = census(child(episode("2025-01-06")), header=HEADER.replace("2025-05-01T10:00:00Z", ""))
    first = held.take(extract(tmp_path, message))
    later = first.as_taken(first.taken + 86_400_000_000)
    assert later.taken != first.taken
    assert list(held.take(later)) == list(first)


def test_another_extract_is_not_taken_yet(held: ExtractsHeld, tmp_path: Path) -> None:
    held.take(extract(tmp_path, census(child(episode("2025-01-06")))))
    with pytest.raises(ExtractNotTaken, match=r"later loads are not supported yet.*/cin-census/878"):
        held.take(extract(tmp_path, census(child(episode("2025-01-07")))))


def test_another_kind_is_refused_saying_which_is_held(held: ExtractsHeld, tmp_path: Path) -> None:
    first = extract(tmp_path, census(child(episode("2025-01-06"))))
    held.take(first)
    with pytest.raises(ExtractNotTaken, match="cin-census, not annex-a"):
        held.take(replace(first, kind="annex-a"))
