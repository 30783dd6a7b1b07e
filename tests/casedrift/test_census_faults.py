"""What can go wrong around a census: the key to who is who, and a file that changes while it is taken in."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casedrift.desk import Desk
from casedrift.now import now
from streams.errors import WrongInput
from streams.sources.formats import Reader
from streams.sources.loading import ExtractLoad
from tests.casedrift.running import run

CENSUS = Path(__file__).parents[2] / "casedrift" / "demo" / "census.xml"
KEY = "casedrift.db.key"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a store that holds the census that ships."""
    told = run(tmp_path, "ingest", str(CENSUS), "--backfill", "--json")
    assert told.code == 0, told
    return tmp_path


def without(key: Path) -> None:
    key.unlink()


def open_to_all(key: Path) -> None:
    key.chmod(0o644)


def damaged(key: Path) -> None:
    key.write_text("no key\n")


def of_another_store(key: Path) -> None:
    heading = key.read_text("ascii").split()[0]
    key.write_text(f"{heading} {'A' * 43}=\n", "ascii")


def a_folder(key: Path) -> None:
    key.unlink()
    key.mkdir(0o700)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (without, "put it back beside the store"),
        (open_to_all, "chmod 600 {folder}/" + KEY),
        (damaged, "put back the one made with this store"),
        (of_another_store, "put that key file back"),
        (a_folder, "can't be read or made"),
    ],
)
def test_without_its_key_nothing_is_taken_in(folder: Path, harm: Callable[[Path], None], said: str) -> None:
    before = run(folder, "status", "--json").json
    harm(folder / KEY)
    outcome = run(folder, "ingest", str(CENSUS))
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (3, "", 1), outcome
    assert said.format(folder=folder) in outcome.err
    assert run(folder, "status", "--json").json == before


def test_the_key_is_kept_where_the_setting_says(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    key = str(tmp_path / "keys" / "of-all.key")
    assert run(tmp_path, "ingest", str(CENSUS), "--backfill", CASEDRIFT_KEY_FILE=key).code == 0
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["of-all.key"]
    assert not (tmp_path / KEY).exists()
    assert run(tmp_path, "ingest", str(CENSUS), "--backfill", "--json", CASEDRIFT_KEY_FILE=key).json["accepted"] == 0
    lost = run(tmp_path, "ingest", str(CENSUS), "--backfill")
    assert (lost.code, "the setting key_file" in lost.err) == (3, True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(str(tmp_path / "new.db"), create=True, now=now) as desk:
        yield desk


@pytest.mark.parametrize("change", ["another", "cut short", "gone"])
def test_a_census_that_changes_while_it_is_taken_in_is_said_to(desk: Desk, tmp_path: Path, change: str) -> None:
    path = tmp_path / "census.xml"
    whole = CENSUS.read_bytes()
    path.write_bytes(whole)
    when = datetime(2025, 5, 1, tzinfo=UTC)
    load = ExtractLoad(desk.store, "cin-census", path, Reader(), now=when, secret=secrets.token_bytes)
    with desk.store.writing():
        load.begin()
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(whole + b"\n" if change == "another" else whole[: len(whole) // 2])
    with pytest.raises(WrongInput, match=r"census\.xml changed while it was being taken in"):
        list(load.batches())
