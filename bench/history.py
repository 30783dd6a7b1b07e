"""The history that is measured: the simulated authority's facts in a file, and a process apart to use them in.

Each measured part runs in a fresh process, so that its peak memory is its own and nothing is warm before it begins.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

from casedrift.simulation import simulate

P = ParamSpec("P")
R = TypeVar("R")

SEED = 7
START = date(2018, 4, 1)
MONTHS = 18
CHILDREN_A_FACT = 8_200 / 203_000
"""In a span of `MONTHS`: the simulation's own table, "a measurement"."""
LONG_SHARE = 0.28
"""The share of a long history that falls in one span: 18 of about 64 months."""
KNOWN_FOR = 10
"""Months for which a child is known on average, by the simulation's own rough figure."""


def children_for(facts: int, spans: float = 1) -> int:
    """How many children make about so many facts a span; over several spans at the same open caseload."""
    one = facts * CHILDREN_A_FACT
    return round(one * (KNOWN_FOR + MONTHS * spans) / (KNOWN_FOR + MONTHS))


def write_long_history(path: Path, facts: int) -> int:
    """Write a history of about so many facts in all, about 4,600 cases open for each million; its lines."""
    one = round(facts * LONG_SHARE)
    months = MONTHS + round(MONTHS * (1 / LONG_SHARE - 1))
    lines = 0
    with path.open("wb") as file:
        for line in simulate(SEED, START, months, children_for(one, months / MONTHS)):
            file.write(line)
            lines += 1
    return lines


def write_half(whole: Path, half: Path) -> None:
    """The first half of a file's lines: the same history, until then."""
    with whole.open("rb") as lines:
        count = sum(1 for _ in lines)
        lines.seek(0)
        with half.open("wb") as file:
            file.writelines(islice(lines, count // 2))


def write_history(path: Path, facts: int, spans: int = 1) -> int:
    """Write a history of about so many facts a span to the file; the number of its lines."""
    lines = 0
    with path.open("wb") as file:
        for line in simulate(SEED, START, MONTHS * spans, children_for(facts, spans)):
            file.write(line)
            lines += 1
    return lines


def apart(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do the work in a fresh process and hand back what it found."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *args, **kwargs).result()


def peak_megabytes() -> float:
    """The most memory that this process has held so far, in megabytes."""
    return megabytes_of(resource.getrusage(resource.RUSAGE_SELF))


def megabytes_of(used: resource.struct_rusage) -> float:
    """The same of a process of which the system has told what it used."""
    return used.ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1_000)
