"""The store: one database file that holds the log, its index of cases and identities, the quarantine and the views.

It is opened, checked and made here, and nowhere else. Writers take turns: each transaction begins by taking
the store's one lock, and waits for whoever holds it. Readers never wait long and never block.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote, unquote, urlsplit

from eventsourcing.persistence import Tracking
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteDatastore,
    SQLiteTrackingRecorder,
)

from projections.schema import INDEXES, ROW_TABLES, TEXT, create_statements
from streams.errors import OutOfReach, WrongInput
from streams.store_faults import WAIT, said

SCHEMA: Final = 2
"""The version of the tables below; a store says which it has. An older one is brought up to it when it is opened,
a newer one is refused in words."""
_UPGRADES: Final = {
    1: (
        "ALTER TABLE quarantine ADD COLUMN backfill INTEGER NOT NULL DEFAULT 0",
        "DELETE FROM meta WHERE key = 'views_policy'",  # runs are named anew: the views are folded anew
        *(f"DROP INDEX IF EXISTS {table}_hull" for table in ("place", "run")),
        *(index.format(schema="") for table in ("place", "run") for index in INDEXES[table]),
    ),
}
"""What brings a store of a version to the next."""
_A_LITTLE: Final = 250
"""Milliseconds to wait for the lock without looking up."""
VIEWS: Final = "views"
"""The name under which the views keep the place they have reached in the log."""

_SETTINGS: Final = (
    "synchronous = FULL",  # a commit that was answered is on the disk
    "cache_size = -65536",  # 64 MiB: a batch touches more pages than the default 2 MiB holds
    "wal_autocheckpoint = 64000",  # 256 MiB: in a great store a page written by many batches is moved once
    "temp_store = MEMORY",
)
_TABLES: Final = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TABLE cases (
        case_no INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL, known_at INTEGER NOT NULL)""",
    "CREATE TABLE source (no INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE)",
    """CREATE TABLE inbox (
        source_no INTEGER NOT NULL, id TEXT NOT NULL,
        case_no INTEGER NOT NULL, version INTEGER NOT NULL, chain INTEGER NOT NULL,
        PRIMARY KEY (source_no, id)) WITHOUT ROWID""",
    """CREATE TABLE quarantine (
        number INTEGER PRIMARY KEY AUTOINCREMENT, reason TEXT NOT NULL, detail TEXT NOT NULL,
        received_at INTEGER NOT NULL, source TEXT, length INTEGER NOT NULL, sha256 TEXT NOT NULL UNIQUE,
        raw BLOB NOT NULL, backfill INTEGER NOT NULL DEFAULT 0)""",
    TEXT,
)


