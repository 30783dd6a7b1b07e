"""The passing of midnight: what became overdue between yesterday and today, among very many runs that wait.

Nothing need have come in for that, and nothing counts down for each run: the rows are asked. Two figures: the
product's own question, on the store of the history; and, on a table of a million open runs made up in one go (taking
in the facts for them would take an hour), the bare look-up in a partial index on the due day.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from bench.history import peak_megabytes
from casedrift.desk import Desk
from casedrift.now import now
from domain.days import NO_DAY, NO_INSTANT, end_of_day, london_day, midnight
from projections.schema import create_statements, hull, write_statement

TODAY = 737_000
SPREAD = 400
"""Days over which the runs fall due, half of them past."""
DUE = f"CREATE INDEX run_due ON run (due) WHERE end_day = {NO_DAY} AND known_to = {NO_INSTANT} AND measured = 1"
TURNED = (
    "SELECT case_no, clock, begun_by, run_id FROM run"
    f" WHERE due = ? AND end_day = {NO_DAY} AND known_to = {NO_INSTANT} AND measured = 1"
)


@dataclass(frozen=True)
class Step:
    """One step over midnight: seconds on the wall and of the processor, what turned, and the peak memory."""

    wall: float
    busy: float
    turned: int
    megabytes: float


def of_the_store(store: Path) -> Step:
    """The changes of alerts at one midnight, as `alerts --follow` asks for them."""
    with Desk(str(store), now=now) as desk:
        with desk.store.reading() as connection:
            last = london_day(connection.execute("SELECT max(known_at) FROM cases").fetchone()[0])
        since, known = midnight(last), end_of_day(last)
        begun, idle = perf_counter(), process_time()
        lines = desk.alerts(known, since=since).lines
        return Step(perf_counter() - begun, process_time() - idle, len(lines), peak_megabytes())


def of_open_runs(file: Path, runs: int) -> Step:
    """The open runs that were due yesterday, of so many, by the partial index."""
    file.unlink(missing_ok=True)
    connection = sqlite3.connect(file)
    for statement in create_statements("run"):
        connection.execute(statement)
    connection.execute(DUE)
    connection.executemany(write_statement("run"), _open_runs(runs))
    connection.commit()
    connection.close()
    connection = sqlite3.connect(file)
    plan = str(connection.execute(f"EXPLAIN QUERY PLAN {TURNED}", (TODAY - 1,)).fetchall())
    assert "run_due" in plan, "the partial index is not used"
    begun, idle = perf_counter(), process_time()
    turned = connection.execute(TURNED, (TODAY - 1,)).fetchall()
    step = Step(perf_counter() - begun, process_time() - idle, len(turned), peak_megabytes())
    connection.close()
    file.unlink()
    assert len(turned) == len(range(SPREAD // 2 - 1, runs, SPREAD)), "not every run that was due was found"
    return step


def _open_runs(runs: int) -> Iterator[tuple[int, ...]]:
    known = midnight(TODAY - SPREAD)
    days = {known: london_day(known), NO_INSTANT: NO_DAY}
    for number in range(runs):
        due = TODAY - SPREAD // 2 + number % SPREAD
        open_end = NO_DAY, 0, 0, NO_INSTANT, NO_INSTANT
        box = hull(due - 30, NO_DAY, known, NO_INSTANT, NO_INSTANT, days)
        yield number // 4, 1 + number % 4, 1, known, number, due - 30, due, 1, *open_end, *box
