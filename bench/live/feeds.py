"""The feed alone: our pages, beside the library's `ProjectionRunner` that takes one event a transaction, on one log.

Both fold by the same policy into the same tables, and what they wrote is compared: there is nothing to measure where
the views differ. Announcing is no part of it: the peer has none, and ours tells nothing of a store before it is live.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import psycopg

from bench.live.cost import busy, since
from bench.live.ground import Ground, ground
from bench.live.whole import Pace, paced
from casedrift.desk import Desk
from casedrift.now import now
from casedrift.serving.feeding import Feeder
from streams.stores import open_store
from streams.telemetry.seen import Unseen

TOLD: Final = {
    "stay": "case_no, begun_by, known_from, from_day, end_day, ended_by, ending, end_known, known_to",
    "place": "case_no, begun_by, known_from, from_day, end_day, ended_by, stay, tier, plans, end_known, known_to",
    "run": "case_no, begun_by, known_from, run_id, baseline, due, measured, end_day, ended_by, met, end_known, known_to",
}
"""What of the rows must be equal: all but the numbers of texts, which each side gives as they come, and what follows."""


def our_feed(folder: Path, lines: Sequence[bytes], few: int) -> tuple[Pace, Pace]:
    """Our feed over the whole log, and the peer over as much of it as `few` lines come to."""
    with ground(folder) as live:
        accept(live.url, lines)
        ours = _fold(live, live.url)
        short = live.server.create_database()
        accept(short, lines[:few])
        copied = _copy(live, short)
        _fold(live, short)
        peer = _run(live, copied)
        differing = [table for table, columns in TOLD.items() if _rows(short, table, columns) != _rows(copied, table, columns)]
        assert not differing, f"ours and the peer's rows differ: {differing}"
        return ours, peer


def accept(url: str, lines: Sequence[bytes]) -> None:
    """Put the lines into the log as a worker does, 500 at a time, and fold nothing."""
    from streams.kafka.message import Message

    with open_store(url, create=True):
        pass
    with Desk(url, now=now) as desk:
        door = desk.door()
        for at in range(0, len(lines), 500):
            door.take_messages([Message("bench", 0, at, None, line, 0) for line in lines[at : at + 500]])


def _fold(live: Ground, url: str) -> Pace:
    with open_store(url) as store:
        feeder = Feeder(store, now, Unseen(), source="/bench", counts_seconds=1)
        parts = {"PostgreSQL": live.server.part.process.pid}
        before, cpu, begun, facts = busy(parts), time.process_time(), time.monotonic(), 0
        while folded := feeder.step():
            facts += folded
        seconds = time.monotonic() - begun
        used = since(before, busy(parts)) | {"feed": time.process_time() - cpu}
        return Pace(facts, seconds, facts / seconds, used)


def _copy(live: Ground, url: str) -> str:
    name = f"{url.rpartition('/')[2]}_copy"
    with psycopg.connect(live.server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {url.rpartition('/')[2]}".encode())
    return live.server.url(name)


def _run(live: Ground, url: str) -> Pace:
    from dataclasses import replace

    of_the_copy = replace(live, url=url, using=live.using | {"CASEDRIFT_STORE": url})
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT max(notification_id) FROM stored_events").fetchone()
        assert row
        connection.execute('CREATE TABLE rows_tracking (application_name text PRIMARY KEY, notification_id bigint)')
    begun = time.monotonic()
    with of_the_copy.program("bench.live.peer", "keep", "log") as runner:
        return paced(of_the_copy, begun, row[0], "SELECT max(notification_id) FROM rows_tracking", {"runner": runner.process.pid})


def _rows(url: str, table: str, columns: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}".encode()).fetchall()
