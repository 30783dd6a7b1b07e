"""The store's file: what is no store is said in words and left as it was.

A small store of each schema version is kept, and must stay readable.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from casedrift.desk import Desk
from domain.days import parse_day
from domain.events import EVENTS
from streams.errors import OutOfReach
from streams.log import events_of
from streams.stores.sqlite import SQLiteStore
from streams.stores.tables import SCHEMA
from tests.streams.golden import GOLDEN, NOW, lines
from tests.streams.written_facts import fact

TABLES = ("meta", "cases", "source", "inbox", "quarantine", "text", "stay", "place", "run")


def test_no_store(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    _refused(path, "there is no store")
    assert not path.exists()


def test_a_folder(tmp_path: Path) -> None:
    _refused(tmp_path, "folder")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutOfReach, match="no folder"):
        SQLiteStore(tmp_path / "nowhere" / "store.db", create=True)


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
    with SQLiteStore(path, create=True) as store, store.writing():
        store.set_meta("schema", SCHEMA + 1)
    _refused(path, "upgrade casedrift")


def test_a_log_with_facts_that_only_a_newer_program_knows_is_refused_in_words(tmp_path: Path) -> None:
    path = str(tmp_path / "newer.db")
    with Desk(path, create=True, now=lambda: NOW) as desk:
        desk.ingest_lines([[fact("a", "case-opened.v1", tier="assessment")]], backfill=False, progress=lambda _: None)
        with desk.store.writing() as connection:
            connection.execute("UPDATE stored_events SET topic = 'team-met.v1'")
        with pytest.raises(OutOfReach, match=r"team-met\.v1.*upgrade casedrift"):
            desk.explain("case-1", parse_day("2022-02-01"), NOW)
        same_id = fact("a", "case-assessed.v1")
        tally = desk.ingest_lines([[same_id]], backfill=False, progress=lambda _: None)
        assert (tally.refused, desk.quarantined()[0]["reason"]) == (1, "conflicting-duplicate")


def test_a_file_with_the_tables_and_no_version_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / "unversioned.db"
    with SQLiteStore(path, create=True) as store, store.writing() as connection:
        connection.execute("DELETE FROM meta")
    _refused(path, "no casedrift store")


def test_the_store_of_the_first_version_answers_as_it_did(tmp_path: Path) -> None:
    with _golden(1, tmp_path) as desk:
        assert desk.status()["facts"] == 30
        assert desk.counts(parse_day("2022-01-01"), NOW) == [{"open_cases": 30, "open_children": 30}]
        events = [event for n in range(30) for event in events_of(desk.store.connection, f"case-{n}")]
        assert [event.id for event in events] == [f"f-{n}" for n in range(30)]
        overdue = desk.drift(parse_day("2022-06-01"), NOW)
        _rebuilt(desk)
        assert desk.drift(parse_day("2022-06-01"), NOW) == overdue != []


def test_the_store_of_this_version_holds_every_fact_as_it_was_told(tmp_path: Path) -> None:
    with _golden(2, tmp_path) as desk:
        told = [json.loads(line) for line in lines()[:-2]]
        explained = desk.explain("case-golden", parse_day("2022-06-01"), NOW)
        assert [{**fact, "time": None, "recordedafter": None} for fact in explained["facts"]] == [
            {**fact, "time": None, "recordedafter": None, "known_at": fact["time"].replace(".5Z", ".500000Z")}
            | {"stands": fact["id"] not in ("f-4", "f-17", "f-18")}
            for fact in told
        ]
        assert {fact["type"] for fact in told} == set(EVENTS)
        assert [(kept["reason"], kept["source"]) for kept in desk.quarantined()] == [
            ("target-unknown", "/golden"),
            ("invalid-data", "/golden"),
        ]
        assert desk.rebuild(check=True, progress=lambda *_: None)["differences"] == 0
        assert desk.store.connection.execute("SELECT count(*) FROM stored_events").fetchone()[0] > len(told)


@pytest.mark.parametrize("version", range(1, SCHEMA + 1))
def test_a_store_of_every_version_is_brought_up_to_this_one(version: int, tmp_path: Path) -> None:
    with _golden(version, tmp_path) as desk:
        assert desk.store.meta("schema") == SCHEMA
        assert isinstance(desk.store, SQLiteStore)
        tables = _tables(desk.store)
    with SQLiteStore(tmp_path / "new.db", create=True) as new:
        assert tables == _tables(new)


def _tables(store: SQLiteStore) -> dict[str, Any]:
    """The columns of each table, and the indexes as they were written."""
    ask = store.connection.execute
    indexes = ask("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
    return {"indexes": indexes.fetchall()} | {t: ask(f"PRAGMA table_info({t})").fetchall() for t in TABLES}


def _golden(version: int, folder: Path) -> Desk:
    path = folder / f"golden-{version}.db"
    shutil.copyfile(GOLDEN / f"store-{version}.db", path)
    return Desk(str(path), now=lambda: NOW)


def _rebuilt(desk: Desk) -> None:
    desk.rebuild(check=False, progress=lambda *_: None)
    assert desk.rebuild(check=True, progress=lambda *_: None)["differences"] == 0


def _refused(path: Path, words: str, *, create: bool = False) -> None:
    with pytest.raises(OutOfReach, match=words) as error:
        SQLiteStore(path, create=create)
    assert "\n" not in str(error.value)
