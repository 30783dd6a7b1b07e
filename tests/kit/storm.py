"""A whole live path under load, on which faults are tried: a broker, a database, workers and feeds, and a sender that
never stops. When the storm is over everything must be as if there had been none.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count, islice
from pathlib import Path
from threading import Event, Thread
from typing import Final

import psycopg

from casedrift.migrating import migrate
from domain.days import parse_instant
from streams.kafka.connecting import KafkaSettings
from streams.kafka.publishing import Publisher, key_of
from streams.outbox import waiting_to_be_sent
from streams.stores.postgres import PostgresStore
from streams.told import LIVE_SINCE
from tests.kit.broker import Broker
from tests.kit.parts import Part, lasting, wait_until
from tests.kit.postgres import PostgresServer
from tests.kit.program import asked, environment, running
from tests.kit.topics import all_taken, places, told_on

QUICK: Final = {"session_seconds": 2, "heartbeat_seconds": 0.5, "request_seconds": 5, "rebalance_seconds": 3}
"""Times of a worker for tests: a member that hangs is missed sooner."""
RATE: Final = 400
"""Messages a second that the sender sends, at most."""
SETTLED: Final = 180.0
"""Seconds within which all is quiet after a storm."""


@dataclass
class Sent:
    """Everything that was sent and confirmed, in order."""

    lines: list[bytes] = field(default_factory=list)
    tried: set[bytes] = field(default_factory=set)
    """Also those of which no answer came: they may be there, or not."""


class Storm:
    """The live path of one test, and what was sent into it."""

    def __init__(self, folder: Path, broker: Broker, server: PostgresServer, **settings: str | int | float) -> None:
        self.folder = folder
        self.broker = broker
        self.server = server
        self.url = server.create_database()
        self.using = environment(store=self.url, kafka_servers=broker.servers, **(QUICK | settings))
        self.sent = Sent()
        self.chance = random.Random(f"storm {folder.name}")
        migrate(self.url)
        asked("topics create", using=self.using, folder=folder)

    # --- who works ---

    @contextmanager
    def worker(self, name: str = "w1", before: tuple[str, ...] = (), prelude: str = "") -> Iterator[Part]:
        """A worker of that name, at work or about to be."""
        using = self.using | {"CASEDRIFT_WORKER_ID": name}
        with running(self.folder, "worker", using=using, before=before, prelude=prelude) as part:
            yield part

    @contextmanager
    def feed(self) -> Iterator[Part]:
        """A feed."""
        with running(self.folder, "feed", using=self.using) as part:
            yield part

    @contextmanager
    def sending(self, lines: Iterable[bytes], *, rate: int = RATE) -> Iterator[Event]:
        """The lines sent at a steady pace in the background, until the end or until there are no more: then the event
        is set. A broker that is away is waited for: what was not confirmed is sent again."""
        stop, done = Event(), Event()
        thread = Thread(target=self._send, args=(iter(lines), rate, stop, done), name="sender")
        thread.start()
        try:
            yield done
        finally:
            stop.set()
            thread.join()

    def send(self, lines: Iterable[bytes]) -> None:
        """Send the lines as fast as it goes."""
        with self.sending(lines, rate=100_000) as done:
            wait_until(done.is_set, "everything is sent", SETTLED)

    def _send(self, lines: Iterator[bytes], rate: int, stop: Event, done: Event) -> None:
        while not stop.is_set() and (some := list(islice(lines, rate // 10))):
            self.sent.tried.update(some)
            while not self._sent(some):
                if stop.wait(0.1):
                    return
            self.sent.lines += some
            stop.wait(0.1)
        done.set()

    def _sent(self, lines: Sequence[bytes]) -> bool:
        """Whether all were confirmed; else they are sent again, as a sender that wants to lose nothing does."""
        from streams.errors import OutOfReach

        try:
            if self._publisher is None:
                self._publisher = Publisher(KafkaSettings(servers=(self.broker.servers,)))
            for line in lines:
                self._publisher.send(key_of(line), line)
            self._publisher.settle()
        except OutOfReach:
            if self._publisher is not None:
                self._publisher.__exit__(OutOfReach, None, None)
            self._publisher = None
            return False
        return True

    _publisher: Publisher | None = None

    # --- how far it has come ---

    def accepted(self) -> int:
        """The position of the last fact in the log; -1 while the database is away."""
        return self._count("SELECT coalesce(max(notification_id), 0) FROM stored_events")

    def folded(self) -> int:
        """The position that the views have reached; -1 while the database is away."""
        return self._count("SELECT coalesce(max(notification_id), 0) FROM tracking WHERE application_name = 'views'")

    def _count(self, query: str) -> int:
        try:
            with psycopg.connect(self.url, connect_timeout=2) as connection:
                row = connection.execute(query).fetchone()
        except psycopg.Error:
            return -1
        return int(row[0]) if row else -1

    def moves(self, measure: Callable[[], int], within: float = 60.0) -> None:
        """Wait until the measure has grown: work is under way."""
        start = wait_until(lambda: max(measure(), 0) + 1, "it can be looked up", within) - 1
        wait_until(lambda: measure() > start, f"{measure.__name__} grows", within)

    def any_moment(self, most: float = 0.5) -> None:
        """A random moment, up to so many seconds from now: nobody chooses when a machine dies."""
        lasting(self.chance.uniform(0, most))

    # --- when it is over ---

    def check(self) -> None:
        """All is quiet, nothing was lost or doubled, the views are those of a rebuild, and what was told is the log."""
        if self._publisher is not None:
            self._publisher.__exit__(None, None, None)
            self._publisher = None
        wait_until(lambda: all_taken(self.broker), "every message is taken and its offset committed", SETTLED)
        wait_until(self._all_told, "all is folded and told", SETTLED)
        self._check_conservation()
        proof = asked("rebuild --check", using=self.using, folder=self.folder)
        assert proof["differences"] == 0
        self._check_order()
        self._check_told()

    def _all_told(self) -> bool:
        """Whether all that was accepted is folded, and nothing waits to be sent."""
        with PostgresStore(self.url) as store:
            return store.place() == store.position() and not waiting_to_be_sent(store.connection)

    def _missing(self, store: PostgresStore) -> list[bytes]:
        """What was sent and is neither accepted nor in quarantine."""
        ask = store.connection.execute
        held = set(ask("SELECT s.source, i.id FROM inbox AS i JOIN source AS s ON s.no = i.source_no"))
        kept = {digest for (digest,) in ask("SELECT sha256 FROM quarantine")}
        return [
            line for line in set(self.sent.lines) if identity(line) not in held and sha256(line).hexdigest() not in kept
        ]

    def _check_conservation(self) -> None:
        """accepted + duplicate + refused + waiting = sent; every identity is once in the log."""
        with PostgresStore(self.url) as store:
            ask = store.connection.execute
            missing = self._missing(store)
            assert not missing, (
                f"{len(missing)} messages are nowhere: {places(self.broker, missing)}; see {self.folder}"
            )
            log = [row[0] for row in ask("SELECT convert_from(state, 'UTF8') FROM stored_events ORDER BY rowid")]
            held = ask("SELECT s.source, i.id FROM inbox AS i JOIN source AS s ON s.no = i.source_no").fetchall()
            kept = {digest for (digest,) in ask("SELECT sha256 FROM quarantine")}
        in_log = Counter((event["source"], event["id"]) for event in map(json.loads, log))
        assert max(in_log.values(), default=1) == 1, "an identity is in the log twice"
        assert set(in_log) == set(held)
        sent = Counter(self.sent.lines)
        refused = [line for line in sent if sha256(line).hexdigest() in kept and identity(line) not in in_log]
        others = {identity(line) for line in sent if line not in set(refused)}
        assert set(in_log) <= {identity(line) for line in self.sent.tried}, "nothing is in the log that was not sent"
        accepted = len(in_log)
        not_first = sum(sent.values()) - accepted - len(refused)
        assert not_first >= 0
        assert others <= set(in_log)

    def _check_order(self) -> None:
        """Each case's facts became known in their order, and no later one before an earlier of another case."""
        with PostgresStore(self.url) as store:
            rows = store.connection.execute(
                "SELECT originator_id, originator_version, convert_from(state, 'UTF8')"
                " FROM stored_events ORDER BY rowid"
            ).fetchall()
        known = [json.loads(state)["known_at"] for _, _, state in rows]
        assert known == sorted(known)
        versions: dict[str, int] = {}
        for case, version, _ in rows:
            assert version == versions.get(case, 0) + 1
            versions[case] = version

    def _check_told(self) -> None:
        """What was told of alerts is the opening list and then exactly the log, each change once, in order."""
        with PostgresStore(self.url) as store:
            since = store.meta(LIVE_SINCE)
        lines = asked("alerts", using=self.using, folder=self.folder)
        lines = lines if isinstance(lines, list) else [lines]
        raised: dict[str, bool] = {}
        for line in lines:
            if parse_instant(line["state_at"]) <= since:
                raised[line["run"]] = line["state"] == "raised"
        told = [event["data"] for event in told_on(self.broker, "case-alerts")]
        opening = [each for each in told if each["opening"]]
        assert {each["run"] for each in opening} == {run for run, is_raised in raised.items() if is_raised}
        after = [line | {"opening": False} for line in lines if parse_instant(line["state_at"]) > since]
        assert told[len(opening) :] == after


def identity(line: bytes) -> tuple[str, str] | None:
    """The identity that a line of ours has; None for one that is no fact."""
    try:
        event = json.loads(line)
        return event["source"], event["id"]
    except (ValueError, KeyError, TypeError):
        return None


@contextmanager
def storm(folder: Path, **settings: str | int | float) -> Iterator[Storm]:
    """A live path with a broker and a server of its own, which may be killed."""
    with ExitStack() as stack:
        broker = Broker(folder)
        stack.callback(broker.close)
        server = PostgresServer()
        stack.callback(server.close)
        yield Storm(folder, broker, server, **settings)


def without_end(lines: Sequence[bytes]) -> Iterator[bytes]:
    """The lines, and then again and again as another case system would tell them of other children."""
    yield from lines
    for again in count(1):
        for line in lines:
            event = json.loads(line)
            event["subject"] = f"{again}-{event['subject']}"
            event["source"] = f"{event['source']}/{again}"
            yield json.dumps(event).encode()
