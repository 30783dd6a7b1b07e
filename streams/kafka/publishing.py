"""Facts on their way to Kafka: each under the key of its case, so that a case's facts keep their order.

A line that can't be read goes too, without a key, so that the worker keeps it in quarantine with the others. Nothing
counts as published before the broker has said so.
"""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import Any, Final, Self

from pydantic_core import from_json

from streams.kafka.connecting import KafkaSettings
from streams.kafka.library import errors, give_up, kafka, reached
from streams.kafka.topics import CASE_FACTS, LONGEST_MESSAGE

_UNDER_WAY: Final = 20_000
"""Messages sent and not yet confirmed, at most; and so many bytes of them, for the library itself has no bound."""
_BYTES_UNDER_WAY: Final = 32 * 1024 * 1024
AROUND: Final = 256
"""Bytes that Kafka puts around a message, and more."""
DELIVERED_WITHIN: Final = 30
"""Seconds for a message to be confirmed: a broker that is started anew is back within them, one that is away is said to
be out of reach."""


def key_of(line: bytes) -> bytes | None:
    """The reference of the case of which the line tells; None where it tells of none."""
    try:
        event = from_json(line)
    except ValueError:
        return None
    subject = event.get("subject") if isinstance(event, dict) else None
    return subject.encode() if isinstance(subject, str) and 1 <= len(subject) <= 64 else None


class Publisher:
    """A sender of messages to one topic. Each method: OutOfReach or WrongInput where the broker can't take them.

    `published` counts those that the broker has confirmed to have, in all their copies.
    """

    def __init__(self, settings: KafkaSettings, topic: str = CASE_FACTS, *, within: float = DELIVERED_WITHIN) -> None:
        """Reach the broker; it has so many seconds to confirm a message. WrongInput where it has no such topic."""
        self._settings = settings
        self._topic = topic
        self._within = within
        self._under_way: deque[tuple[Any, int]] = deque()
        self._bytes = 0
        self.published = 0
        with reached(settings, topic):
            self.longest = longest_message(settings, topic)
            self._producer = kafka.KafkaProducer(
                **settings.for_kafka_python() | {"request_timeout_ms": min(10_000, int(within * 500))},
                acks="all",
                enable_idempotence=True,
                delivery_timeout_ms=int(within * 1_000),
                max_block_ms=int(within * 1_000),
                linger_ms=20,
                batch_size=64 * 1024,
                max_request_size=2 * LONGEST_MESSAGE,
                allow_auto_create_topics=False,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        """End it. After an error what is still under way is given up; what was confirmed meanwhile is counted."""
        if kind is None:
            self.settle()
        give_up(self._producer)  # nothing is under way any more, but after an error
        self.published += sum(future.succeeded() for future, _ in self._under_way)
        self._under_way.clear()

    def fits(self, value: bytes) -> bool:
        """Whether the topic takes a message as long as this."""
        return len(value) + AROUND <= self.longest

    def send(self, key: bytes | None, value: bytes) -> None:
        """Send one message; where too many are under way, wait for the oldest of them."""
        with reached(self._settings, self._topic):
            self._under_way.append((self._producer.send(self._topic, value, key), len(value)))
            self._bytes += len(value)
            while self._under_way[0][0].is_done or self._too_many():
                self._confirm_oldest()
                if not self._under_way:
                    return

    def settle(self) -> None:
        """Wait until the broker has confirmed every message."""
        with reached(self._settings, self._topic):
            while self._under_way:
                self._confirm_oldest()

    def _too_many(self) -> bool:
        return len(self._under_way) > _UNDER_WAY or self._bytes > _BYTES_UNDER_WAY

    def _confirm_oldest(self) -> None:
        future, size = self._under_way[0]
        future.get(timeout=2 * self._within)
        self._under_way.popleft()
        self._bytes -= size
        self.published += 1


def longest_message(settings: KafkaSettings, topic: str) -> int:
    """Bytes that the topic takes at once; where we may not ask, as we make it ourselves."""
    admin = kafka.KafkaAdminClient(**settings.for_kafka_python())
    try:
        (found,) = admin.describe_topics([topic])
        fault = errors.for_code(found["error_code"])
        if fault is not errors.NoError:
            raise fault()
        asked = kafka.admin.ConfigResource("TOPIC", topic, {"max.message.bytes": None})
        described = admin.describe_configs([asked], config_filter="all").get("topic", {}).get(topic, {})
        return int(described.get("max.message.bytes", {}).get("value") or LONGEST_MESSAGE)
    finally:
        admin.close()
