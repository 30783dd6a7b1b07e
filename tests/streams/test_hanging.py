"""A process that hangs is seen to hang, whatever else in it goes on turning; one that waits for a server is well."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from casedrift.desk import Desk
from casedrift.now import now
from casedrift.serving import feed as serving
from casedrift.serving.feed import Feed, run_feed
from casedrift.serving.feeding import Feeder
from casedrift.settings import Settings
from streams.errors import BrokerAway, OutOfReach
from streams.intake import Tally
from streams.kafka.message import Message
from streams.telemetry.health import Health
from streams.telemetry.logs import log
from streams.telemetry.seen import Unseen
from streams.worker.running import Worker
from streams.worker.settings import WorkerSettings
from streams.worker.taking import Taker, WayIn


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Hanging:
    """A store that is away for all attempts but the last, which takes over a minute, while the worker's loop turns."""

    def __init__(self, clock: Clock, attempts: int) -> None:
        self.reasons: dict[str, int] = {}
        self.lived: list[bool] = []
        self.clock = clock
        self.attempts = attempts
        self.health = Health(clock=clock)
        self.taker = Taker(
            self.opening, leaving=Event(), leave=never, log=log(), seen=Unseen(), health=self.health,
            chance=lambda: 0.0, clock=clock,
        )  # fmt: skip

    @contextmanager
    def opening(self) -> Iterator[WayIn]:
        yield self

    def take_messages(self, messages: Sequence[Message]) -> Tally:
        self.taker.loop_turned()
        for _ in range(10):
            self.clock.at += 10 if self.attempts == 1 else 3
            self.taker.loop_turned()
        self.lived.append(self.health.lives().good)
        self.attempts -= 1
        if self.attempts:
            raise OutOfReach("the store is away")
        return Tally(len(messages))

    def set_aside(self, message: Message, error: str) -> Tally:
        raise AssertionError(message, error)


def never(code: int) -> NoReturn:
    raise AssertionError(code)


def test_a_batch_in_which_no_attempt_ends_counts_as_hanging_though_the_loop_turns(clock: Clock) -> None:
    store = Hanging(clock, attempts=1)
    store.taker.take([Message("case-facts", 0, 0, None, b"{", 0)])
    assert store.lived == [False]
    store.taker.loop_turned()
    assert store.health.lives().good, "it goes on"


def test_a_batch_that_waits_for_a_store_that_is_away_does_not(clock: Clock) -> None:
    store = Hanging(clock, attempts=5)
    store.taker.take([Message("case-facts", 0, 0, None, b"{", 0)])
    assert store.lived[:-1] == [True] * 4


def test_a_workers_loop_turns_by_leave_of_what_takes_its_batches(clock: Clock) -> None:
    store = Hanging(clock, attempts=1)
    worker = Worker(WorkerSettings(), store.opening, seen=Unseen(), health=store.health, log=log(), leave=never)

    async def turn() -> None:
        worker._asked = asyncio.Event()
        asyncio.get_running_loop().call_soon(worker._asked.set)
        await worker._until_asked(SimpleNamespace(crashed=False, monitor=SimpleNamespace(tp_committed_offsets={})))

    clock.at = 61
    worker._taker._attempt_began = -61.0
    asyncio.run(turn())
    assert not store.health.lives().good
    worker._taker._attempt_began = None
    asyncio.run(turn())
    assert store.health.lives().good


@pytest.fixture
def feed(tmp_path: Path, clock: Clock) -> Feed:
    url = str(tmp_path / "store.db")
    with Desk(url, create=True, now=now):
        pass
    return Feed(url, Settings(), now, Health("store", clock=clock), Unseen())


def test_a_fold_that_hangs_is_not_hidden_by_a_sender_that_turns(
    feed: Feed, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, go_on, stop = Event(), Event(), Event()
    lived = []

    def step(_: Feeder) -> int:
        hangs.set()
        assert go_on.wait(60)
        return 0

    def away(_: Any) -> NoReturn:
        assert hangs.wait(60)
        clock.at += 30
        lived.append(feed.health.lives().good)
        if len(lived) == 4:
            stop.set()
            go_on.set()
        raise BrokerAway("the broker is away")

    monkeypatch.setattr(Feeder, "step", step)
    monkeypatch.setattr(serving, "KafkaSender", away)
    run_feed(feed, stop)
    assert lived == [True, True, False, False]


def test_a_feed_that_ends_is_not_ready_while_it_sends_the_last_of_it(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, told = Event(), []

    class Sender:
        def __init__(self, _: Any) -> None:
            stop.set()

        def send(self, *_: Any) -> None:
            """Nothing is sent."""

        def close(self) -> None:
            told.append(feed.health.ready().told)

    monkeypatch.setattr(serving, "KafkaSender", Sender)
    run_feed(feed, stop)
    assert [each["why"]["process"] for each in told] == ["stopping"]


def test_of_two_loops_in_one_process_neither_hides_that_the_other_hangs(clock: Clock) -> None:
    health = Health(clock=clock)
    health.turned("feed")
    clock.at = 61
    health.turned("worker")
    assert health.lives() == (False, {"lives": False, "why": "feed last turned 61 s ago"})
