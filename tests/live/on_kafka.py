"""A broker's topics as a test finds them: none to begin with, made as the program makes them, looked into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import kafka
from kafka.errors import NoError, UnknownTopicOrPartitionError, for_code

from streams.kafka.connecting import KafkaSettings
from streams.kafka.making_topics import make_topics
from streams.kafka.topics import CASE_FACTS, Topics
from tests.kit.broker import Broker
from tests.kit.parts import wait_until

TOPICS = [plan.name for plan in Topics()]


@contextmanager
def administering(broker: Broker) -> Iterator[Any]:
    """A client that may do anything."""
    admin = kafka.KafkaAdminClient(bootstrap_servers=broker.servers)
    try:
        yield admin
    finally:
        admin.close()


def without_topics(broker: Broker) -> None:
    """Take the program's topics away."""
    with administering(broker) as admin:

        def gone() -> bool:
            faults = {each["name"]: for_code(each["error_code"]) for each in admin.describe_topics(TOPICS)}
            there = [name for name, fault in faults.items() if fault is NoError]
            if there:
                admin.delete_topics(there, raise_errors=False)
            return set(faults.values()) == {UnknownTopicOrPartitionError}

        wait_until(gone, "the topics are gone")


def with_topics(broker: Broker, topics: Topics | None = None) -> KafkaSettings:
    """Empty topics, as the program makes them; how they are reached."""
    without_topics(broker)
    settings = KafkaSettings(servers=(broker.servers,))
    make_topics(settings, list(topics or Topics()), force=False)
    return settings


def everything_on(broker: Broker, topic: str = CASE_FACTS) -> list[Any]:
    """All messages of a topic, partition by partition, each in its order."""
    consumer = kafka.KafkaConsumer(
        bootstrap_servers=broker.servers, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        partitions = [kafka.TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Any] = []

        def read() -> bool:
            found.extend(record for some in consumer.poll(timeout_ms=100).values() for record in some)
            return all(consumer.position(each) >= ends[each] for each in partitions)

        wait_until(read, f"{topic} is read to its end")
    finally:
        consumer.close()
    return sorted(found, key=lambda record: (record.partition, record.offset))


def values_by_key(messages: Sequence[Any]) -> dict[bytes | None, list[bytes]]:
    """The messages of each key in their order."""
    by_key: dict[bytes | None, list[bytes]] = {}
    for message in messages:
        by_key.setdefault(message.key, []).append(message.value)
    return by_key
