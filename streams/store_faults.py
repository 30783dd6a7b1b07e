"""What the disk and the database have to say against a store, in one line that tells an operator what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from eventsourcing.persistence import PersistenceError

from streams.errors import OutOfReach, StoreHeld
from streams.store import WAIT


@contextmanager
def said(path: Path) -> Iterator[None]:
    """The database's and the system's errors as one line that says what to do."""
    try:
        yield
    except (sqlite3.Error, PersistenceError, OSError) as error:
        raise (StoreHeld if "locked" in str(error).lower() else OutOfReach)(_advice(path, error)) from error


def _advice(path: Path, error: Exception) -> str:
    message = str(error).lower()
    for words, advice in _ADVICE:
        if words in message:
            return f"{path}: {advice}"
    return f"{path}: the store can't be used ({error}); check the disk and try again"


_ADVICE: Final = (
    ("not a database", "is no casedrift store; name another with --store"),
    ("malformed", "the store is damaged; restore it from a backup"),
    ("full", "the disk is full; make room and run the same command again (nothing was half stored)"),
    ("no space", "the disk is full; make room and run the same command again (nothing was half stored)"),
    ("readonly", "can't be written; check the permissions of the file and its folder"),
    ("read-only", "can't be written; check the permissions of the file and its folder"),
    ("permission", "can't be opened; check the permissions of the file and its folder"),
    (
        "locked",
        f"another process has held the store for {WAIT} seconds; wait for it, or end it, and try again",
    ),
    ("unable to open", "can't be opened; check that its folder exists and may be written"),
    ("disk i/o", "the disk can't be written or read (is it full?); nothing was half stored; try again"),
    ("file too large", "the file may not grow any further (is the disk full?); nothing was half stored"),
)
