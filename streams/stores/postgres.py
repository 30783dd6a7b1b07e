"""A store in a PostgreSQL database, for many: workers accept facts while a feed folds them and others ask.

Two locks of the database keep the order. Facts are accepted under the log's, so that what stands earlier in the log
was also committed earlier and its instant of knowledge, read from the database's own clock, is earlier too; rows are
folded under the views'. Neither outlives its transaction, nor a process that dies.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

import psycopg
from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder

from streams.errors import OutOfReach
from streams.store import CLOCK, META_OF, SET_META, VIEWS
from streams.stores.postgres_connection import OneConnection, PostgresConnection, connect
from streams.stores.postgres_faults import said, without_password
from streams.stores.postgres_locks import (
    ACCEPTS_WITHIN,
    FEED_LOCK,
    FOLDS_WITHIN,
    LEADS_WITHIN,
    LED_BY,
    LOG_LOCK,
    STATEMENTS,
    VIEWS_LOCK,
    beginning,
)
from streams.stores.postgres_tables import create, is_made, upgrade

_CHANNEL: Final = "stored_events"
"""On which the `eventsourcing` library, too, tells that something was accepted."""
_VIEWS_WAIT: Final = 20.0
"""Seconds that a question waits for the feed to have folded what was accepted before it."""
_SKEW: Final = 2_000_000
"""Microseconds by which the clock of whoever asks may be ahead of the database's; so long it is waited for."""
_GLANCE: Final = 0.02
"""Seconds between two looks at how far the feed has come."""


