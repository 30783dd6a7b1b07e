"""From JSON lines to an answered count, as a service would do it, beside the bare log that lies beneath it.

The peer is the `eventsourcing` library's own `insert_events`, 500 events a call, of the very events that the
store came to hold: the same bytes to the same kind of file, with nothing read, checked, folded or answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from bench.history import peak_megabytes
from casedrift.desk import Desk
from casedrift.lines import batches
from casedrift.now import now
from domain.days import london_day

EVENTS_A_CALL = 500
FULL = 2
"""SQLite's `synchronous`: every commit reaches the disk."""


@dataclass(frozen=True)
class Taken:
    """What it took to take facts in. `busy` is processor seconds, `megabytes` the most memory that the process held."""

    facts: int
    open_cases: int
    seconds: float
    busy: float
    megabytes: float

    @property
    def a_second(self) -> float:
        """Facts a second of the clock on the wall."""
        return self.facts / self.seconds

    @property
    def a_busy_second(self) -> float:
        """Facts a second of a processor: other work on the machine, and waiting for the disk, are not in it."""
        return self.facts / self.busy


def take_in(lines: Path, store: Path, *, whole: bool = True) -> Taken:
    """Take a file of JSON lines into a new store, under the policy that ships, and ask how many cases are open.

    Where the file is the `whole` history, nothing may be left waiting.
    """
    begun, idle = perf_counter(), process_time()
    with Desk(str(store), create=True, now=now) as desk:
        tally = desk.ingest_lines(batches([str(lines)], _unwatched), backfill=True, progress=_unwatched)
        known = _last_known(desk)
        (counted,) = desk.counts(london_day(known), known)
        seconds, busy = perf_counter() - begun, process_time() - idle
        _check_full(desk.store.connection.execute("PRAGMA synchronous").fetchone()[0])
    missing = tally.refused + (tally.waiting if whole else 0)
    assert not missing, f"the simulated history was not taken in whole: {tally}"
    return Taken(tally.read, counted["open_cases"], seconds, busy, peak_megabytes())


def insert_raw(store: Path, raw: Path) -> Taken:
    """Insert the store's events into a bare log of the library, in the order in which they were accepted."""
    events = events_in(store)
    datastore = SQLiteDatastore(str(raw), pool_size=1, originator_id_type="text")
    recorder = SQLiteApplicationRecorder(datastore)
    recorder.create_table()
    connection = datastore.pool.get_connection(is_writer=True)
    connection.cursor().sqlite_cursor.connection.execute(f"PRAGMA synchronous = {FULL}")
    datastore.pool.put_connection(connection)
    begun, idle = perf_counter(), process_time()
    for at in range(0, len(events), EVENTS_A_CALL):
        recorder.insert_events(events[at : at + EVENTS_A_CALL])
    seconds, busy = perf_counter() - begun, process_time() - idle
    connection = datastore.pool.get_connection(is_writer=True)
    _check_full(connection.cursor().sqlite_cursor.connection.execute("PRAGMA synchronous").fetchone()[0])
    datastore.pool.put_connection(connection)
    assert recorder.max_notification_id() == len(events)
    datastore.close()
    return Taken(len(events), 0, seconds, busy, peak_megabytes())


def events_in(store: Path) -> Sequence[StoredEvent]:
    """Every stored event of the store, in order of acceptance."""
    with Desk(str(store), now=now) as desk, desk.store.reading() as connection:
        rows = connection.execute(
            "SELECT originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid"
        )
        return [StoredEvent(*row) for row in rows]


def _last_known(desk: Desk) -> int:
    with desk.store.reading() as connection:
        return int(connection.execute("SELECT max(known_at) FROM cases").fetchone()[0])


def _check_full(synchronous: int) -> None:
    assert synchronous == FULL, "commits do not reach the disk: the comparison would be of nothing"


def _unwatched(_done: int) -> None:
    """Progress that nobody watches."""
