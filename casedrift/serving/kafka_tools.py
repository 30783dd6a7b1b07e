"""What is done about Kafka by hand: topics made, facts published, a topic read again into the store.

An extract is published from a store's knowledge of who is who and of what was said before. Its children's references
are committed there before the messages that name them are sent, so that the same extract published again gives the same
messages.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from casedrift.asking import as_datetime
from casedrift.desk import Desk
from casedrift.left_to_say import left_to_say
from casedrift.now import of_store
from casedrift.standing import Standing
from streams.cloudevents import Arrived, Refused
from streams.intake import Intake, Tally
from streams.kafka.connecting import KafkaSettings
from streams.kafka.making_topics import TopicDone, make_topics
from streams.kafka.publishing import key_of
from streams.kafka.reading_back import ReadingBack
from streams.kafka.topics import Topics
from streams.raw import Beginning, Raw
from streams.sources.formats import Reader
from streams.sources.loading import ExtractLoad
from streams.stores import open_store


class Sender(Protocol):
    """Whoever sends messages: a `Publisher`."""

    def fits(self, value: bytes) -> bool:
        """Whether a message as long as this can be sent."""

    def send(self, key: bytes | None, value: bytes) -> None:
        """Send one message."""

    def settle(self) -> None:
        """Wait until every message is confirmed."""


@dataclass(slots=True)
class Published:
    """What became of what was read. `refused` is what could not be sent: `too_long` for the topic, or no fact at all.

    `first_too_long` counts the lines read from 1, blank ones left out.
    """

    read: int = 0
    refused: int = 0
    too_long: int = 0
    first_too_long: int = 0

    def send(self, publisher: Sender, key: bytes | None, value: bytes) -> None:
        """Send one fact, or count it as refused."""
        if not publisher.fits(value):
            return self.pass_over()
        self.read += 1
        return publisher.send(key, value)

    def pass_over(self) -> None:
        """Count one that is too long for the topic."""
        self.read += 1
        self.refused += 1
        self.too_long += 1
        self.first_too_long = self.first_too_long or self.read


def topics_made(settings: KafkaSettings, topics: Topics, *, force: bool) -> list[TopicDone]:
    """Make the topics, or bring them to how they are to be."""
    return make_topics(settings, list(topics), force=force)


def publish_lines(
    publisher: Sender, batches: Iterable[Sequence[Raw]], told: Published, progress: Callable[[], None]
) -> None:
    """Publish lines of JSON as they stand; `progress` is told after each batch. All are confirmed at the end.

    Of a line of which there is only the beginning nothing is sent: it is longer than the topic takes.
    """
    for batch in batches:
        for line in batch:
            if isinstance(line, Beginning):
                told.pass_over()
            else:
                told.send(publisher, key_of(line), line)
        progress()
    publisher.settle()


def publish_extract(
    publisher: Sender,
    url: str,
    kind: str,
    path: Path,
    reader: Reader,
    told: Published,
    *,
    now: Callable[[], int],
    progress: Callable[[int, int], None],
    key_file: Path | None = None,
) -> list[str]:
    """Publish the news of an extract; what it can't tell comes back as lines for people.

    What of it is no fact goes into the store's quarantine, as when it is ingested: its columns are for nobody else.
    """
    with open_store(url, create=True, key_file=key_file) as store:
        known_from = of_store(store, now)
        moment = as_datetime(known_from())
        load = ExtractLoad(store, kind, path, reader, now=moment, secret=secrets.token_bytes)
        load.check_taken_in()
        intake = Intake(store, known_from)
        with store.accepting():
            load.begin()
        batches = load.batches()
        while True:
            with store.accepting():
                batch = next(batches, None)
                if batch is None:
                    break
                intake.forget()
                intake.take([each for each in batch.news if isinstance(each, Refused)], backfill=False)
            for fact in batch.news:
                if isinstance(fact, Arrived):
                    told.send(publisher, fact.subject.encode(), fact.raw)
            told.read += intake.tally.refused
            told.refused += intake.tally.refused
            intake.tally = Tally()
            progress(min(load.children_told, load.children), load.children)
        publisher.settle()
        return list(left_to_say(load.notes(), Standing(store).policy))


def replay(desk: Desk, messages: ReadingBack, progress: Callable[[int, int], None]) -> Tally:
    """Take what is read back into the store; what became of it. Each page is committed whole."""
    door = desk.door()
    told = Tally()
    for page in messages.pages():
        told += door.take_messages(page)
        progress(told.read, messages.total)
    return told
