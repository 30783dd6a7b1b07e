"""The door: facts are let in here, batch by batch, and the views are kept up with them.

Each batch is one transaction: its events, identities, quarantine, rows and the place reached. Between two
batches another process may write; what it changed is taken up before the next.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from casedrift.asking import as_datetime
from casedrift.left_to_say import left_to_say
from casedrift.standing import Standing, without_collector
from streams.cloudevents import Arrived, Refused, read_lines
from streams.intake import Intake, Tally
from streams.kafka.message import Message
from streams.quarantine import Origin
from streams.raw import Raw
from streams.redriving import Redriven, redrive
from streams.sources.extract import ChildRows
from streams.sources.formats import Reader
from streams.sources.loading import ExtractLoad, LoadBatch
from streams.store import Store

Batch = Sequence[Arrived | Refused]


class Door:
    """The way into one store, for one run.

    `now` gives the present instant; it is read anew for each batch, under the lock under which the batch is accepted.
    """

    def __init__(self, store: Store, standing: Standing, now: Callable[[], int]) -> None:
        self._store = store
        self._standing = standing
        self._now = now
        self._intake = Intake(store, now, standing.announced_by)
        self._seen: int | None = None
        """The store's data version when this run last looked."""

    def take_lines(self, batches: Iterable[Sequence[Raw]], backfill: bool, progress: Callable[[int], None]) -> Tally:
        """Take in JSON lines; they are read and checked before the store's lock is taken."""
        with without_collector():
            self._begin()
            for arrived in map(read_lines, batches):
                with self._store.writing():
                    self._take(arrived, backfill)
                progress(len(arrived))
            return self._tally()

    def take_extract(
        self,
        kind: str,
        path: Path,
        reader: Reader,
        progress: Callable[[int, int], None] = lambda _told, _of: None,
        *,
        backfill: bool,
        alongside: bool = False,
        confirm_missing: bool = False,
        when_named: Callable[[str, ChildRows], None] = lambda _reference, _child: None,
    ) -> tuple[Tally, list[str]]:
        """Take in an extract of that kind; what it can't tell comes back as lines for people.

        It is read within the transactions, because reading it gives its children their references; `when_named` is told
        of each.
        """
        load = ExtractLoad(
            self._store,
            kind,
            path,
            reader,
            now=as_datetime(self._now()),
            secret=secrets.token_bytes,
            alongside=alongside,
            confirm_missing=confirm_missing,
        )
        load.when_named = when_named
        self._intake.tells_apart = True
        with without_collector():
            self._begin(load.begin)
            batches = load.batches()
            while self._take_news(batches, backfill):
                progress(min(load.children_told, load.children), load.children)
            return self._tally(), list(left_to_say(load.notes(), self._standing.policy))

    def take_messages(self, messages: Sequence[Message]) -> Tally:
        """Take in one batch of a topic's messages, in one transaction; what became of them.

        Where a feed of its own keeps the views they are only accepted here. After an error the door is of no use any
        more: open another, and take the same batch again.
        """
        before = Tally() + self._intake.tally
        self._intake.reasons.clear()
        arrived = read_lines([message.value or b"" for message in messages])
        origins = [Origin(message.topic, message.partition, message.offset) for message in messages]
        with without_collector():
            if self._store.folds_apart:
                with self._store.accepting():
                    self._look_up()
                    self._intake.take(arrived, backfill=False, origins=origins)
            else:
                if self._seen is None:
                    self._begin()
                with self._store.writing():
                    self._take(arrived, False, origins)
        return self._intake.tally - before

    @property
    def reasons(self) -> Mapping[str, int]:
        """Of the messages last taken: how many were refused for which reason."""
        return self._intake.reasons

    def take_again(self, numbers: Set[int] | None) -> Redriven:
        """Read again what was refused (these numbers, or all), in one transaction."""
        with without_collector(), self._store.writing() as connection:
            self._put_in_force()
            self._feed.catch_up()
            return redrive(connection, self._intake, numbers, self._feed.hand_on)

    def _begin(self, begin: Callable[[], None] | None = None) -> None:
        """The policy in force and the views as they should be, before anything comes in."""
        with self._store.writing():
            self._seen = self._store.writes_of_others()
            self._put_in_force()
            self._feed.catch_up()
            if begin is not None:
                begin()

    def _take_news(self, batches: Iterator[LoadBatch], backfill: bool) -> bool:
        with self._store.writing():
            batch = next(batches, None)
            if batch is not None:
                self._take(batch.news, backfill)
                self._intake.tally += batch.stood
        return batch is not None

    def _take(self, batch: Batch, backfill: bool, origins: Sequence[Origin] = ()) -> None:
        """One batch, in the transaction that is open."""
        if self._look_up() and self._standing.kept_policy() != self._standing.policy:
            self._put_in_force()
        self._feed.catch_up()
        self._feed.hand_on(self._intake.take(batch, backfill=backfill, origins=origins))

    def _look_up(self) -> bool:
        """Whether another process has written meanwhile; what is remembered of the store is forgotten then."""
        version = self._store.writes_of_others()
        if version == self._seen:
            return False
        self._seen = version
        self._intake.forget()
        return True

    def _put_in_force(self) -> None:
        self._standing.policy = self._standing.kept_policy()
        self._standing.refold_if_stale()
        self._feed = self._standing.feed()

    def _tally(self) -> Tally:
        with self._store.reading():
            self._intake.forget()
            self._intake.settle()
        return self._intake.tally
