"""The store's file: what is no store is said in words and left as it was, and a full disk half-stores nothing.

A small store of each schema version is kept, and must stay readable.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from casedrift.desk import Desk
from domain.days import midnight, parse_day
from streams.errors import OutOfReach
from streams.log import events_of
from streams.store import SCHEMA, Store
from tests.streams.test_kill import _facts

NOW = midnight(parse_day("2022-06-01"))
GOLDEN = Path(__file__).parents[1] / "fixtures" / "golden" / "store-1.db"


def test_no_store(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    _refused(path, "there is no store")
    assert not path.exists()


def test_a_folder(tmp_path: Path) -> None:
    _refused(tmp_path, "folder")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutOfReach, match="no folder"):
        Store(tmp_path / "nowhere" / "store.db", create=True)


@pytest.mark.parametrize("create", [False, True])
def test_another_file_is_left_as_it_was(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"a letter, not a database " * 40)
    before = path.read_bytes()
    _refused(path, "no casedrift store", create=create)
    assert path.read_bytes() == before


@pytest.mark.parametrize("create", [False, True])
def test_another_database_is_left_as_it_was(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE payroll (id INTEGER)")
    other.close()
    before = path.read_bytes()
    _refused(path, "no casedrift store", create=create)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["other.db"]


def test_a_newer_store_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    with Store(path, create=True) as store, store.writing():
        store.set_meta("schema", SCHEMA + 1)
    _refused(path, "upgrade casedrift")


def test_a_full_disk_half_stores_nothing(tmp_path: Path) -> None:
    path = tmp_path / "full.db"
    lines = _facts(0, 3_000)
    with Desk(str(path), create=True, now=lambda: NOW) as desk:
        _ingest(desk, lines[:100])
        pages = desk.store.connection.execute("PRAGMA page_count").fetchone()[0]
        desk.store.connection.execute(f"PRAGMA max_page_count = {pages + 20}")
        with pytest.raises(OutOfReach, match="disk is full") as error:
            _ingest(desk, lines[100:])
        assert "\n" not in str(error.value)
    with Desk(str(path), now=lambda: NOW) as desk:
        assert desk.status()["facts"] == 100
        assert desk.rebuild(check=True, progress=lambda *_: None)["differences"] == 0
        _ingest(desk, lines)
        assert desk.status()["facts"] == 3_000


def test_a_store_of_this_version_answers_as_it_did(tmp_path: Path) -> None:
    path = tmp_path / "golden.db"
    shutil.copyfile(GOLDEN, path)
    with Desk(str(path), now=lambda: NOW) as desk:
        assert desk.status()["facts"] == 30
        assert desk.counts(parse_day("2022-01-01"), NOW) == [{"open_cases": 30, "open_children": 30}]
        assert desk.rebuild(check=True, progress=lambda *_: None)["differences"] == 0
        events = [event for n in range(30) for event in events_of(desk.store.connection, f"case-{n}")]
        assert [event.id for event in events] == [f"f-{n}" for n in range(30)]


def _refused(path: Path, words: str, *, create: bool = False) -> None:
    with pytest.raises(OutOfReach, match=words) as error:
        Store(path, create=create)
    assert "\n" not in str(error.value)


def _ingest(desk: Desk, lines: list[bytes]) -> None:
    desk.ingest_lines(iter([lines]), backfill=False, progress=lambda _: None)
