"""What stands on a topic, read from its beginning; and topics for a test of its own."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from tests.kit.broker import Broker


def read_topic(broker: Broker, topic: str) -> list[Any]:
    """Every message that is there now, in the order of each partition."""
    consumer = KafkaConsumer(
        bootstrap_servers=broker.servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    try:
        partitions = [TopicPartition(topic, each) for each in sorted(consumer.partitions_for_topic(topic) or ())]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Any] = []
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for records in consumer.poll(timeout_ms=200).values():
                found += records
        return found
    finally:
        consumer.close()


def all_taken(broker: Broker, topic: str = "case-facts", group: str = "casedrift") -> bool:
    """Whether the group has committed the end of each partition."""
    consumer = KafkaConsumer(bootstrap_servers=broker.servers, group_id=group, enable_auto_commit=False)
    try:
        partitions = [TopicPartition(topic, each) for each in sorted(consumer.partitions_for_topic(topic) or ())]
        ends = consumer.end_offsets(partitions)
        return all((consumer.committed(each) or 0) >= end for each, end in ends.items())
    finally:
        consumer.close()


def told_on(broker: Broker, topic: str) -> list[dict[str, Any]]:
    """The events on a topic of ours, each once, as a consumer that drops by id holds them; in their own order."""
    events: dict[str, dict[str, Any]] = {}
    for record in read_topic(broker, topic):
        event = json.loads(record.value)
        events.setdefault(event["id"], event)
    return sorted(events.values(), key=lambda event: event.get("sequence", ""))


def places(broker: Broker, values: Collection[bytes], topic: str = "case-facts") -> list[tuple[int, int]]:
    """Where messages of these values stand: partition and offset, the first hundred."""
    wanted = set(values)
    return [(each.partition, each.offset) for each in read_topic(broker, topic) if each.value in wanted][:100]
