"""The manager's questions over years of history, at days and instants taken at random, as a process and as a command.

A question should cost by the size of its answer: so the same are asked of a store that holds only the first half of
the facts, about times that lie in that half. The answers are equal, as known then; the costs should be too.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from random import Random
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter, process_time
from typing import Any

from bench.history import START
from casedrift.desk import Desk
from casedrift.now import now
from domain.days import end_of_day, format_day, london_day

PROGRAM = str(Path(sys.executable).with_name("casedrift"))
Moment = tuple[int, int]
"""A day (ordinal), as known at the end of another, not earlier one (microseconds)."""
Ask = Callable[[Desk, int, int], Any]
QUESTIONS: dict[str, Ask] = {
    "counts": lambda desk, on, known: desk.counts(on, known),
    "drift": lambda desk, on, known: desk.drift(on, known),
    "compliance": lambda desk, on, known: desk.compliance(on, known),
    "flow": lambda desk, on, known: desk.flow((_quarter_before(on), known), (on, known)),
}
WANTED = {"counts": 10, "drift": 50, "compliance": 100, "flow": 120}
"""Milliseconds that the 95th percentile should keep under, within a process."""


@dataclass(frozen=True)
class Cost:
    """Milliseconds by the clock on the wall and of processor time: the middle one and the 95th percentile."""

    wall: float
    wall_95: float
    busy: float
    busy_95: float
    lines: int
    """Of the middle answer."""


def moments(desk: Desk, how_many: int, *, seed: int = 1) -> list[Moment]:
    """Random moments in the history that the store holds."""
    chance, first = Random(seed), START.toordinal() + 90
    with desk.store.reading() as connection:
        last = london_day(connection.execute("SELECT max(known_at) FROM cases").fetchone()[0])
    found = []
    for _ in range(how_many):
        known = chance.randint(first, last - 1)
        found.append((chance.randint(first, known), end_of_day(known)))
    return found


def ask_within(store: Path, how_many: int) -> dict[str, Cost]:
    """Ask each question so many times of a store that stays open."""
    with Desk(str(store), now=now) as desk:
        return dict(_asked(desk, moments(desk, how_many)))


def ask_both(half: Path, whole: Path, how_many: int) -> dict[str, tuple[Cost, Cost]]:
    """Ask the same of the half and of the whole history, about times in the half; the answers must be equal."""
    with Desk(str(half), now=now) as small, Desk(str(whole), now=now) as large:
        asked = moments(small, how_many)
        for on, known in asked[:5]:
            for name, ask in QUESTIONS.items():
                assert ask(small, on, known) == ask(large, on, known), f"{name} differs with a longer history"
        return {
            name: (ours, twice)
            for (name, ours), (_, twice) in zip(_asked(small, asked), _asked(large, asked), strict=True)
        }


def ask_apart(store: Path, how_many: int) -> dict[str, Cost]:
    """Ask each question so many times as a person does: with the command, from its start to its last line."""
    with Desk(str(store), now=now) as desk:
        asked = moments(desk, how_many)
    return {name: _costs([_run(store, name, on, known) for on, known in asked]) for name in QUESTIONS}


def _asked(desk: Desk, asked: list[Moment]) -> Iterator[tuple[str, Cost]]:
    for name, ask in QUESTIONS.items():
        ask(desk, *asked[0])
        taken = []
        for on, known in asked:
            begun, idle = perf_counter(), process_time()
            answer = ask(desk, on, known)
            taken.append((perf_counter() - begun, process_time() - idle, len(answer)))
        yield name, _costs(taken)


def _run(store: Path, name: str, on: int, known: int) -> tuple[float, float, int]:
    """Seconds on the wall and of the processor (user and system), and the size of what was printed."""
    day, instant = format_day(on), format_day(london_day(known))
    when = ["--on", day, "--known", instant]
    if name == "flow":
        when = ["--from", format_day(_quarter_before(on)), "--to", day, "--known-from", instant, "--known-to", instant]
    command = [PROGRAM, name, "--store", str(store), "--json", *when]
    begun, before = perf_counter(), getrusage(RUSAGE_CHILDREN)
    printed = subprocess.run(command, check=True, capture_output=True).stdout
    seconds, after = perf_counter() - begun, getrusage(RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, busy, len(printed)


def _costs(taken: list[tuple[float, float, int]]) -> Cost:
    walls, busy, sizes = (sorted(each) for each in zip(*taken, strict=True))
    return Cost(median(walls) * 1000, _p95(walls) * 1000, median(busy) * 1000, _p95(busy) * 1000, round(median(sizes)))


def _p95(ascending: list[float]) -> float:
    return ascending[ceil(len(ascending) * 0.95) - 1]


def _quarter_before(day: int) -> int:
    return day - 91
