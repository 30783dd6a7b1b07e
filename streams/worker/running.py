"""A worker at work: from the moment that the store and the topic are there until it is asked to end.

Asked to end, it finishes the batch in hand, tells the broker, and goes. Where that can't be done in time, or Faust
fails, the process ends at once and the broker gives what was in hand to the next worker: nothing is lost either way.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NoReturn

from streams.kafka.library import errors, kafka, reached
from streams.kafka.topics import CASE_FACTS
from streams.telemetry.health import Health
from streams.telemetry.logs import Log
from streams.telemetry.seen import WorkerSeen
from streams.worker.app import TakingThread, make_app
from streams.worker.leaving import TRY_AGAIN, leave_at_once
from streams.worker.own_folder import own_folder
from streams.worker.places import Places
from streams.worker.settings import WorkerSettings
from streams.worker.taking import Opening, Taker

_TURN: Final = 0.5
"""Seconds between two looks at whether Faust still runs."""
_LOOK: Final = 10.0
"""Seconds between two looks at where we are in the topic."""


class Worker:
    """One worker, for one process: `run` is called once, in its main thread."""

    def __init__(
        self,
        settings: WorkerSettings,
        opening: Opening,
        *,
        seen: WorkerSeen,
        health: Health,
        log: Log,
        leave: Callable[[int], NoReturn] = leave_at_once,
    ) -> None:
        self._settings = settings
        self._health = health
        self._log = log
        self._leave = leave
        self._places = Places(log, seen, health)
        self._leaving = threading.Event()
        self._thread = TakingThread()
        self._taker = Taker(opening, leaving=self._leaving, leave=leave, log=log, seen=seen, health=health)

    def run(self, then: Callable[[], None] = lambda: None) -> None:
        """Work until SIGTERM or SIGINT; `then` is called once it has begun.

        OutOfReach, or WrongInput, where it can't begin.
        """
        check_topic(self._settings)
        asyncio.run(self._run(then))

    def end(self) -> None:
        """Have it end as a signal does; from any thread, once it runs."""
        self._loop.call_soon_threadsafe(self._asked_from_within)

    def _asked_from_within(self) -> None:
        if not self._leaving.is_set():
            self._asked_to_end()

    def _asked_to_end(self) -> None:
        if self._leaving.is_set():
            self._end_at_once()
        self._log.info("asked to end; the batch in hand is finished")
        self._leaving.set()
        self._health.stopping()
        self._asked.set()
        self._loop.call_later(self._settings.grace, self._end_at_once)

    async def _run(self, then: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._asked = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._asked_to_end)
        with own_folder(self._settings) as folder:
            await self._thread.run(self._taker.open)
            self._health.up("store")
            app = make_app(self._settings, folder, self._places, self._taker.take, self._thread)
            await app.start()
            self._log.info("worker started", group=self._settings.group, member=self._settings.member)
            then()
            looking = asyncio.create_task(self._look(app))
            await self._until_asked(app)
            looking.cancel()
            await app.stop()
            await self._thread.run(self._taker.close)
            self._thread.close()
        self._log.info("worker ended")

    async def _until_asked(self, app: Any) -> None:
        """Wait until we are asked to end; where Faust fails meanwhile, end at once."""
        while not self._asked.is_set():
            self._taker.loop_turned()
            self._places.told(app.monitor.tp_committed_offsets)
            if app.crashed:
                self._log.error("the library of the workers failed", error=app.crash_reason)
                self._end_at_once()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), _TURN)

    async def _look(self, app: Any) -> None:
        """See every so often where we are in the topic, and whether the broker answers."""
        away = False
        while True:
            try:
                await self._places.look(app.consumer)
                self._health.up("broker")
                if away:
                    self._log.info("broker answers again")
                away = False
            except Exception as error:  # whatever the library raises, the next look tries again
                self._health.down("broker", "it does not answer")
                if not away:
                    self._log.warning("broker does not answer", error=error)
                away = True
            await asyncio.sleep(_LOOK)

    def _end_at_once(self) -> None:
        """After a second signal, after too long, or where Faust failed."""
        self._log.warning("ended at once; what was in hand comes again", exit_code=TRY_AGAIN)
        self._leave(TRY_AGAIN)


def check_topic(settings: WorkerSettings) -> None:
    """OutOfReach where the broker is away, WrongInput where it has no topic of facts."""
    with reached(settings.kafka, CASE_FACTS):
        consumer = kafka.KafkaConsumer(
            **settings.kafka.for_kafka_python(), enable_auto_commit=False, allow_auto_create_topics=False
        )
        try:
            if not consumer.partitions_for_topic(CASE_FACTS):
                raise errors.UnknownTopicOrPartitionError()
        finally:
            consumer.close()
