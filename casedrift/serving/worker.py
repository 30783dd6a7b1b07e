"""`casedrift worker` as a process: what comes on Kafka is taken into the store through the same door as a file's facts.

The store is opened anew whenever it was away, in the thread that takes the batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Literal

from casedrift.desk import Desk
from casedrift.door import Door
from casedrift.now import now
from casedrift.serving.telemetry import Telemetry
from casedrift.settings import Settings
from streams.cloudevents import Refused
from streams.intake import Tally
from streams.kafka.message import Message
from streams.quarantine import Origin, Quarantine
from streams.store import Store
from streams.telemetry.logs import log
from streams.worker.running import Worker
from streams.worker.settings import WorkerSettings
from streams.worker.taking import WayIn

PARTS: Final = ("store", "broker", "partitions")
"""What a worker needs to be ready."""
WORKS: Final[tuple[Literal["worker"]]] = ("worker",)
NOT_READ: Final = "not-read"
"""The reason of what our own program failed on; `casedrift quarantine redrive` tries it again."""


def make_worker(url: str, settings: Settings, told: Telemetry) -> Worker:
    """A worker on the store of that name, which must be there."""
    return Worker(
        worker_settings(settings),
        way_in(url, settings.announced_by),
        seen=told.worker,
        health=told.health,
        log=log(),
    )


def worker_settings(settings: Settings) -> WorkerSettings:
    """The settings of a worker. WrongInput where those of the broker do not go together."""
    return WorkerSettings(
        kafka=settings.kafka(),
        group=settings.worker_group,
        member=settings.worker_name(),
        batch=settings.batch_size,
        batch_wait=settings.batch_wait,
        session=settings.session_seconds,
        heartbeat=settings.heartbeat_seconds,
        request=settings.request_seconds,
        rebalance=settings.rebalance_seconds,
        commit=settings.commit_seconds,
    )


def way_in(url: str, announced_by: str) -> Callable[[], AbstractContextManager[WayIn]]:
    """How the store is opened by whoever takes messages into it."""

    @contextmanager
    def opening() -> Iterator[WayIn]:
        with Desk(url, now=now, announced_by=announced_by) as desk:
            yield _WayIn(desk.store, desk.door(), announced_by)

    return opening


class _WayIn:
    """The door of an open store, and beside it a shelf for what does not go through."""

    def __init__(self, store: Store, door: Door, announced_by: str) -> None:
        self._store = store
        self._announced_by = announced_by
        self._door = door
        self.reasons: Mapping[str, int] = {}
        """Of what was last taken or set aside: how many were refused for which reason."""

    def take_messages(self, messages: Sequence[Message]) -> Tally:
        """Take in a batch, in one transaction."""
        tally = self._door.take_messages(messages)
        self.reasons = self._door.reasons
        return tally

    def set_aside(self, message: Message, error: str) -> Tally:
        """Keep a message on which our own program fails, with the kind of error; it can be redriven once that is put
        right."""
        refused = Refused(NOT_READ, f"our own program failed on it ({error})", None, message.value or b"")
        with self._store.accepting() as connection:
            own = self._store.now()
            Quarantine(connection, self._announced_by).refuse(
                refused,
                now() if own is None else own,
                backfill=False,
                origin=Origin(message.topic, message.partition, message.offset),
            )
        self.reasons = {NOT_READ: 1}
        return Tally(read=1, refused=1)
