"""A worker's surroundings for a test: empty topics, a store, a group of its own, and what can be seen of them."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import kafka

from casedrift.desk import Desk
from casedrift.migrating import migrate
from casedrift.now import now
from streams.kafka.connecting import KafkaSettings
from streams.kafka.publishing import Publisher, key_of
from streams.kafka.topics import CASE_FACTS
from tests.kit.broker import Broker
from tests.kit.parts import Part, free_ports
from tests.kit.program import environment, running
from tests.kit.storm import QUICK
from tests.live.on_kafka import with_topics

_numbers = count(1)


@dataclass(frozen=True)
class Surroundings:
    """One store and one group on a broker whose topics were empty."""

    folder: Path
    broker: Broker
    url: str
    group: str
    port: int
    """Where the worker gives its figures."""

    def using(self, **settings: str | int | float) -> dict[str, str]:
        """The environment of a worker."""
        return environment(
            store=self.url,
            kafka_servers=self.broker.servers,
            worker_group=self.group,
            worker_id="w1",
            metrics_port=self.port,
            **QUICK,
            **settings,
        )

    @contextmanager
    def worker(self, command: str = "worker", **settings: str | int | float) -> Iterator[Part]:
        """A worker, which is ended at the end."""
        with running(self.folder, command, using=self.using(**settings)) as part:
            yield part

    def send(self, lines: Iterable[bytes]) -> None:
        """The lines on the topic of facts, each under its case."""
        with Publisher(KafkaSettings(servers=(self.broker.servers,))) as publisher:
            for line in lines:
                publisher.send(key_of(line), line)
            publisher.settle()

    def committed(self) -> int:
        """How many messages the group has told the broker to be done with."""
        return sum(offset for offset, _ in self._offsets())

    def is_all_committed(self) -> bool:
        """Whether the group has told the broker that it is done with all that there is."""
        return all(offset == end for offset, end in self._offsets())

    def _offsets(self) -> list[tuple[int, int]]:
        """Of each partition the group's offset, and the end."""
        consumer = kafka.KafkaConsumer(
            bootstrap_servers=self.broker.servers, group_id=self.group, enable_auto_commit=False
        )
        try:
            partitions = [kafka.TopicPartition(CASE_FACTS, each) for each in consumer.partitions_for_topic(CASE_FACTS)]
            ends = consumer.end_offsets(partitions)
            return [(consumer.committed(each) or 0, end) for each, end in ends.items()]
        finally:
            consumer.close()

    def facts(self) -> int:
        """How many facts are in the log."""
        with Desk(self.url, now=now) as desk:
            return desk.store.position()

    def figure(self, name: str) -> float:
        """A figure of the worker; 0 while it gives none."""
        return figure(self.port, name)

    def is_ready(self) -> bool:
        """Whether the worker says that it is."""
        answer = _page(self.port, "readyz")
        return bool(answer) and bool(json.loads(answer)["ready"])


def figure(port: int, name: str) -> float:
    """A figure of the process that gives them on that port; 0 while it gives none."""
    for line in _page(port, "metrics").splitlines():
        if line.startswith(f"{name} "):
            return float(line.split()[1])
    return 0.0


def _page(port: int, name: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def surroundings(folder: Path, broker: Broker, url: str) -> Surroundings:
    """Empty topics, and the store of that name made."""
    with_topics(broker)
    migrate(url)
    return Surroundings(folder, broker, url, f"group-{next(_numbers)}-{folder.name}"[:100], free_ports(1)[0])
