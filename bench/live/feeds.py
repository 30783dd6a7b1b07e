"""The feed alone: our pages, beside the library's `ProjectionRunner` that takes one event a transaction, on one log.

Both fold by the same policy into the same tables, and what they wrote is compared: there is nothing to measure where
the views differ. Announcing is no part of it: the peer has none, and ours tells nothing of a store before it is live.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psycopg

from bench.live.cost import busy, since
from bench.live.ground import Ground, ground
from bench.live.whole import Pace, paced
from casedrift.now import now
from casedrift.serving.feeding import Feeder
from streams.cloudevents import read_lines
from streams.intake import Intake
from streams.store import Store
from streams.stores import open_store
from streams.telemetry.seen import Unseen

_AT_ONCE: Final = 500
TOLD: Final = {
    "stay": "case_no, begun_by, known_from, from_day, end_day, ended_by, ending, end_known, known_to",
    "place": "case_no, begun_by, known_from, from_day, end_day, ended_by, stay, tier, plans, end_known, known_to",
    "run": "case_no, begun_by, known_from, run_id, baseline, due, measured, end_day, ended_by, end_known, known_to",
}
"""What of the rows must be equal: all but the numbers of texts, which each side gives as they come."""


def both_feeds(folder: Path, lines: Sequence[bytes], few: int) -> tuple[Pace, Pace]:
    """Our feed over the log of all the lines; and the peer over the log of the first few, which ours folds too."""
    with ground(folder) as live:
        ours, _ = _fold(live, live.url, lines, live.url)
        short = live.server.create_database()
        _, copied = _fold(live, short, lines[:few], f"{short}_copy")
        peer = _run(live, copied)
        differing = [table for table, told in TOLD.items() if _rows(short, table, told) != _rows(copied, table, told)]
        assert not differing, f"ours and the peer's rows differ: {differing}"
        return ours, peer


def _fold(live: Ground, url: str, lines: Sequence[bytes], copy: str) -> tuple[Pace, str]:
    """Accept the lines, each known from when it was recorded, as a history is loaded; copy the log; then fold it."""
    with open_store(url, create=True) as store:
        Feeder(store, now, Unseen(), source="/bench", counts_seconds=1)
        _accept(store, lines)
    if copy != url:
        _copy(live, url, copy)
    with open_store(url) as store:
        feeder = Feeder(store, now, Unseen(), source="/bench", counts_seconds=1)
        parts = {"PostgreSQL": live.server.part.process.pid}
        before, cpu, begun, facts = busy(parts), time.process_time(), time.monotonic(), 0
        while folded := feeder.step():
            facts += folded
        seconds = time.monotonic() - begun
        assert facts == store.position() == store.place(), "the feed has not folded the log, or not by itself"
        used = since(before, busy(parts)) | {"feed": time.process_time() - cpu}
        return Pace(facts, seconds, facts / seconds, used), copy


def _accept(store: Store, lines: Sequence[bytes]) -> None:
    intake = Intake(store, now)
    for at in range(0, len(lines), _AT_ONCE):
        arrived = read_lines(lines[at : at + _AT_ONCE])
        with store.accepting():
            intake.take(arrived, backfill=True)


def _copy(live: Ground, url: str, copy: str) -> None:
    """Another database like it, while nobody uses it."""
    named = [each.rpartition("/")[2] for each in (copy, url)]
    with psycopg.connect(live.server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE {} TEMPLATE {}".format(*named).encode())


def _run(live: Ground, url: str) -> Pace:
    """The library's runner over the log of the store, in a process of its own, at its steady pace."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT max(notification_id) FROM stored_events").fetchone()
        connection.execute("CREATE TABLE rows_tracking (application_name text PRIMARY KEY, notification_id bigint)")
    assert row is not None
    peers = replace(live, url=url, using=live.using | {"CASEDRIFT_STORE": url})
    begun = time.monotonic()
    with peers.program("bench.live.peer", "keep", "log") as runner:
        return paced(peers, begun, row[0], "SELECT max(notification_id) FROM rows_tracking", {"runner": runner})


def _rows(url: str, table: str, columns: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}".encode()).fetchall()
