"""Two processes at work on one store, and a third that asks: each fact is taken on once, and no answer goes back.

`CASEDRIFT_TOGETHER` says how many rounds, each with a store of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from casedrift.desk import Desk
from casedrift.now import now
from tests.streams.dying import Ended, Order, mortals
from tests.streams.test_kill_rebuild import CarryOut
from tests.streams.whole_store import prove
from tests.streams.written_facts import written_facts

ROUNDS = int(os.environ.get("CASEDRIFT_TOGETHER", "50"))
LIMIT = 60
"""Seconds to wait for both."""


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[CarryOut, CarryOut]]:
    with ExitStack() as stack:
        yield stack.enter_context(mortals()), stack.enter_context(mortals())


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_ingests_and_a_reader_at_once(round_: int, two: tuple[CarryOut, CarryOut], tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    orders = []
    for number in range(2):
        file = tmp_path / f"{number}.jsonl"
        first = number * (40 + round_)  # the more rounds, the less is in both
        file.write_bytes(b"\n".join(written_facts(first, first + 150)))
        orders.append(Order(str(store), str(file), backfill=False, at=now()))
    with Desk(str(store), create=True, now=now) as desk, ThreadPoolExecutor(2) as pool:
        ended = [pool.submit(carry_out, order) for carry_out, order in zip(two, orders, strict=True)]
        _ask_until(desk, ended)
        assert [each.result(LIMIT).code for each in ended] == [0, 0]
    with Desk(str(store), now=now) as desk:
        prove(desk)
        status = desk.status()
        assert (status["facts"], status["quarantined"]) == (190 + round_, 0)


def _ask_until(desk: Desk, ended: list[Future[Ended]]) -> None:
    """Ask again and again until both have ended: what has come in once is never missing again."""
    seen = [0]
    while not all(each.done() for each in ended):
        seen.append(desk.status()["facts"])
    assert seen == sorted(seen)
