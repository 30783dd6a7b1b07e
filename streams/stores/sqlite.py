"""A store in one SQLite file, for one machine: nothing to install, nothing to start.

It is opened, checked and made here, and nowhere else. Writers take turns: each transaction begins by taking
the store's one lock, and waits for whoever holds it. Readers never wait long and never block.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote

from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteDatastore,
    SQLiteTrackingRecorder,
)

from projections.connection import Connection
from streams.errors import OutOfReach
from streams.store import META_OF, SET_META, VIEWS, WAIT
from streams.store_faults import said
from streams.stores.sqlite_file import check, check_folder
from streams.stores.tables import META, SCHEMA, UPGRADES, tables

_A_LITTLE: Final = 250
"""Milliseconds to wait for the lock without looking up."""
_SETTINGS: Final = (
    "synchronous = FULL",  # a commit that was answered is on the disk
    "cache_size = -65536",  # 64 MiB: a batch touches more pages than the default 2 MiB holds
    "wal_autocheckpoint = 64000",  # 256 MiB: in a great store a page written by many batches is moved once
    "temp_store = MEMORY",
)


class SQLiteStore:
    """An open store in a file. One connection, held for as long as the store is open."""

    folds_apart = False

    def __init__(self, path: Path, *, create: bool = False, key_file: Path | None = None) -> None:
        """Open the store at the path; with `create`, make it where there is none.

        OutOfReach where it can't be opened, is no store, or is of a newer version.
        """
        self.path = path
        self.name = self.address = str(path)
        self.key_file = key_file or path.with_name(path.name + ".key")
        with said(path), ExitStack() as opening:
            if not path.exists():
                if not create:
                    raise OutOfReach(f"there is no store at {path}; name one with --store, or ingest into it first")
                check_folder(path)
            elif path.stat().st_size:
                check(path)
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

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self.connection.in_transaction

    def said(self) -> AbstractContextManager[None]:
        """The database's errors as one line that says what to do."""
        return said(self.path)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the store's lock from its beginning; commits, or undoes everything."""
        with said(self.path):
            self._take_the_lock()
            with self._kept_whole():
                yield self.connection

    accepting = folding = writing
    """A file has one lock for whoever writes to it, whatever."""

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

    @contextmanager
    def aside(self) -> Iterator[sqlite3.Connection]:
        """A transaction of temporary tables alone, which takes no lock and is kept."""
        with said(self.path):
            self.connection.execute("BEGIN")
            with self._kept_whole():
                yield self.connection

    @contextmanager
    def _kept_whole(self) -> Iterator[None]:
        """What is done in the transaction that is open is committed at the end, or all of it undone."""
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def settle(self, known: int | None = None) -> None:  # noqa: ARG002 - a file has one machine's clock
        """Wait until every transaction under way has ended, so that what it took on before now is seen.

        An answer "as known now" is then final: whoever writes next takes a later instant of knowledge.
        """
        with self.writing():
            pass

    def await_views(self) -> None:
        """The views of a file are kept up by whoever takes facts in: they have reached what the log holds."""

    def lead(self) -> bool:
        """Any process may fold: each takes up what the others did."""
        return True

    session = 0

    def is_led_by(self, session: int) -> bool:  # noqa: ARG002
        """Likewise."""
        return True

    def wait(self, seconds: float) -> None:
        """Wait so long, or until another process has written."""
        before, deadline = self.state(), time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and self.state() == before:
            time.sleep(min(_A_LITTLE / 1_000, left))

    def now(self) -> None:
        """A file has no clock: whoever writes brings one."""

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

    def append(self, events: Sequence[StoredEvent]) -> None:
        """Append stored events to the log, in the transaction that is open."""
        self.events._insert_events(self._lease.cursor(), events)

    def writes_of_others(self) -> int:
        """A number that is another once another process has committed something."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def state(self) -> int:
        """A number that is another once another process has written to the store."""
        with said(self.path):
            return self.writes_of_others()

    def meta(self, key: str) -> Any:
        """A value kept under a name, or None."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def set_meta(self, key: str, value: int | str) -> None:
        """Keep a value under a name, in the transaction that is open."""
        self.connection.execute(SET_META, (key, value))

    def meta_of(self, keys: Iterable[str]) -> dict[str, Any]:
        """What is kept under each of the names, where anything is."""
        return dict(self.connection.execute(META_OF, (json.dumps(list(keys)),)))

    def set_meta_of(self, values: Mapping[str, int | str]) -> None:
        """The same under several names."""
        self.connection.executemany(SET_META, values.items())

    def _is_made(self) -> bool:
        return bool(self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone())

    def _upgrade(self) -> None:
        """Bring an older store's tables to this version, in one transaction."""
        if self.meta("schema") == SCHEMA:
            return
        with self.writing() as connection:
            for version in range(self.meta("schema"), SCHEMA):  # read again: another process may have been first
                for statement in UPGRADES[version]:
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
            for statement in (META, *tables()):
                connection.execute(statement)
            self.set_meta("schema", SCHEMA)


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


@contextmanager
def reading_beside(path: Path) -> Iterator[Connection]:
    """A connection of its own that only reads the file, on one unchanging view of it."""
    uri = f"file://{quote(str(path.absolute()))}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=WAIT)) as connection:
        connection.execute(f"PRAGMA mmap_size = {1 << 40}")  # pages are not copied: a third less for reading facts
        connection.execute("BEGIN")
        yield connection
