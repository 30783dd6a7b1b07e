"""Where a worker is in each of its partitions, and whether the topic will soon let go of what it has not yet taken.

A topic keeps facts for some weeks. A worker that falls behind by more would never see them; so its place is compared
with the topic's first offset, long before the one reaches the other. Where it comes to that all the same, it is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streams.kafka.message import Message
from streams.kafka.topics import CASE_FACTS
from streams.telemetry.health import Health
from streams.telemetry.logs import Log
from streams.telemetry.seen import Span, WorkerSeen


class Places:
    """The places of one worker."""

    def __init__(self, log: Log, seen: WorkerSeen, health: Health) -> None:
        self._log = log
        self._health = health
        self._seen = seen
        self._next: dict[int, int] = {}
        """Of each partition the offset of the first message that is not in the store."""
        self._taken: dict[int, int] = {}
        """The same, of those from which something was taken."""
        self._first: dict[int, int] = {}
        """The first offset that each still held when we last looked."""
        self._missed: dict[int, int] = {}
        """Up to where it was told of each that messages went before they were taken."""

    def assigned(self, partitions: set[int]) -> None:
        """These are this worker's now; where it is in them is seen with the first message of each."""
        self._next.clear()
        self._taken.clear()
        self._seen.assigned(len(partitions))
        self._health.up("partitions")
        self._log.info("partitions assigned", partitions=len(partitions))

    def revoked(self) -> None:
        """The group shares its partitions out anew."""
        self._health.down("partitions", "they are being shared out")

    def in_hand(self, batch: Sequence[Message]) -> None:
        """The batch is about to be taken."""
        for message in batch:
            self._next.setdefault(message.partition, message.offset)

    def taken(self, batch: Sequence[Message]) -> None:
        """The batch is in the store."""
        for message in batch:
            place, first = self._next.get(message.partition, message.offset), self._first.get(message.partition, 0)
            if place < min(first, message.offset):
                self._miss(message.partition, place, min(first, message.offset))
            self._next[message.partition] = self._taken[message.partition] = message.offset + 1

    def let_go(self, partition: Any, place: int, first: int) -> None:
        """The broker has the group at this place, and holds nothing of the partition before `first`."""
        if partition.topic == CASE_FACTS:
            self._miss(partition.partition, place, first)

    def _miss(self, partition: int, place: int, first: int) -> None:
        messages = first - max(place, self._missed.get(partition, 0))
        if messages > 0:
            self._missed[partition] = first
            self._seen.missed(messages)
            self._log.error(
                "the topic let go of messages before they were taken; publish them again from their source",
                partition=partition, offset=place, oldest_offset=first, messages=messages,
            )  # fmt: skip

    def told(self, committed: Mapping[Any, int]) -> None:
        """The broker was told that we are so far: `committed` are offsets by Faust's partitions."""
        self._seen.offsets(
            dict(self._taken), {each.partition: at for each, at in committed.items() if each.partition in self._taken}
        )

    async def look(self, consumer: Any) -> None:
        """Ask the broker what the partitions hold, and tell how much of it lies behind us.

        Raises what Faust does where the broker is away.
        """
        partitions = {each for each in consumer.assignment() if each.topic == CASE_FACTS}
        if not partitions:
            self._seen.spans({})
            return
        first = await consumer.earliest_offsets(*partitions)
        end = await consumer.highwaters(*partitions)
        self._first = {each.partition: offset for each, offset in first.items()}
        self._seen.spans(
            {each.partition: Span(first[each], end[each], await self._place(consumer, each)) for each in partitions}
        )

    async def _place(self, consumer: Any, partition: Any) -> int:
        """Our place; of a partition from which nothing came yet, where it would begin."""
        number = partition.partition
        return self._next[number] if number in self._next else await consumer.position(partition)