class PostgresStore:
    """An open store in a database. One connection, held for as long as the store is open."""

    folds_apart = True

    def __init__(self, url: str, *, create: bool = False, key_file: Path | None = None) -> None:
        """Open the store of the URL; with `create`, make its tables where there are none.

        OutOfReach where the database can't be reached, holds no store, or one of a newer version.
        """
        self.address = url
        self.name = without_password(url)
        self.key_file = key_file or Path(f"{urlsplit(url).path.strip('/')}.key")
        self._own_turn: int | None = None
        self._others = 0
        self._leads = self._listens = False
        if os.environ.get("POSTGRES_ENABLE_DB_FUNCTIONS"):
            raise OutOfReach("POSTGRES_ENABLE_DB_FUNCTIONS loses the place of the views; unset it and start again")
        with said(self.name), ExitStack() as opening:
            raw = opening.enter_context(closing(connect(url)))
            datastore = OneConnection(raw)
            self.connection = PostgresConnection(raw)
            if not is_made(self.connection):
                if not create:
                    raise OutOfReach(f"{self.name} holds no store yet; run casedrift migrate, or ingest into it first")
                self._make(datastore)
            upgrade(self.connection, self.name)
            self.tracking = PostgresTrackingRecorder(datastore, tracking_table_name="tracking")
            self._stack = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the locks that it holds are free then."""
        self._stack.close()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self.connection.in_transaction

    def said(self) -> AbstractContextManager[None]:
        """The database's errors as one line that says what to do."""
        return said(self.name)

    # --- transactions ---

    @contextmanager
    def accepting(self) -> Iterator[PostgresConnection]:
        """A transaction under the log's lock; whoever listens is told of it when it commits."""
        with self._transaction(LOG_LOCK, patience=ACCEPTS_WITHIN, heard=True) as connection:
            self._take_turn()
            yield connection

    @contextmanager
    def folding(self) -> Iterator[PostgresConnection]:
        """A transaction under the views' lock."""
        with self._transaction(VIEWS_LOCK, statements=1) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        """A transaction under both locks, the log's first, as whoever takes both does."""
        with self._transaction(LOG_LOCK, VIEWS_LOCK, heard=True) as connection:
            self._take_turn()
            yield connection

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """One unchanging view of the store; temporary tables made in it go with it."""
        with said(self.name):
            self.connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            try:
                yield self.connection
            finally:
                self._undo()

    @contextmanager
    def aside(self) -> Iterator[PostgresConnection]:
        """A transaction of temporary tables alone, which takes no lock and is kept."""
        with self._transaction() as connection:
            yield connection

    @contextmanager
    def _transaction(
        self, *locks: int, patience: int = FOLDS_WITHIN, statements: int = STATEMENTS, heard: bool = False
    ) -> Iterator[PostgresConnection]:
        """A transaction under the locks. Who holds them and is not heard of for `patience` seconds, or does not get to
        the end of a statement in so many `statements` times that, is parted from the database: a process that hangs
        stops nobody. Whoever listens is told when it commits, where it is to be `heard`."""
        connection = self.connection
        with said(self.name):
            try:
                connection.execute(beginning(locks, patience, statements * patience, _CHANNEL if heard else None))
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                self._undo()
                raise

    def _undo(self) -> None:
        """Undo what is open, if the connection still lives."""
        if not self.connection.raw.closed and self.connection.in_transaction:
            try:
                self.connection.execute("ROLLBACK")
            except psycopg.Error:
                self.connection.raw.close()  # the database undoes what was open when it finds nobody there

    def settle(self, known: int | None = None) -> None:
        """Wait until every acceptance under way has ended, and none to come is `known` by the instant."""
        while known is not None and (ahead := known - self.now() + 1) > 0:
            if ahead > _SKEW:
                raise OutOfReach(
                    f"{self.name}: this machine's clock is {ahead // 1_000_000:,} seconds ahead of the database's, so"
                    " the answer would not last; set the clocks right, and ask again"
                )
            time.sleep(ahead / 1_000_000)
        with self._transaction(LOG_LOCK, patience=ACCEPTS_WITHIN):
            pass

    def await_views(self) -> None:
        """Wait until the views have reached what the log now holds. OutOfReach where nobody keeps them up."""
        with said(self.name):
            end, deadline = self.position(), time.monotonic() + _VIEWS_WAIT
            while (behind := end - self.place()) > 0:
                if time.monotonic() > deadline:
                    raise OutOfReach(
                        f"{self.name}: {behind} facts are accepted and not yet folded, so the answer would be wrong; "
                        "check that casedrift feed runs, and ask again"
                    )
                time.sleep(_GLANCE)

    def lead(self) -> bool:
        """Whether this process is now the one feed; the lock goes with the connection."""
        if not self._leads:
            with said(self.name):
                self._leads = bool(self._asked(f"SELECT pg_try_advisory_lock({FEED_LOCK})")[0])
                if self._leads:
                    self.connection.execute(f"SET idle_session_timeout = '{LEADS_WITHIN}s'")
        return self._leads

    @property
    def session(self) -> int:
        """By which number the database knows this connection; asked of itself, for a pooler gives out others."""
        return int(self._asked("SELECT pg_backend_pid()")[0])

    def is_led_by(self, session: int) -> bool:
        """Whether the feed that keeps the views is the one of that connection, which may have been parted with."""
        return self._asked(LED_BY, session) is not None

    def wait(self, seconds: float) -> None:
        """Wait so long, or until something was accepted."""
        with said(self.name):
            if not self._listens:
                self.connection.execute(f"LISTEN {_CHANNEL}")
                self._listens = True
                return  # something may have been accepted before that
            for _ in self.connection.raw.notifies(timeout=seconds, stop_after=1):
                pass  # of all that came meanwhile one word is enough

    def now(self) -> int:
        """The database's clock (microseconds), and later than any live instant of knowledge so far."""
        (now,) = self._asked(
            "SELECT greatest((extract(epoch FROM clock_timestamp()) * 1000000)::bigint,"
            " coalesce((SELECT value::bigint FROM meta WHERE key = ?), 0) + 1)",
            CLOCK,
        )
        return int(now)

    # --- the log and what is kept beside it ---

    def place(self) -> int:
        """The position in the log that the views have reached."""
        row = self._asked("SELECT notification_id FROM tracking WHERE application_name = ?", VIEWS)
        return 0 if row is None else int(row[0])

    def reach(self, position: int) -> None:
        """Keep the place that the views have reached; in the transaction of their rows."""
        self.tracking._insert_tracking(self.connection.raw.cursor(), Tracking(VIEWS, position))

    def position(self) -> int:
        """The position of the last event in the log; 0 where it is empty."""
        return self._asked("SELECT max(notification_id) FROM stored_events")[0] or 0

    def append(self, events: Sequence[StoredEvent]) -> None:
        """Append stored events to the log by COPY, in the transaction that is open under the log's lock."""
        self.connection.copy(
            "stored_events",
            ((e.originator_id, e.originator_version, e.topic, e.state) for e in events),
            ("originator_id", "originator_version", "topic", "state"),
        )

    def meta(self, key: str) -> Any:
        """A number or text kept under a name, or None."""
        return self.meta_of([key]).get(key)

    def set_meta(self, key: str, value: int | str) -> None:
        """Keep a number or text under a name, in the transaction that is open."""
        self.connection.execute(SET_META, (key, json.dumps(value)))

    def meta_of(self, keys: Iterable[str]) -> dict[str, Any]:
        """What is kept under each of the names, where anything is; read at once."""
        with said(self.name):
            rows = self.connection.execute(META_OF, (json.dumps(list(keys)),))
            return {key: json.loads(value) for key, value in rows}

    def set_meta_of(self, values: Mapping[str, int | str]) -> None:
        """The same under several names, written at once."""
        self.connection.executemany(SET_META, [(key, json.dumps(value)) for key, value in values.items()])

    def writes_of_others(self) -> int:
        """A number that is another once another process has accepted something; under the log's lock."""
        return self._others

    def state(self) -> object:
        """A value that is another once what questions are answered from has changed."""
        with said(self.name):
            return self.position(), self.place(), self.meta("views_policy")

    def _asked(self, query: str, *parameters: str | int) -> Any:
        """The one row, if there is one; in a transaction or outside, where a lost connection is first noticed here."""
        with said(self.name):
            return self.connection.execute(query, parameters).fetchone()

    def _take_turn(self) -> None:
        """Count the transactions under the log's lock; a number that does not follow ours was another's."""
        row = self.connection.execute("UPDATE turn SET number = number + 1 RETURNING number").fetchone()
        if self._own_turn is None or row[0] != self._own_turn + 1:
            self._others += 1
        self._own_turn = row[0]

    def _make(self, datastore: PostgresDatastore) -> None:
        with self._transaction(LOG_LOCK, VIEWS_LOCK) as connection:
            if not is_made(connection):  # else another process was first
                create(connection, datastore)


@contextmanager
def reading_beside(url: str) -> Iterator[PostgresConnection]:
    """A connection of its own that only reads the database, on one unchanging view of it."""
    with said(without_password(url)), connect(url) as raw:
        connection = PostgresConnection(raw)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield connection
