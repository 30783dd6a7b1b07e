"""Two desks on one store take turns, step by step: what one has done, the other knows before it goes on.

Somebody puts another policy in force while facts are taken in; two extracts, partly the same, are taken in at
once, and a correction comes through one while the fact that it corrects comes through the other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain, count, zip_longest
from pathlib import Path
from threading import Semaphore

import pytest

from casedrift.desk import Desk
from casedrift.policies import load_policy
from domain.days import midnight, parse_day
from tests.judge.worlds import world
from tests.laws.desks import file_connection
from tests.streams.whole_store import prove, whole_store

NOON = midnight(parse_day("2022-06-01")) + 12 * 3_600_000_000
LIMIT = 60
"""Seconds to wait for a turn."""
Batches = list[list[bytes]]


def _open(store: Path, now: Callable[[], int] = lambda: NOON) -> Desk:
    return Desk(str(store), create=True, now=now)


def _take(desk: Desk, batches: Iterator[list[bytes]], *, backfill: bool = True) -> dict[str, int]:
    return desk.ingest_lines(batches, backfill=backfill, progress=lambda _: None).as_dict()


def _cut(lines: Sequence[bytes], size: int = 12) -> Batches:
    return [list(lines[at : at + size]) for at in range(0, len(lines), size)]


@pytest.mark.parametrize("policies", [["england-census"], ["england-census", "england"]])
@pytest.mark.parametrize("commits", [None, 0, 1, 2, 8])
def test_a_policy_put_in_force_by_another_desk_holds(policies: list[str], commits: int | None, tmp_path: Path) -> None:
    """As soon as the ingest has committed so often (0: as it begins; None: before, but the desk is open)."""
    batches = _cut(world(5, 6).lines)
    store, alone = tmp_path / "store.db", tmp_path / "alone.db"
    with _open(store) as desk, _open(store) as other:
        said = ["COMMIT"]

        def before(statement: str) -> None:
            if said[-1] == "COMMIT" and said.count("COMMIT") - 1 == commits:
                _use(other, policies)
            said.append(statement)

        if commits is None:
            _use(other, policies)
        file_connection(desk).set_trace_callback(before)
        _take(desk, iter(batches))
        file_connection(desk).set_trace_callback(None)
        assert said.count("COMMIT") == 1 + 1 + len(batches)
        assert desk.policy == load_policy(policies[-1])
        assert desk.status()["policy"] == policies[-1]
        prove(desk)
    with _open(alone) as desk:
        desk.use_policy(load_policy(policies[-1]))
        _take(desk, iter(batches))
    _same(store, alone)


def _use(desk: Desk, policies: list[str]) -> None:
    for policy in policies:
        desk.use_policy(load_policy(policy))


def _same(store: Path, alone: Path) -> None:
    """The same but for the numbers that texts have, which are given in the order of writing."""
    rows = "SELECT case_no, text, begun_by, baseline, due, measured, end_day, met, known_from, known_to FROM run"
    held = []
    for path in (store, alone):
        with _open(path) as desk:
            prove(desk)
            held.append(sorted(desk.store.connection.execute(f"{rows} JOIN text ON no = clock").fetchall()))
    assert held[0] == held[1]


@pytest.mark.parametrize("backfill", [True, False])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_two_ingests_in_turn_are_as_one(seed: int, backfill: bool, tmp_path: Path) -> None:
    first, second = _shared_out(seed)
    both, one = tmp_path / "both.db", tmp_path / "one.db"
    clock = count(NOON, 1_000_000)
    with ExitStack() as stack:
        desks = [stack.enter_context(_open(both, lambda: next(clock))) for _ in range(2)]
        told = _in_turn(desks, (first, second), backfill)
    for each, batches in zip(told, (first, second), strict=True):
        assert each["read"] == sum(map(len, batches))
        assert each["read"] == each["accepted"] + each["duplicate"] + each["refused"] + each["waiting"]
    with _open(one, lambda: next(clock)) as desk:
        merged = [batch for batch in chain(*zip_longest(first, second)) if batch]
        _take(desk, iter(merged), backfill=backfill)
    assert whole_store(both, live=not backfill) == whole_store(one, live=not backfill)


def _shared_out(seed: int) -> tuple[Batches, Batches]:
    """A world's lines, each to one desk or the other, and every third to both."""
    rng = random.Random(f"shared out {seed}")
    shares: tuple[list[bytes], list[bytes]] = ([], [])
    for line in world(seed, 6).lines:
        for share in rng.choice((shares[:1], shares[1:], shares)):
            share.append(line)
    return _cut(shares[0]), _cut(shares[1])


def _in_turn(desks: Sequence[Desk], batches: tuple[Batches, Batches], backfill: bool) -> list[dict[str, int]]:
    """Both ingests at once, a batch of the first, a batch of the second, and so on."""
    turns = Semaphore(1), Semaphore(0)

    def ingest(mine: int) -> dict[str, int]:
        theirs = turns[1 - mine]
        try:
            return _take(desks[mine], _waiting(batches[mine], turns[mine], theirs), backfill=backfill)
        finally:
            theirs.release(len(batches[1 - mine]))  # however it ended, nobody has to wait any more

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(ingest, (0, 1)))


def _waiting(batches: Batches, mine: Semaphore, theirs: Semaphore) -> Iterator[list[bytes]]:
    """The batches, each when it is its turn; the turn is handed on once the batch is committed."""
    for batch in batches:
        assert mine.acquire(timeout=LIMIT), "the other ingest hangs"
        yield batch
        theirs.release()
