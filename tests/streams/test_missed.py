"""What the topic let go of before it was taken is said once, with its place, and counted."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

from structlog.testing import capture_logs

from streams.kafka.message import Message
from streams.kafka.topics import CASE_FACTS
from streams.telemetry.health import Health
from streams.telemetry.logs import FIELDS, log
from streams.telemetry.seen import Unseen
from streams.worker.places import Places


class Partition(NamedTuple):
    """A partition as the library names it."""

    topic: str
    partition: int


class Missed(Unseen):
    """Whoever looks only at what was missed."""

    def __init__(self) -> None:
        self.told: list[int] = []

    def missed(self, messages: int) -> None:
        self.told.append(messages)


class Consumer:
    """A broker whose one partition holds what lies from `first` on."""

    first = 0

    def assignment(self) -> set[Partition]:
        return {Partition(CASE_FACTS, 4)}

    async def earliest_offsets(self, *partitions: Partition) -> dict[Partition, int]:
        return dict.fromkeys(partitions, self.first)

    async def highwaters(self, *partitions: Partition) -> dict[Partition, int]:
        return dict.fromkeys(partitions, 1_000)

    async def position(self, _: Partition) -> int:
        return 0


def batch(*offsets: int) -> list[Message]:
    return [Message(CASE_FACTS, 4, offset, None, b"", 0) for offset in offsets]


def told_by(places: Places, *doings: Any) -> list[dict[str, Any]]:
    with capture_logs() as lines:
        for doing in doings:
            doing(places)
    return [{name: line[name] for name in line if name in FIELDS} for line in lines]


def taken(*offsets: int) -> Any:
    def take(places: Places) -> None:
        places.in_hand(batch(*offsets))
        places.taken(batch(*offsets))

    return take


def test_a_place_in_the_group_before_all_that_the_topic_holds_is_said_once() -> None:
    seen = Missed()
    places = Places(log(), seen, Health())
    found = [lambda p: p.let_go(Partition(CASE_FACTS, 4), 70, 90), lambda p: p.let_go(Partition(CASE_FACTS, 4), 70, 95)]
    assert told_by(places, found[0], found[0]) == [{"partition": 4, "offset": 70, "oldest_offset": 90, "messages": 20}]
    assert told_by(places, found[1], lambda p: p.let_go(Partition("other", 4), 1, 9), taken(95, 96)) == [
        {"partition": 4, "offset": 70, "oldest_offset": 95, "messages": 5}
    ]
    assert seen.told == [20, 5]


def test_what_a_worker_at_work_passes_over_is_said_too_and_what_it_had_in_hand_is_not() -> None:
    seen, consumer = Missed(), Consumer()
    places = Places(log(), seen, Health())
    assert told_by(places, taken(10, 11)) == []
    consumer.first = 40  # while a batch waited for a store that was away
    asyncio.run(places.look(consumer))
    assert told_by(places, taken(12, 13)) == []
    assert told_by(places, taken(40, 41)) == [{"partition": 4, "offset": 14, "oldest_offset": 40, "messages": 26}]
    assert told_by(places, taken(43)) == [], "a gap in what is there is none of its doing"
    assert seen.told == [26]
