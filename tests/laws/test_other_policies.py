"""Another policy on the fly answers what it answers once it is the store's own, however many processes fold it.

And nobody has to stop for it: facts that come in while a policy is put in force, or while the views are proved, are in
the views afterwards as though nothing else had gone on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casedrift import folding
from casedrift.desk import Desk
from domain.days import instant_of, london_day
from tests.judge.worlds import world
from tests.laws.desks import CASES, NOW, desk_of, file_connection, policy_of, quick, rows_of, seeds, take
from tests.laws.test_views import ROWS

few = settings(quick, max_examples=2)
"""Each example starts processes of its own."""
shares = st.floats(0, 1)


@contextmanager
def cut_small(helpers: int) -> Iterator[None]:
    """Shares of a case or two, and so many processes besides this one, however little there is to do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "SHARE", 20)
        if helpers:
            patch.setattr(folding, "WORTH_A_PROCESS", 0)
            patch.setattr(folding, "_cores", lambda: helpers + 1)
        yield


@quick
@given(seeds, shares, shares)
def test_by_another_policy_is_as_after_using_it(seed: int, day: float, known: float) -> None:
    _hold(seed, day, known, helpers=0)


@few
@given(seeds, shares)
def test_several_processes_answer_as_one_does(seed: int, day: float) -> None:
    _hold(seed, day, 1.0, helpers=2)


def _hold(seed: int, day: float, known: float, helpers: int) -> None:
    told, other = world(seed, CASES), policy_of(seed + 1)
    on = told.days[int(day * (len(told.days) - 1))].toordinal()
    at = instant_of(sorted(told.times)[int(known * (len(told.times) - 1))])
    with desk_of(seed) as desk:
        take(desk, [list(told.lines)])
        with cut_small(helpers):
            on_the_fly = _answers(desk, on, at, lambda: {"policy": other})
            desk.use_policy(other)
            assert desk.rebuild(check=True, progress=lambda *_: None)["differences"] == 0
        assert on_the_fly == _answers(desk, on, at, dict)


def _answers(desk: Desk, on: int, known: int, by: Callable[[], dict[str, Any]]) -> list[Any]:
    return [
        desk.drift(on, known, **by()),
        desk.drift(on, known, due_soon=True, **by()),
        desk.drift(on, known, since=on - 40, **by()),
        desk.compliance(on, known, **by()),
        desk.compliance(on, known, by=("team", "tier"), **by()),
        desk.alerts(known, **by()),
    ]


@quick
@given(seeds, st.sampled_from([0, 0.02, 0.3, 1]))
def test_a_policy_put_in_force_while_facts_come_in(seed: int, often: float) -> None:
    """Facts come in at any moment at which the store's lock is free, up to the last before the switch."""
    _go_on_meanwhile(seed, often, lambda desk: desk.use_policy(policy_of(seed + 1)))


@quick
@given(seeds, st.sampled_from([0, 0.1, 1]), st.booleans())
def test_views_proved_while_facts_come_in(seed: int, often: float, wrong: bool) -> None:
    """Wrong rows among them: what is right in the end is right by all the facts that have come in."""

    def rebuild(desk: Desk) -> None:
        desk.use_policy(policy_of(seed + 1))
        if wrong:
            for table in ("stay", "place", "run"):
                desk.store.connection.execute(f"UPDATE {table} SET known_to = known_to - 1 WHERE case_no % 2")
        answer = desk.rebuild(check=False, progress=lambda *_: None)
        assert (answer["differences"] > 0) == wrong

    _go_on_meanwhile(seed, often, rebuild)


@quick
@given(seeds, st.integers(0, 8), st.booleans())
def test_views_proved_while_another_policy_is_put_in_force(seed: int, at: int, check: bool) -> None:
    """What was compared with the runs of a policy that is no longer in force is compared again."""
    with desk_of(seed) as desk:
        take(desk, [list(world(seed, CASES).lines)])
        with Desk(desk.store.address, now=lambda: NOW) as other, cut_small(0):
            wrong = desk.store.connection.execute("UPDATE stay SET end_known = 1 WHERE case_no = 1").rowcount
            turn = count()

            def use_it_then() -> None:
                if next(turn) == at:
                    other.use_policy(policy_of(seed + 1))

            with _whenever_free(desk, random.Random(0), 1, use_it_then):
                answer = desk.rebuild(check=check, progress=lambda *_: None)
            assert answer == {"facts": desk.status()["facts"], "differences": wrong}
            other.use_policy(policy_of(seed + 1))
            left = other.rebuild(check=True, progress=lambda *_: None)["differences"]
            assert left == (wrong if check else 0)


@quick
@given(seeds, shares)
def test_history_that_is_loaded_while_a_policy_is_folded_is_not_in_its_answer(seed: int, known: float) -> None:
    """Every part of an answer is of one moment: that of the reading transaction in which it was asked."""
    told, other = world(seed, CASES), policy_of(seed + 1)
    at = instant_of(sorted(told.times)[int(known * (len(told.times) - 1))])
    on, half = london_day(at), len(told.lines) // 2
    with desk_of(seed) as desk, desk_of(seed) as loading:
        for each in (desk, loading):
            take(each, [list(told.lines[:half])])
        before = desk.drift(on, at, policy=other)
        with Desk(loading.store.address, now=lambda: NOW) as loader:

            def load(statement: str) -> None:
                if "TEMP TABLE run" in statement:
                    take(loader, [list(told.lines[half:])])

            file_connection(loading).set_trace_callback(load)
            assert loading.drift(on, at, policy=other) == before
            file_connection(loading).set_trace_callback(None)
            assert loading.status()["facts"] > desk.status()["facts"]


def _go_on_meanwhile(seed: int, often: float, work: Callable[[Desk], None]) -> None:
    lines = list(world(seed, CASES).lines)
    half = len(lines) // 2
    rest = [lines[at : at + 8] for at in range(half, len(lines), 8)]
    with desk_of(seed) as desk, desk_of(seed) as undisturbed:
        take(desk, [lines[:half]])
        with Desk(desk.store.address, now=lambda: NOW) as other, cut_small(0):
            other.store.connection.execute("PRAGMA synchronous = OFF")
            coming = iter(rest)
            with _whenever_free(desk, random.Random(f"meanwhile {seed}"), often, lambda: take(other, [*_next(coming)])):
                work(desk)
            last = list(coming)
            assert often < 1 or len(last) < len(rest)
            take(other, last)
            assert desk.rebuild(check=True, progress=lambda *_: None) == {
                "facts": desk.status()["facts"],
                "differences": 0,
            }
        take(undisturbed, [lines])
        undisturbed.use_policy(policy_of(seed + 1))
        for query in ROWS:
            assert sorted(map(repr, rows_of(desk, query))) == sorted(map(repr, rows_of(undisturbed, query)))


def _next(coming: Iterator[list[bytes]]) -> list[list[bytes]]:
    return [batch for batch in [next(coming, None)] if batch]


@contextmanager
def _whenever_free(desk: Desk, rng: random.Random, often: float, do: Callable[[], object]) -> Iterator[None]:
    """Before some of the desk's statements, those that take the store's lock among them, but for those that hold it."""
    locked = False

    def before(statement: str) -> None:
        nonlocal locked
        if not locked and rng.random() < often:
            do()
        if statement == "BEGIN IMMEDIATE":
            locked = True
        elif statement in ("COMMIT", "ROLLBACK"):
            locked = False

    file_connection(desk).set_trace_callback(before)
    try:
        yield
    finally:
        file_connection(desk).set_trace_callback(None)
