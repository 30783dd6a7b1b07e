"""The ground on which the live path is measured: a real broker and a real database, begun anew for each run.

They are the tests' own parts, with their settings; PostgreSQL's `fsync` is on. What differs from an authority's is the
machine, and that everything shares it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg

from bench.history import MONTHS, SEED, children_for
from casedrift.migrating import migrate
from casedrift.simulation import simulate
from domain.working_days import add_months
from streams.kafka.connecting import KafkaSettings
from streams.kafka.publishing import Publisher, key_of
from tests.kit.broker import Broker
from tests.kit.parts import Part
from tests.kit.postgres import PostgresServer
from tests.kit.program import asked, environment, running

WITHIN: Final = 300.0
"""Seconds within which any one measurement ends, or something is broken."""
_ROOT: Final = Path(__file__).parents[2]
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Ground:
    """A broker with its topics, a database with an empty store, and how the program is told of them."""

    folder: Path
    broker: Broker
    server: PostgresServer
    url: str
    using: dict[str, str]

    def publish(self, lines: Iterable[bytes]) -> None:
        """Send the lines to `case-facts`, and wait until the broker has them."""
        with Publisher(KafkaSettings(servers=(self.broker.servers,))) as publisher:
            for line in lines:
                publisher.send(key_of(line), line)

    @contextmanager
    def command(self, command: str, prelude: str = "") -> Iterator[Part]:
        """A command of ours in the background, until the end; the Python of `prelude` runs in it first."""
        with running(self.folder, command, using=self.using, prelude=prelude) as part:
            yield part

    @contextmanager
    def program(self, module: str, *arguments: str) -> Iterator[Part]:
        """A program of the bench in the background, until the end; it finds broker and store as ours do."""
        log = self.folder / f"{module.rpartition('.')[2]}-{next(_numbers)}.log"
        part = Part([sys.executable, "-m", module, *arguments], log, environment=self.using, cwd=_ROOT)
        try:
            yield part
        finally:
            part.close()

    def done(self, command: str) -> Any:
        """What a command of ours answers, once it has ended."""
        return asked(command, using=self.using, folder=self.folder)


@contextmanager
def ground(folder: Path, **settings: str | int | float) -> Iterator[Ground]:
    """A broker, a database and a store begun anew; ended at the end. `settings` are the program's, by their names."""
    with ExitStack() as stack:
        place = folder / f"live-{next(_numbers)}"
        while place.exists():
            place = folder / f"live-{next(_numbers)}"
        place.mkdir()
        broker = Broker(place)
        stack.callback(broker.close)
        server = PostgresServer()
        stack.callback(server.close)
        url = server.create_database()
        migrate(url)
        using = environment(store=url, kafka_servers=broker.servers, **settings)
        made = Ground(place, broker, server, url, using)
        made.done("topics create")
        yield made


def facts_until_now(facts: int) -> list[bytes]:
    """About so many facts of the simulated authority, recorded in the months until this one began: JSON lines."""
    first = datetime.now(ZoneInfo("Europe/London")).date().replace(day=1)
    start = date.fromordinal(add_months(first.toordinal(), -MONTHS))
    return [line.rstrip(b"\n") for line in islice(simulate(SEED, start, MONTHS, children_for(facts)), facts)]


def accepted_of(lines: Iterable[bytes]) -> int:
    """How many facts the lines come to in the log: one told twice is one, and one whose target is not there waits."""
    targets: dict[tuple[str, str], str | None] = {}
    for event in map(json.loads, lines):
        data = event["data"]
        targets.setdefault((event["source"], event["id"]), data.get("corrects") or data.get("withdraws"))
    there = {identity for identity, target in targets.items() if target is None}
    while more := {each for each, target in targets.items() if target and (each[0], target) in there} - there:
        there |= more
    return len(there)


def without_early(lines: Iterable[bytes]) -> list[bytes]:
    """The lines without those that name a fact not told before them: whoever has no place for such must refuse them."""
    there: set[str] = set()
    kept = []
    for line in lines:
        event = json.loads(line)
        target = event["data"].get("corrects") or event["data"].get("withdraws")
        if target is None or target in there:
            there.add(event["id"])
            kept.append(line)
    return kept


def one_number(url: str, query: str, named: Sequence[Any] | Mapping[str, Any] = ()) -> int:
    """The one number that a query of the database gives; 0 where it gives none."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode(), named or None).fetchone()
    return int(row[0] or 0) if row else 0
