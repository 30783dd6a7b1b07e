"""The Faust app of a worker: it shares out the partitions of `case-facts` and hands their messages on in batches.

Faust counts as taken whatever an agent was given, also where an error ends the agent's work on it; and it then begins
the agent anew, without what stood behind that in its buffer. So the agent here only hands events on. Each is
acknowledged by us, once it is in the store; where that fails the process itself ends, and nothing was counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import faust

from streams.intake import Tally
from streams.kafka.message import Message
from streams.kafka.topics import CASE_FACTS
from streams.worker.consumer import CarefulTransport, acknowledge
from streams.worker.places import Places
from streams.worker.settings import WorkerSettings

_BUFFERED: Final = 4
"""Batches that may wait in memory for their turn."""
_HANGS_AFTER: Final = 3600.0
"""Seconds after which Faust's own log says that nothing moves; before that our own says why."""
Take = Callable[[Sequence[Message]], Tally]
Answer = TypeVar("Answer")


class TakingThread:
    """The one thread in which batches are taken: a store's connection is bound to it, and heartbeats go on beside."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "taking")

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """What the work gives. Whatever is cancelled meanwhile, this ends only once the work has."""
        under_way = asyncio.wrap_future(self._thread.submit(work))
        cancelled: asyncio.CancelledError | None = None
        while not under_way.done():
            try:
                await asyncio.shield(under_way)
            except asyncio.CancelledError as error:
                cancelled = error
            except Exception:
                break  # it is raised below
        answer = under_way.result()
        if cancelled is not None:
            raise cancelled
        return answer

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False)


class _OnlyCommits(faust.Monitor):
    """Faust's own figures, of which we ask only how far each partition is committed: reckoning the others costs a sixth
    of all that is done with a message."""

    def on_message_in(self, *_: Any, **__: Any) -> None:
        """Not reckoned; likewise below."""

    def on_message_out(self, *_: Any, **__: Any) -> None: ...

    def on_stream_event_in(self, *_: Any, **__: Any) -> None: ...

    def on_stream_event_out(self, *_: Any, **__: Any) -> None: ...


def make_app(settings: WorkerSettings, folder: Path, places: Places, take: Take, thread: TakingThread) -> Any:
    """The app, not yet started. `folder` is for what Faust keeps on disk, which is nothing that matters."""
    app = faust.App(
        settings.group,
        **settings.kafka.for_faust(),
        consumer_group_instance_id=settings.member,
        broker_client_id=f"casedrift-{settings.member}",
        broker_session_timeout=settings.session,
        broker_heartbeat_interval=settings.heartbeat,
        broker_request_timeout=settings.request,
        broker_rebalance_timeout=settings.rebalance,
        broker_commit_interval=settings.commit,
        broker_commit_livelock_soft_timeout=_HANGS_AFTER,
        stream_processing_timeout=_HANGS_AFTER,
        stream_buffer_maxsize=_BUFFERED * settings.batch,
        consumer_auto_offset_reset="earliest",
        datadir=folder / "faust",
        Monitor=_OnlyCommits,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )
    facts = app.topic(CASE_FACTS, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    coming: asyncio.Queue[Any] = asyncio.Queue(_BUFFERED * settings.batch)

    @app.agent(facts)
    async def _take_facts(stream: Any) -> None:
        async for event in stream.noack().events():
            await coming.put(event)

    async def take_batches() -> None:
        while True:
            events = await _batch(coming, settings.batch, settings.batch_wait)
            batch = [_message(event.message) for event in events]
            places.in_hand(batch)
            await thread.run(lambda: take(batch))  # noqa: B023 - it has run before the next batch is bound
            acknowledge(app, events)
            places.taken(batch)

    app.task(take_batches)
    app.transport = CarefulTransport(app.conf.broker_consumer, app, places.let_go)

    @app.on_partitions_assigned.connect(weak=False)
    async def _assigned(_app: Any, assigned: Any, **_: Any) -> None:
        places.assigned({partition.partition for partition in assigned if partition.topic == CASE_FACTS})

    @app.on_partitions_revoked.connect(weak=False)
    async def _revoked(_app: Any, _partitions: Any, **_: Any) -> None:
        places.revoked()

    return app


async def _batch(coming: asyncio.Queue[Any], most: int, within: float) -> list[Any]:
    """The next events, at least one, at most so many, of those that come within so many seconds of the first."""
    events = [await coming.get()]
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while len(events) < most:
                events.append(await coming.get())
    return events


def _message(message: Any) -> Message:
    return Message(
        message.topic,
        message.partition,
        message.offset,
        message.key,
        message.value,
        round(message.timestamp * 1_000),  # Faust counts in seconds
    )
