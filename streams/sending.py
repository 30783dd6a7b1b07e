"""What waits in the outbox on its way to the broker: sent in order, and let go once the broker has it.

A message that the broker will never take, because it is too long, is let go too, and the log says so: at the head of
the outbox it would hold up all news for good. What it told of is in the store.

A sender that is killed between the two sends some of it again, with the same ids; whoever listens drops by id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from streams.kafka.connecting import KafkaSettings
from streams.kafka.library import give_up, kafka, reached
from streams.kafka.publishing import AROUND, longest_message
from streams.kafka.topics import LONGEST_MESSAGE
from streams.outbox import Sent, let_go, oldest
from streams.store import Store
from streams.telemetry.logs import log

_AT_ONCE: Final = 500
"""Messages sent together."""
_ANSWER: Final = 15
"""Seconds for the broker to confirm a message."""
_LONGEST: Final = 2 * LONGEST_MESSAGE
"""Bytes of a message that are sent at all."""


class KafkaSender:
    """Sends messages to their topics by their keys; each has been confirmed by the broker in all its copies, or
    OutOfReach was raised."""

    def __init__(self, settings: KafkaSettings) -> None:
        """Reach the broker."""
        self._settings = settings
        self._longest: dict[str, int] = {}
        with reached(settings):
            self._producer = kafka.KafkaProducer(
                **settings.for_kafka_python(),
                acks="all",
                enable_idempotence=True,
                delivery_timeout_ms=_ANSWER * 1_000,
                max_block_ms=_ANSWER * 1_000,
                linger_ms=0,
                max_request_size=_LONGEST,
                allow_auto_create_topics=False,
            )

    def send(self, topic: str, messages: Sequence[Sent]) -> list[Sent]:
        """Send them to the topic in order, and wait until the broker has them all, but those that are too long for it,
        which are given back. They are known beforehand: the library goes on with nothing once the broker refuses one.
        """
        with reached(self._settings, topic):
            if not all(map(self._fits, messages)):  # by what was asked before; it may be more by now
                self._longest[topic] = min(longest_message(self._settings, topic), _LONGEST)
            too_long = [sent for sent in messages if not self._fits(sent)]
            under_way = [
                self._producer.send(topic, sent.message, sent.key.encode()) for sent in messages if self._fits(sent)
            ]
            for future in under_way:
                future.get(timeout=2 * _ANSWER)
        return too_long

    def _fits(self, sent: Sent) -> bool:
        return len(sent.message) + len(sent.key.encode()) + AROUND <= self._longest.get(sent.topic, 0)

    def close(self) -> None:
        """Let the broker go; what was not confirmed stays in the outbox."""
        give_up(self._producer)


def send_out(
    store: Store,
    send: Callable[[str, Sequence[Sent]], Collection[Sent]],
    sent: Callable[[str, int], None],
    may: Callable[[], bool] = lambda: True,
) -> int:
    """Send what waits in the store's outbox, oldest first; how many messages that were. What was put there meanwhile
    may be left for the next time.

    `send` gives back what will never be taken. `sent` is told how many went to each topic. What a topic took is let go
    at once, whatever comes of the next one.

    `may` is asked before each share: another sender may have taken over, after whom nothing may be sent once more.
    OutOfReach where the broker or the store can't be reached, WrongInput where a topic is not there.
    """
    count = 0
    while may() and (messages := _oldest(store)):
        for topic, to_it in groupby(sorted(messages, key=_TOPIC), _TOPIC):  # sorting leaves each topic's own order
            of_it = list(to_it)
            too_long = send(topic, of_it)
            for message in too_long:
                log().error("a message is too long for its topic and is not sent", topic=topic, position=message.number)
            with store.aside() as connection:
                let_go(connection, [message.number for message in of_it])
            sent(topic, len(of_it) - len(too_long))
        count += len(messages)
        if len(messages) < _AT_ONCE:
            break
    return count


_TOPIC: Final = attrgetter("topic")


def _oldest(store: Store) -> list[Sent]:
    with store.said():
        return oldest(store.connection, _AT_ONCE)