class Store:
    """An open store. One connection, held for as long as the store is open."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open the store at the path; with `create`, make it where there is none.

        OutOfReach where it can't be opened, is no store, or is of a newer version.
        """
        self.path = path
        with said(path), ExitStack() as opening:
            if not path.exists():
                if not create:
                    raise OutOfReach(f"there is no store at {path}; name one with --store, or ingest into it first")
                _check_folder(path)
            elif path.stat().st_size:
                _check(path)
            elif not create:
                raise OutOfReach(f"{path} is empty and no store; name one with --store, or ingest into it first")
            uri = f"file://{quote(str(path.absolute()))}?mode={'rwc' if create else 'rw'}"
            datastore = SQLiteDatastore(uri, lock_timeout=WAIT, pool_size=1, originator_id_type="text")
            opening.callback(datastore.close)
            self.events = SQLiteApplicationRecorder(datastore)
            self.tracking = SQLiteTrackingRecorder(datastore)
            self._lease: SQLiteConnection = opening.enter_context(_connected(datastore))
            self.connection = self._lease.cursor().sqlite_cursor.connection
            self.connection.row_factory = None
            for setting in _SETTINGS:
                self.connection.execute(f"PRAGMA {setting}")
            if not self._is_made():
                if not create:
                    raise OutOfReach(f"{path} is no store yet; ingest into it first, or name another with --store")
                self._create()
            self._upgrade()
            self._stack = opening.pop_all()  # what was opened stays open; where a step failed it is closed in order

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._stack.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the store's lock from its beginning; commits, or undoes everything."""
        with said(self.path):
            self._take_the_lock()
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def _take_the_lock(self) -> None:
        """Wait for the store's lock, a little at a time, so that whoever is told to end meanwhile does."""
        deadline = time.monotonic() + WAIT
        self.connection.execute(f"PRAGMA busy_timeout = {_A_LITTLE}")
        try:
            while True:
                try:
                    self.connection.execute("BEGIN IMMEDIATE")
                    return
                except sqlite3.OperationalError as error:
                    if "locked" not in str(error) or time.monotonic() > deadline:
                        raise
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {WAIT * 1_000}")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One unchanging view of the store, whatever is written meanwhile."""
        with said(self.path):
            self.connection.execute("BEGIN")
            try:
                yield self.connection
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    def settle(self) -> None:
        """Wait until every transaction under way has ended, so that what it took on before now is seen.

        An answer "as known now" is then final: whoever writes next takes a later instant of knowledge.
        """
        with self.writing():
            pass

    def place(self) -> int:
        """The position in the log that the views have reached."""
        row = self.connection.execute(
            "SELECT notification_id FROM tracking WHERE application_name = ?", (VIEWS,)
        ).fetchone()
        return 0 if row is None else int(row[0])

    def reach(self, position: int) -> None:
        """Keep the place that the views have reached; in the transaction of their rows."""
        self.tracking._insert_tracking(self._lease.cursor(), Tracking(VIEWS, position))

    def position(self) -> int:
        """The position of the last event in the log; 0 where it is empty."""
        row = self.connection.execute(self.events.select_max_notification_id_statement).fetchone()
        return row[0] or 0

    def append(self, events: list[Any]) -> list[int]:
        """Append stored events to the log, in the transaction that is open; their positions."""
        return list(self.events._insert_events(self._lease.cursor(), events) or ())

    def meta(self, key: str) -> Any:
        """A value kept under a name, or None."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def set_meta(self, key: str, value: int | str) -> None:
        """Keep a value under a name, in the transaction that is open."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _is_made(self) -> bool:
        return bool(self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone())

    def _upgrade(self) -> None:
        """Bring an older store's tables to this version, in one transaction."""
        if self.meta("schema") == SCHEMA:
            return
        with self.writing() as connection:
            for version in range(self.meta("schema"), SCHEMA):  # read again: another process may have been first
                for statement in _UPGRADES[version]:
                    connection.execute(statement)
            self.set_meta("schema", SCHEMA)

    def _create(self) -> None:
        """Make every table in one transaction, so that no half-made store is ever seen."""
        with self.writing() as connection:
            if self._is_made():
                return  # another process was first
            cursor = self._lease.cursor()
            self.events._create_table(cursor)
            self.tracking._create_table(cursor)
            for statement in _TABLES:
                connection.execute(statement)
            for table in ROW_TABLES:
                for statement in create_statements(table):
                    connection.execute(statement)
            self.set_meta("schema", SCHEMA)


def store_path(url: str) -> Path:
    """The file of a store named by a path or an `sqlite:///` URL (four slashes for an absolute path).

    WrongInput for any other kind of store.
    """
    if "://" not in url:
        return Path(url)
    parts = urlsplit(url)
    if parts.scheme != "sqlite" or parts.netloc or not parts.path.strip("/"):
        raise WrongInput(f"{parts.scheme}://… is no store that can be opened; give a path or sqlite:///path")
    return Path(unquote(parts.path[1:]))


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise OutOfReach(f"{path}: there is no folder {path.parent}; make it first")


def _check(path: Path) -> None:
    """Whether the file is a store that this version reads; nothing of a foreign file is changed."""
    if path.is_dir():
        raise OutOfReach(f"{path}: is a folder and no store; name a file with --store")
    connection = sqlite3.connect(f"file://{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=WAIT)
    try:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if not tables and _being_made(path):
            return
        if "meta" not in tables or "stored_events" not in tables:
            raise OutOfReach(f"{path}: is no casedrift store; name another with --store")
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    finally:
        connection.close()
    schema = row[0] if row else None
    if not isinstance(schema, int) or schema < 1:
        raise OutOfReach(f"{path}: is no casedrift store, or a damaged one; restore it, or name another with --store")
    if schema > SCHEMA:
        raise OutOfReach(
            f"{path}: made by a newer casedrift (store version {schema}, this one reads {SCHEMA}); upgrade casedrift"
        )


def _being_made(path: Path) -> bool:
    """Whether the file is an empty database in WAL mode: another process is making a store of it."""
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\x02\x02"


@contextmanager
def _connected(datastore: SQLiteDatastore) -> Iterator[SQLiteConnection]:
    """The datastore's connection; turning a new file to WAL can't wait for others by itself, so it is tried again."""
    deadline = time.monotonic() + WAIT
    while True:
        try:
            connection = datastore.pool.get_connection(is_writer=True)
            break
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
    try:
        yield connection
    finally:
        datastore.pool.put_connection(connection)
