"""From a fact to its alert: how long after it was published its alert is on `case-alerts`, at a steady pace.

The store holds a history and some thousands of open cases; the rest of the same history is published, so many facts a
second. Nearly every one of these clears a run or has one raised, far more than in life: it is the hard case.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition

from bench.live.ground import WITHIN, Ground, accepted_of, ground, one_number
from bench.live.whole import ACCEPTED, FOLDED
from domain.days import format_instant
from streams.kafka.connecting import KafkaSettings
from streams.kafka.publishing import Publisher, key_of
from streams.kafka.topics import CASE_ALERTS
from streams.log import after
from streams.stores import open_store
from tests.kit.parts import wait_until

A_SECOND: Final = 500
_TICK: Final = 0.01
"""Seconds between two handfuls of facts."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Milliseconds from the sending of a fact to the arrival of its alert."""

    facts: int
    a_second: float
    alerts: int
    open_cases: int
    p50: float
    p95: float
    p99: float
    most: float


def delays(folder: Path, lines: Sequence[bytes], live_facts: int) -> Delays:
    """Take in all but the last lines as history, and publish these."""
    with ground(folder) as live:
        history = live.folder / "history.jsonl"
        history.write_bytes(b"\n".join(lines[:-live_facts]) + b"\n")
        live.done(f"ingest {history} --backfill")
        open_cases = live.done("counts")[0]["open_cases"]
        with live.command("worker"), live.command("feed") as feed:
            wait_until(lambda: _is_quiet(live), "the opening list is sent", WITHIN)
            wait_until(lambda: "open cases are in memory" in feed.told(), "the feed is warm", WITHIN)
            return _measured(live, lines[-live_facts:], open_cases, accepted_of(lines))


def _measured(live: Ground, lines: Sequence[bytes], open_cases: int, facts: int) -> Delays:
    arrived: list[tuple[float, bytes]] = []
    stop, ready = Event(), Event()
    listener = Thread(target=_listen, args=(live.broker.servers, arrived, stop, ready), name="listener")
    listener.start()
    try:
        assert ready.wait(60)
        sent, seconds = _send(live, lines)
        wait_until(lambda: one_number(live.url, ACCEPTED) >= facts and _is_quiet(live), "all is told", WITHIN)
        before = -1
        while before != len(arrived):
            before = len(arrived)
            stop.wait(1)
    finally:
        stop.set()
        listener.join()
    took = sorted(_took(arrived, _causes(live.url, sent)))
    assert took, "no fact had an alert"
    at: Callable[[float], float] = lambda share: took[min(len(took) - 1, int(len(took) * share))]  # noqa: E731
    return Delays(len(lines), len(lines) / seconds, len(took), open_cases, at(0.5), at(0.95), at(0.99), took[-1])


def _send(live: Ground, lines: Sequence[bytes]) -> tuple[dict[str, float], float]:
    """Send the lines at the pace; when each fact was sent, by its id, the first time."""
    events = [(json.loads(line)["id"], key_of(line), line) for line in lines]
    sent: dict[str, float] = {}
    pause = Event()
    with Publisher(KafkaSettings(servers=(live.broker.servers,))) as publisher:
        begun = time.monotonic()
        for at, (fact, key, line) in enumerate(events):
            due = begun + at // (A_SECOND * _TICK) * _TICK
            if (left := due - time.monotonic()) > 0:
                pause.wait(left)
            sent.setdefault(fact, time.monotonic())
            publisher.send(key, line)
        return sent, time.monotonic() - begun


def _listen(servers: str, arrived: list[tuple[float, bytes]], stop: Event, ready: Event) -> None:
    """Note when each alert arrives, from now on."""
    consumer = KafkaConsumer(
        bootstrap_servers=servers, enable_auto_commit=False, isolation_level="read_committed", fetch_max_wait_ms=100
    )
    partitions = [TopicPartition(CASE_ALERTS, each) for each in consumer.partitions_for_topic(CASE_ALERTS) or ()]
    consumer.assign(partitions)
    consumer.seek_to_end(*partitions)
    for each in partitions:
        consumer.position(each)
    ready.set()
    while not stop.is_set():
        records: Any = consumer.poll(timeout_ms=100)
        moment = time.monotonic()
        arrived += [(moment, record.value) for some in records.values() for record in some]
    consumer.close()


def _causes(url: str, sent: dict[str, float]) -> dict[tuple[str, str], float]:
    """Of each case and each instant at which facts of it were accepted: when the first of these was sent.

    What an alert rests on (its `because`) may be much older than what raised it: where a visit is withdrawn, the run
    before it is overdue again.
    """
    first: dict[tuple[str, str], float] = {}
    with open_store(url) as store, store.reading() as connection:
        for _, event in after(connection, 0, store.position()):
            if event.id in sent:
                at = event.originator_id, format_instant(event.known_at)
                first[at] = min(sent[event.id], first.get(at, inf))
    return first


def _took(arrived: Sequence[tuple[float, bytes]], causes: dict[tuple[str, str], float]) -> list[float]:
    """Of each alert that a fact sent here raised or cleared: milliseconds since that fact was sent."""
    alerts = [(moment, json.loads(message)) for moment, message in arrived]
    return [
        (moment - causes[cause]) * 1_000
        for moment, alert in alerts
        if (cause := (alert["subject"], alert["time"])) in causes
    ]


def _is_quiet(live: Ground) -> bool:
    """Whether all that is accepted is folded, the store is live, and nothing waits to be sent."""
    return (
        one_number(live.url, FOLDED) >= one_number(live.url, ACCEPTED)
        and one_number(live.url, "SELECT count(*) FROM meta WHERE key = 'live_since'") == 1
        and one_number(live.url, "SELECT count(*) FROM outbox") == 0
    )
