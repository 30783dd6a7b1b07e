"""Faults that leave no trace: whatever dies, hangs or comes twice under load, in the end all is as if it had not.

`make faults` tries each as often as is written here, `make test` a tenth of it.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from casedrift.simulation import simulate
from streams.worker.leaving import TRY_AGAIN
from tests.kit.numbers import times
from tests.kit.parts import Part, lasting, wait_until
from tests.kit.program import asked, wait_for
from tests.kit.programs import program
from tests.kit.storm import Storm, storm, without_end
from tests.kit.topics import told_on


@cache
def told() -> Sequence[bytes]:
    """Some months of a small authority, as it was recorded: late, corrected, withdrawn, doubled."""
    return tuple(line.rstrip(b"\n") for line in simulate(5, date(2019, 1, 1), 8, 250))


def assignments(worker: Part) -> list[int]:
    """How many partitions the worker was given, each time that they changed hands."""
    lines = [json.loads(line) for line in worker.told().splitlines() if line.startswith("{") and line.endswith("}")]
    return [line["partitions"] for line in lines if line["event"] == "partitions assigned"]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Storm]:
    with storm(tmp_path) as each:
        yield each


def test_a_worker_killed_at_any_moment(live: Storm) -> None:
    with live.feed(), live.sending(without_end(told())):
        for _ in range(times(300)):
            with live.worker() as worker:
                live.moves(live.accepted)
                live.any_moment()
                worker.kill()
    with live.worker(), live.feed():
        live.check()


def test_a_feed_killed_at_any_moment(live: Storm) -> None:
    with live.worker(), live.sending(without_end(told())):
        for _ in range(times(300)):
            with live.feed() as feed:
                live.moves(live.folded)
                live.any_moment()
                feed.kill()
    with live.worker(), live.feed():
        live.check()


def test_a_database_killed_at_any_moment(live: Storm) -> None:
    with live.worker(), live.feed():
        with live.sending(without_end(told())):
            for _ in range(times(50)):
                live.moves(live.folded)
                live.any_moment()
                live.server.restart()
            live.moves(live.folded)
        live.check()


def test_a_broker_killed_at_any_moment(live: Storm) -> None:
    with live.worker(), live.feed():
        with live.sending(without_end(told())):
            for _ in range(times(30)):
                live.moves(live.folded)
                live.any_moment()
                live.broker.restart()
            live.moves(live.folded)
        live.check()


def test_a_worker_told_to_end_while_the_database_is_away(live: Storm) -> None:
    with live.feed(), live.sending(without_end(told())):
        for _ in range(times(30)):
            with live.worker() as worker:
                live.moves(live.accepted)
                live.server.kill()
                wait_for(worker, "store is away; the batch in hand waits for it")
                assert worker.terminate() == TRY_AGAIN
                live.server.start()
    with live.worker(), live.feed():
        live.check()


def test_a_worker_that_hangs_past_its_session_and_comes_back(live: Storm) -> None:
    with live.feed(), live.worker("w1") as one, live.worker("w2") as other:
        with live.sending(without_end(told())):
            for at in range(times(50)):
                live.moves(live.accepted)
                hanging, left = (one, other) if at % 2 else (other, one)
                before = len(assignments(left))
                hanging.pause()
                wait_until(lambda: len(assignments(left)) > before, "its partitions go to the other")  # noqa: B023
                hanging.resume()
            live.moves(live.accepted)
        live.check()


def test_workers_that_join_and_leave(live: Storm) -> None:
    """Three at once: one stays, and of the two others the older goes as soon as another has joined."""
    with live.feed(), live.worker("w0"):
        with live.sending(without_end(told())), ExitStack() as everybody:
            others: deque[tuple[ExitStack, Part]] = deque()
            for at in range(times(100)):
                one = everybody.enter_context(ExitStack())
                joining = one.enter_context(live.worker(f"w{1 + at % 2}"))
                wait_until(lambda: assignments(joining), "it has joined")  # noqa: B023
                live.moves(live.accepted)
                live.any_moment()
                others.append((one, joining))
                if len(others) > 1:
                    older, leaving = others.popleft()
                    if at % 3:
                        assert leaving.terminate() == 0
                    else:
                        leaving.kill()
                    older.close()
        live.check()


def test_everything_sent_twice(live: Storm) -> None:
    with live.worker(), live.feed():
        live.send(told())
        live.check()
        before = live.accepted()
        live.send(told())
        live.check()
        assert live.accepted() == before


def test_poison_among_the_facts(live: Storm) -> None:
    poison = (b"{", b"\xff\xfe", b'{"type": 7}', b"[]", b'"a text"', b"x" * 70_000, b'{"specversion": "1.0"}')
    lines = list(told())
    for at, place in enumerate(range(0, len(lines), 50)):
        lines.insert(place, poison[at % len(poison)] + b" " * (at // len(poison)))
    with live.worker(), live.feed():
        live.send(lines)
        live.check()
    kept = asked("quarantine list", using=live.using, folder=live.folder)
    assert len([each for each in kept if each["topic"] == "case-facts"]) >= len(lines) // 51
    announced = told_on(live.broker, "case-facts-quarantine")
    assert {each["data"]["sha256"] for each in announced} >= {each["sha256"] for each in kept}


def test_a_database_away_for_a_minute(live: Storm) -> None:
    with live.worker(), live.feed():
        with live.sending(without_end(told())):
            live.moves(live.folded)
            live.server.kill()
            lasting(times(60))
            live.server.start()
            live.moves(live.folded)
        live.check()


def test_two_workers_whose_clocks_are_an_hour_apart(live: Storm) -> None:
    fast = program("faketime")
    with live.feed(), live.worker("slow"), live.worker("fast", before=(fast, "-m", "-f", "+1h")):
        live.send(told())
        live.check()


def test_an_old_worker_beside_a_new_one(live: Storm) -> None:
    """What the old one can't read is kept, and redriven by the new one."""
    older = "from domain import facts; del facts.SHAPES['case-supervised'], facts.SHAPES['child-visited']; "
    with live.feed(), live.worker("old", prelude=older) as old, live.worker("new") as new:
        for each in (old, new):
            wait_until(lambda: 0 < (assignments(each) or [0])[-1] < 12, "both share the partitions")  # noqa: B023
        live.send(told())
        live.check()
        assert old.terminate() == 0
        refused = asked("quarantine list", using=live.using, folder=live.folder)
        assert {each["reason"] for each in refused} >= {"unknown-type"}
        asked("quarantine redrive", using=live.using, folder=live.folder)
        live.check()
    assert asked("quarantine list", using=live.using, folder=live.folder) == [], "nothing is left behind"
