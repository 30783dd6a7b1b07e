"""A batch is taken whatever happens to the store meanwhile; a message that our own program fails on stands aside."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, current_thread
from typing import NoReturn

import pytest

from casedrift.desk import Desk
from casedrift.now import now
from casedrift.serving.worker import NOT_READ, way_in
from streams.errors import OutOfReach, StoreHeld
from streams.intake import Tally
from streams.kafka.message import Message
from streams.telemetry.health import Health
from streams.telemetry.logs import log
from streams.telemetry.seen import Unseen
from streams.worker.app import TakingThread
from streams.worker.leaving import INTERNAL, TRY_AGAIN
from streams.worker.taking import Taker, WayIn
from tests.streams.written_facts import written_facts

Fault = Callable[[Sequence[Message]], None]


class LeftError(BaseException):
    """The process would have ended here, with this code."""


def left(code: int) -> NoReturn:
    raise LeftError(code)


class Failing:
    """The real way into a store, before which something goes wrong."""

    def __init__(self, way: WayIn, fault: Fault) -> None:
        self._way = way
        self._fault = fault

    @property
    def reasons(self) -> Mapping[str, int]:
        return self._way.reasons

    def take_messages(self, messages: Sequence[Message]) -> Tally:
        self._fault(messages)
        return self._way.take_messages(messages)

    def set_aside(self, message: Message, error: str) -> Tally:
        return self._way.set_aside(message, error)


class Reasons(Unseen):
    """Whoever looks only at why messages were refused."""

    def __init__(self) -> None:
        self.told = Counter[str]()

    def refused(self, reasons: Mapping[str, int]) -> None:
        self.told.update(reasons)


class Place:
    """A store, and a taker into it whose way fails as a test wants it to."""

    def __init__(self, path: Path) -> None:
        self.url = str(path)
        self.fault: Fault = lambda _: None
        self.opened = 0
        self.leaving = Event()
        self.health = Health("store")
        self.seen = Reasons()
        with Desk(self.url, create=True, now=now):
            pass
        self.taker = Taker(
            self._opening, leaving=self.leaving, leave=left, log=log(), seen=self.seen, health=self.health,
            chance=lambda: 0.0,
        )  # fmt: skip

    @contextmanager
    def _opening(self) -> Iterator[WayIn]:
        self.opened += 1
        with way_in(self.url, "/casedrift")() as way:
            yield Failing(way, self.fault)

    def facts(self) -> int:
        with Desk(self.url, now=now) as desk:
            return desk.store.position()

    def quarantined(self) -> list[tuple[str, str, int, int]]:
        with Desk(self.url, now=now) as desk:
            return [(each["reason"], each["topic"], each["partition"], each["offset"]) for each in desk.quarantined()]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "store.db")
    yield place
    place.taker.close()


def messages(lines: Sequence[bytes | None]) -> list[Message]:
    return [Message("case-facts", 4, 70 + at, None, line, 1_000 + at) for at, line in enumerate(lines)]


def times(number: int, error: Exception) -> Fault:
    """The error, so often; then nothing goes wrong any more."""
    faults = [error] * number

    def fault(_: Sequence[Message]) -> None:
        if faults:
            raise faults.pop()

    return fault


@pytest.mark.parametrize("away", [OutOfReach("the store is away"), StoreHeld("another holds it")])
def test_a_store_that_is_away_is_opened_anew_and_given_the_same_batch(place: Place, away: Exception) -> None:
    place.fault = times(3, away)
    assert place.taker.take(messages(written_facts(0, 50))).accepted == 50
    assert place.opened == 4
    assert place.facts() == 50
    assert place.health.is_ready()


def test_a_store_that_went_away_after_its_commit_finds_the_batch_known(place: Place) -> None:
    batch = messages(written_facts(0, 50))
    assert place.taker.take(batch).accepted == 50
    assert place.taker.take(batch).as_dict() == {
        "read": 50, "accepted": 0, "duplicate": 50, "refused": 0, "waiting": 0,
    }  # fmt: skip
    assert place.facts() == 50


def test_a_worker_that_is_to_end_does_not_wait_for_a_store(place: Place) -> None:
    place.fault = times(1_000, OutOfReach("the store is away"))
    place.leaving.set()
    with pytest.raises(LeftError, match=str(TRY_AGAIN)):
        place.taker.take(messages(written_facts(0, 5)))
    assert not place.health.is_ready()
    assert place.facts() == 0


def test_a_batch_whose_store_is_there_is_finished_though_the_worker_is_to_end(place: Place) -> None:
    place.leaving.set()
    assert place.taker.take(messages(written_facts(0, 5))).accepted == 5


def test_the_messages_that_our_program_fails_on_stand_aside_and_the_rest_is_taken(place: Place) -> None:
    batch = messages(written_facts(0, 50))
    bad = {batch[7].offset, batch[31].offset}

    def fault(some: Sequence[Message]) -> None:
        if bad & {message.offset for message in some}:
            raise ZeroDivisionError

    place.fault = fault
    tally = place.taker.take(batch)
    assert (tally.read, tally.accepted, tally.refused) == (50, 48, 2)
    assert place.seen.told == {NOT_READ: 2}
    assert place.quarantined() == [(NOT_READ, "case-facts", 4, offset) for offset in sorted(bad)]
    with Desk(place.url, now=now) as desk:
        assert desk.redrive().tally.accepted == 2


@pytest.mark.parametrize("value", [None, b"", b"{", b"\xff\xfe"])
def test_what_is_no_fact_is_quarantined_with_its_place(place: Place, value: bytes | None) -> None:
    tally = place.taker.take(messages([*written_facts(0, 2), value]))
    assert (tally.accepted, tally.refused) == (2, 1)
    assert place.quarantined() == [("not-json", "case-facts", 4, 72)]


def test_why_messages_are_refused_is_told_with_each_batch(place: Place) -> None:
    first, second = written_facts(0, 2)
    other = second.replace(b'"case-1"', b'"case-9"')
    place.fault = times(1, OutOfReach("the store is away"))
    place.taker.take(messages([first, second, b"{", b"", b"[]"]))
    place.taker.take(messages([first, other, b"{{"]))
    assert place.seen.told == {"not-json": 3, "not-an-event": 1, "conflicting-duplicate": 1}


def test_a_fault_that_no_message_explains_ends_the_process_with_the_batch_not_taken(place: Place) -> None:
    place.fault = times(1, MemoryError())
    with pytest.raises(LeftError, match=str(INTERNAL)):
        place.taker.take(messages(written_facts(0, 5)))
    assert place.facts() == 0


def test_work_that_is_cancelled_ends_only_once_it_is_done() -> None:
    go_on, began = Event(), Event()

    def work() -> str:
        began.set()
        assert go_on.wait(30)
        done.append(current_thread().name)
        return "done"

    done: list[str] = []

    async def cancelled() -> None:
        thread = TakingThread()
        task = asyncio.create_task(thread.run(work))
        while not began.is_set():
            await asyncio.sleep(0)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0)
        assert not task.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        thread.close()

    asyncio.run(cancelled())
    assert len(done) == 1
    assert done[0].startswith("taking")


def test_a_fault_of_the_work_is_not_swallowed() -> None:
    async def failing() -> None:
        thread = TakingThread()
        with pytest.raises(ZeroDivisionError):
            await thread.run(lambda: 1 / 0)
        thread.close()

    asyncio.run(failing())
