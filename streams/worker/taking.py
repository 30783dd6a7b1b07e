"""A batch of messages is taken into the store, however long the store is away: it is waited for, and asked again.

Nothing is lost, because the broker is told of a batch only after its facts were committed; and nothing is doubled,
because a fact is known by its identity. A message that our own program can't read is set aside, so that one letter
in a wrong envelope does not stop the post.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from threading import Event
from typing import Final, NoReturn, Protocol

from streams.errors import CasedriftError, OutOfReach
from streams.intake import Tally
from streams.kafka.message import Message
from streams.telemetry.health import Health
from streams.telemetry.logs import Log
from streams.telemetry.seen import WorkerSeen
from streams.worker.leaving import INTERNAL, TRY_AGAIN

_FIRST_WAIT: Final = 0.1
_LONGEST_WAIT: Final = 5.0
"""Seconds before the store is tried again: from the first time, doubled each time, up to so long."""
_ATTEMPT: Final = 5.0
"""Seconds that one attempt to take a batch in may last and the worker's loop still count as turning. From then on a
minute more, and the process counts as hanging."""
_SAY_AGAIN: Final = 60.0
"""Seconds after which it is said again that the store is still away."""


class WayIn(Protocol):
    """An open store, as far as a worker needs it. After an error it is of no use any more."""

    @property
    def reasons(self) -> Mapping[str, int]:
        """Of what was last taken or set aside: how many were refused for which reason."""

    def take_messages(self, messages: Sequence[Message]) -> Tally:
        """Take in a batch in one transaction; what became of it. OutOfReach where the store is away."""

    def set_aside(self, message: Message, error: str) -> Tally:
        """Keep in quarantine, as `not-read`, a message on which our own program fails with an error of this kind."""


Opening = Callable[[], AbstractContextManager[WayIn]]
"""Opens the store; OutOfReach where that can't be done."""


class Taker:
    """Takes batches in. All its calls come from one thread, as the store's connection is bound to its own."""

    def __init__(
        self,
        opening: Opening,
        *,
        leaving: Event,
        leave: Callable[[int], NoReturn],
        log: Log,
        seen: WorkerSeen,
        health: Health,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`leaving` is set once the worker was asked to end; `leave` ends the process at once, with a code. `clock`
        gives seconds."""
        self._opening = opening
        self._leaving = leaving
        self._leave = leave
        self._log = log
        self._seen = seen
        self._health = health
        self._chance = chance
        self._clock = clock
        self._attempt_began: float | None = None
        self._stack = ExitStack()
        self._way_in: WayIn | None = None

    def open(self) -> None:
        """Open the store, where it is not open. OutOfReach where that can't be done."""
        if self._way_in is None:
            self._way_in = self._stack.enter_context(self._opening())

    def close(self) -> None:
        """Close the store; the next batch opens it again."""
        self._way_in = None
        try:
            self._stack.close()
        except CasedriftError:
            pass  # a connection that is already lost; the database undoes what was open in it
        finally:
            self._stack = ExitStack()

    def loop_turned(self) -> None:
        """The worker's loop has turned, in its own thread; which says nothing while an attempt in ours does not end."""
        began = self._attempt_began
        if began is None or self._clock() - began <= _ATTEMPT:
            self._health.turned("worker")

    def take(self, messages: Sequence[Message]) -> Tally:
        """Take in a batch; it returns once every message of it is in the store, as a fact or in quarantine.

        While the store is away it waits. Where the worker was asked to end meanwhile, or our own program fails in a
        way that setting one message aside does not mend, the process ends and the batch comes again.
        """
        began = time.monotonic()
        given = [message.timestamp for message in messages]
        self._seen.holds(min(given))
        tally = self._take(messages)
        self._seen.took(tally, time.monotonic() - began, max(given))
        return tally

    def _take(self, messages: Sequence[Message]) -> Tally:
        try:
            return self._patiently(lambda way_in: way_in.take_messages(messages))
        except (CasedriftError, MemoryError) as stop:
            self._stop(stop)
        except Exception as fault:
            self.close()
            return self._in_halves(messages, fault)

    def _in_halves(self, messages: Sequence[Message], fault: Exception) -> Tally:
        """The same batch in two halves, and so on, until the message that our program fails on stands alone."""
        if len(messages) > 1:
            middle = len(messages) // 2
            return self._take(messages[:middle]) + self._take(messages[middle:])
        (message,) = messages
        place = {"topic": message.topic, "partition": message.partition, "offset": message.offset}
        self._log.error("internal error at a message; it is kept in quarantine", error=fault, **place)
        try:
            return self._patiently(lambda way_in: way_in.set_aside(message, type(fault).__name__))
        except Exception as stop:
            self._stop(stop)

    def _patiently(self, ask: Callable[[WayIn], Tally]) -> Tally:
        """Ask the store, again and again while it is away."""
        tried, said_at = 0, -_SAY_AGAIN
        while True:
            try:
                answer = self._attempt(ask)
            except OutOfReach as away:
                self.close()
                if time.monotonic() - said_at >= _SAY_AGAIN:
                    said_at = time.monotonic()
                    self._log.warning("store is away; the batch in hand waits for it", error=away)
                self._health.down("store", str(away))
                self._wait(tried)
                tried += 1
            else:
                if tried:
                    self._log.info("store is back", attempt=tried + 1)
                self._health.up("store")
                return answer

    def _attempt(self, ask: Callable[[WayIn], Tally]) -> Tally:
        self._attempt_began = self._clock()
        try:
            self.open()
            assert self._way_in is not None
            answer = ask(self._way_in)
            self._seen.refused(self._way_in.reasons)
            return answer
        finally:
            self._attempt_began = None

    def _wait(self, tried: int) -> None:
        """Wait before the next attempt; where the worker was asked to end, it ends here and the batch comes again."""
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(tried, 16))
        if self._leaving.wait(longest * (0.5 + self._chance() / 2)):  # many workers do not all knock at once
            self._log.warning("ended while the store is away; the batch in hand comes again", exit_code=TRY_AGAIN)
            self._leave(TRY_AGAIN)

    def _stop(self, fault: Exception) -> NoReturn:
        """End the process with the batch not acknowledged: it comes again, to a program that was put right."""
        self._log.error("internal error; the batch in hand comes again", error=fault, exit_code=INTERNAL)
        self._leave(INTERNAL)
