"""Extracts loaded as an analyst loads them: a workbook, the next month's held against it, and a census, by the command.

Both are of the simulated authority. Reading a workbook alone, beside pandas, is `bench/workbook.py`.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from time import perf_counter

from bench.history import SEED, megabytes_of
from bench.questions import PROGRAM
from streams.workbook import open_workbook

MONTHLY = ("annex-a", "2025-01-01", 7, 13_000)
"""How the workbooks are simulated: as what, from when, months and children; the last two have 30,000 rows each."""
YEARLY = ("cin-census", "2024-04-01", 12, 10_000)


@dataclass(frozen=True)
class Loaded:
    """What a load took, from the start of the program to its last word: seconds, of the processor too, and memory."""

    tally: dict[str, int]
    seconds: float
    busy: float
    megabytes: float


def simulated(folder: Path, how: tuple[str, str, int, int], part: int = 1) -> list[Path]:
    """The extracts of that kind in the folder, made where they are missing; `part` of 10 is a tenth of the children."""
    form, start, months, children = how
    there = folder / f"{form}-{children // part}"
    if not there.exists():
        new = there.with_suffix(".new")
        _command(
            f"simulate --seed {SEED} --from {start} --months {months} --children {children // part} --as {form}"
            f" --out {new}"
        )
        new.rename(there)
    return sorted(there.iterdir())


def rows_of(path: Path) -> int:
    """How many rows a workbook has over all its sheets, the headings not counted."""
    with open_workbook(path) as book:
        return sum(sum(1 for _ in book.sheet(name).rows()) - 1 for name in book.sheets)


def load(path: Path, store: Path) -> Loaded:
    """Load the extract into the store."""
    return _command(f"ingest {path} --store {store} --json")


def _command(line: str) -> Loaded:
    begun = perf_counter()
    with Popen([PROGRAM, *line.split()], stdout=PIPE) as running:
        assert running.stdout is not None
        said = running.stdout.read()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0, f"{line} ended with {running.returncode}"
    tally = json.loads(said) if line.endswith("--json") else {}
    return Loaded(tally, perf_counter() - begun, used.ru_utime + used.ru_stime, megabytes_of(used))
