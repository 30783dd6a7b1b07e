"""The topic of facts read again: from the broker's offsets at an instant, up to its ends as they are when we start.

No group of workers is touched. What the broker has let go of since the instant can't be read; that is said.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final, Self

from streams.errors import OutOfReach
from streams.kafka.connecting import KafkaSettings
from streams.kafka.library import errors, kafka, reached
from streams.kafka.message import Message
from streams.kafka.topics import CASE_FACTS

_AT_ONCE: Final = 5_000
"""Messages in a page, at most."""
_SILENT_FOR: Final = 30
"""Seconds without a message, though there must be more, after which the broker counts as out of reach."""


class ReadingBack:
    """The messages that the broker was given from the instant on (microseconds since 1970), all partitions.

    OutOfReach, or WrongInput where it has no such topic. `total` is how many offsets there are to pass;
    `incomplete` whether the broker may have let go of messages given to it since the instant.
    """

    def __init__(self, settings: KafkaSettings, since: int, topic: str = CASE_FACTS) -> None:
        self._settings = settings
        self._topic = topic
        with reached(settings, topic):
            self._consumer = kafka.KafkaConsumer(
                **settings.for_kafka_python(),
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="none",
                isolation_level="read_committed",
                allow_auto_create_topics=False,
                max_poll_records=_AT_ONCE,
            )
            try:
                self._begin(since // 1_000)
            except BaseException:
                self._consumer.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._consumer.close()

    def pages(self) -> Iterator[list[Message]]:
        """The messages, some at a time; each partition's in its order."""
        with reached(self._settings, self._topic):
            heard = time.monotonic()
            while self._left():
                records = self._polled()
                page = [_message(record) for some in records.values() for record in some if self._is_ours(record)]
                if page:
                    yield page
                if records:
                    heard = time.monotonic()
                elif time.monotonic() - heard > _SILENT_FOR:
                    raise OutOfReach(
                        f"Kafka at {self._settings.named} says nothing any more; what was read until then is in the"
                        " store; run this again when it is back"
                    )

    def _begin(self, since: int) -> None:
        """Assign every partition and go to its place of the instant (milliseconds)."""
        numbers = self._consumer.partitions_for_topic(self._topic)
        if not numbers:
            raise errors.UnknownTopicOrPartitionError()
        partitions = [kafka.TopicPartition(self._topic, number) for number in sorted(numbers)]
        self._consumer.assign(partitions)
        first = self._consumer.beginning_offsets(partitions)
        self._ends: dict[Any, int] = self._consumer.end_offsets(partitions)
        found = self._consumer.offsets_for_times(dict.fromkeys(partitions, since))
        self.incomplete = False
        self.total = 0
        for partition in partitions:
            at = found.get(partition)
            start = self._ends[partition] if at is None else max(at.offset, first[partition])
            # the first message that is left is one of those asked for, so there may have been others before it
            self.incomplete |= 0 < first[partition] == start
            self._consumer.seek(partition, start)
            self.total += max(0, self._ends[partition] - start)

    def _polled(self) -> dict[Any, list[Any]]:
        try:
            polled: dict[Any, list[Any]] = self._consumer.poll(timeout_ms=1_000)
        except errors.OffsetOutOfRangeError:  # let go of while we read
            self.incomplete = True
            first = self._consumer.beginning_offsets(list(self._left()))
            for partition, offset in first.items():
                self._consumer.seek(partition, max(offset, self._consumer.position(partition)))
            return {}
        return polled

    def _left(self) -> set[Any]:
        """The partitions that are not read to their ends; the others are read no further."""
        left = {each for each, end in self._ends.items() if self._consumer.position(each) < end}
        done = self._ends.keys() - left - self._consumer.paused()
        if done:
            self._consumer.pause(*done)
        return left

    def _is_ours(self, record: Any) -> bool:
        return bool(record.offset < self._ends[kafka.TopicPartition(record.topic, record.partition)])


def _message(record: Any) -> Message:
    return Message(record.topic, record.partition, record.offset, record.key, record.value, record.timestamp)
