"""A disk that fills up while facts are taken in: what was taken on stays whole, and somebody is told what to do.

Once there is room again, the same command takes up where it was stopped. The limits are real ones: on how far
a file may grow, and, where this machine lets us make one, a disk of a few kilobytes.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from casedrift.desk import Desk
from domain.days import midnight, parse_day
from streams.errors import OutOfReach
from tests.casedrift.running import PROGRAM, Outcome
from tests.streams.whole_store import Told, prove, whole_store
from tests.streams.written_facts import written_facts

NOW = midnight(parse_day("2022-06-01"))
PARTS = [0, 200, 900, 1_000, 1_600]
"""The facts are taken in by batches that end at these numbers."""
BATCH_ENDS = b" " * (4 * 1024 * 1024) + b"\n"
"""A blank line so long that the program commits what came before it."""
ROOMS = [0, 48, 400, 700]
"""Kilobytes: too few for a file, for its tables, for the second batch, for the last."""
LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
os.execv(sys.argv[2], sys.argv[2:])
"""
Ingest = Callable[[int | None], Outcome]
"""Takes the facts in where there is room for so many kilobytes; None = for all."""


def test_the_store_itself_may_not_grow(tmp_path: Path) -> None:
    path = tmp_path / "full.db"
    lines = written_facts(0, 3_000)
    with Desk(str(path), create=True, now=lambda: NOW) as desk:
        _take(desk, lines[:100])
        pages = desk.store.connection.execute("PRAGMA page_count").fetchone()[0]
        desk.store.connection.execute(f"PRAGMA max_page_count = {pages + 20}")
        with pytest.raises(OutOfReach, match="disk is full") as error:
            _take(desk, lines[100:])
        assert "\n" not in str(error.value)
    with Desk(str(path), now=lambda: NOW) as desk:
        assert desk.status()["facts"] == 100
        prove(desk)
        _take(desk, lines)
        assert desk.status()["facts"] == 3_000


@contextmanager
def _files_that_may_not_grow(folder: Path) -> Iterator[Ingest]:
    """No file may grow past the room there is. What would is cut off there, and the write fails."""

    def ingest(kilobytes: int | None) -> Outcome:
        limit = resource.RLIM_INFINITY if kilobytes is None else kilobytes * 1024
        return _run([sys.executable, "-c", LIMITED, str(limit)], folder)

    yield ingest


@contextmanager
def _a_small_disk(folder: Path) -> Iterator[Ingest]:
    """The folder is a disk in memory; room is made by enlarging it."""

    def ingest(kilobytes: int | None) -> Outcome:
        # The index of the write-ahead log takes 32 of them before anything is written.
        size = 64 * 1024 if kilobytes is None else 40 + kilobytes
        subprocess.run(["mount", "-o", f"remount,size={size}k", folder], check=True)
        return _run([], folder)

    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40k", "none", folder], check=True)
    try:
        yield ingest
    finally:
        subprocess.run(["umount", folder], check=True)


def _may_mount() -> bool:
    """Whether a disk in memory can be made here: by root, on Linux, where nothing forbids it."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        command = ["mount", "-t", "tmpfs", "-o", "size=40k", "none", folder]
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
        if mounted:
            subprocess.run(["umount", folder], check=True)
    return mounted


Disk = Callable[[Path], AbstractContextManager[Ingest]]
DISKS: Final[list[Disk]] = [_files_that_may_not_grow, *([_a_small_disk] if _may_mount() else [])]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What the store holds where there is room for everything."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with _files_that_may_not_grow(_written(folder)) as ingest:
        assert ingest(None).code == 0
    return whole_store(folder / "disk" / "store.db")


@pytest.mark.parametrize("disk", DISKS)
def test_a_full_disk_half_stores_nothing(disk: Disk, undisturbed: Told, tmp_path: Path) -> None:
    folder = _written(tmp_path)
    kept = [0]
    with disk(folder) as ingest:
        for kilobytes in ROOMS:
            outcome = ingest(kilobytes)
            assert (outcome.code, outcome.out) == (3, ""), outcome
            assert re.fullmatch(r"casedrift: store\.db: the disk .*nothing was half stored.*\n", outcome.err), outcome
            kept.append(_kept(folder / "store.db"))
        assert kept == sorted(kept)
        assert set(kept) <= set(PARTS)
        assert 0 < kept[-1] < PARTS[-1], "stopped before anything, or nothing stopped it"
        assert ingest(None).json == {
            "read": PARTS[-1],
            "accepted": PARTS[-1] - kept[-1],
            "duplicate": kept[-1],
            "refused": 0,
            "waiting": 0,
        }
        assert whole_store(folder / "store.db") == undisturbed


def _written(folder: Path) -> Path:
    """The facts are in `facts.jsonl` there, and the store is to be in the folder `disk` within it."""
    parts = [b"\n".join([*written_facts(first, end), b""]) for first, end in pairwise(PARTS)]
    (folder / "facts.jsonl").write_bytes(BATCH_ENDS.join(parts))
    disk = folder / "disk"
    disk.mkdir()
    return disk


def _run(before: list[str], folder: Path) -> Outcome:
    command = [*before, str(PROGRAM), "ingest", "../facts.jsonl", "--backfill", "--json", "--store", "store.db"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)


def _kept(store: Path) -> int:
    """How many facts the store holds, once it is proved; none where no store has been made yet."""
    try:
        desk = Desk(str(store), now=lambda: NOW)
    except OutOfReach:
        return 0
    with desk:
        prove(desk)
        return int(desk.status()["facts"])


def _take(desk: Desk, lines: list[bytes]) -> None:
    desk.ingest_lines(iter([lines]), backfill=False, progress=lambda _: None)
