"""A process at work on a store that dies of it: at a statement, in the middle of a write, or by another's hand.

It is run as a program. It reads one order a line, has a child of its own carry it out, and says how the child
ended and which statements it ran. Starting Python once for all of them makes each death cheap.
"""

from __future__ import annotations

import json
import os
import random
import resource
import secrets
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal

from casedrift.bank_holidays import bank_holidays
from casedrift.desk import Desk
from casedrift.policies import load_policy
from streams.identity_rotation import rotate
from streams.sources.formats import Reader
from tests.house.source import ROOT

BATCH: Final = 12
LONGEST: Final = 60
"""Seconds after which a child ends itself."""

Weapon = Literal["statement", "write", "outside"]


@dataclass(frozen=True)
class Order:
    """What to do, at which instant (microseconds; a second later with each batch), and where to die."""

    store: str
    file: str
    backfill: bool
    at: int
    census: bool = False
    """Whether the file is a CIN census and not JSON lines."""
    workbook_of: str | None = None
    """When a workbook was taken (RFC 3339), where the file is one."""
    redrive: bool = False
    """Whether what was refused is taken in again instead."""
    work: Literal["ingest", "rebuild", "use", "rotate"] = "ingest"
    """To take the file in; or to rebuild the views; or to put the policy of this file (or name) in force; or to put who
    is who under a new key."""
    weapon: Weapon | None = None
    step: int = 0
    """The statement, counted from 0, before which death strikes (by a write: at the earliest)."""
    part: float = 0.0
    """By a write: the part of the store's size past which no file may be written any more."""

    def dying(self, weapon: Weapon, step: int, part: float) -> Order:
        """The same, but dying."""
        return replace(self, weapon=weapon, step=step, part=part)


@dataclass(frozen=True)
class Ended:
    """How it ended: the statements' first words, and the exit code (below zero: the signal)."""

    verbs: list[str]
    code: int

    @property
    def killed(self) -> bool:
        return self.code in {-signal.SIGKILL, -signal.SIGXFSZ}


@contextmanager
def mortals() -> Iterator[Callable[[Order], Ended]]:
    """Something that carries out orders, each in a process of its own."""
    command = [sys.executable, "-m", "tests.streams.dying"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        orders, endings = process.stdin, process.stdout
        assert orders is not None
        assert endings is not None

        def carry_out(order: Order) -> Ended:
            print(json.dumps(asdict(order)), file=orders, flush=True)
            return Ended(**json.loads(endings.readline()))

        yield carry_out
        orders.close()


def a_step(rng: random.Random, verbs: list[str]) -> int:
    """Any statement; or one of any kind; or one that begins or ends a transaction: the few get their share too."""
    some: set[str] = rng.choice([set(verbs), {rng.choice(sorted(set(verbs)))}, {"BEGIN", "COMMIT"}])
    return rng.choice([step for step, verb in enumerate(verbs) if verb in some])


def _carry_out(order: Order) -> Ended:
    """Have a child do it, and kill it where the order says so; its statements come through a pipe."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _live(order, writing)
    os.close(writing)
    verbs = []
    with os.fdopen(reading) as told:
        for step, verb in enumerate(told):
            verbs.append(verb.strip())
            if order.weapon == "outside" and step == order.step:
                os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return Ended(verbs, os.waitstatus_to_exitcode(status))


def _live(order: Order, told: int) -> None:
    """The child's whole life. It never comes back."""
    code = 1
    signal.alarm(LONGEST)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        _watch_statements(_fate(order, told))
        _work(order)
        code = 0
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def _work(order: Order) -> None:
    file, clock = Path(order.file), count(order.at, 1_000_000)
    with Desk(order.store, create=True, now=lambda: next(clock)) as desk:
        if order.weapon == "write":  # so that each commit writes the database file too, not only the one beside it
            desk.store.connection.execute("PRAGMA wal_autocheckpoint = 1")
        if order.work == "rebuild":
            desk.rebuild(check=False, progress=lambda *_: None)
            return
        if order.work == "use":
            desk.use_policy(load_policy(order.file))
            return
        if order.work == "rotate":
            rotate(desk.store, secrets.token_bytes)
            return
        if order.redrive:
            desk.redrive()
            return
        if order.census:
            desk.door().take_extract("cin-census", file, Reader(), backfill=order.backfill)
            return
        if order.workbook_of is not None:
            reader = Reader(taken=datetime.fromisoformat(order.workbook_of))
            desk.door().take_extract("annex-a", file, reader, backfill=order.backfill)
            return
        lines = file.read_bytes().splitlines()
        batches = (lines[at : at + BATCH] for at in range(0, len(lines), BATCH))
        desk.ingest_lines(batches, backfill=order.backfill, progress=lambda _: None)


def _fate(order: Order, told: int) -> Callable[[str], None]:
    """Called before each statement: tells of it, and dies where that was ordered."""
    steps = count()

    def before(statement: str) -> None:
        os.write(told, statement.split(None, 1)[0].upper().encode() + b"\n")
        if next(steps) == order.step:
            if order.weapon == "statement":
                os.kill(os.getpid(), signal.SIGKILL)
            elif order.weapon == "write":
                _die_of_a_write(Path(order.store), order.part)

    return before


def _die_of_a_write(store: Path, part: float) -> None:
    """From here on whatever is written past that part of the store's size is cut off there, and is fatal."""
    size = int(store.stat().st_size * part) if store.exists() else 0
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _watch_statements(before: Callable[[str], None]) -> None:
    """Every connection opened from now on says which statement it is about to run."""
    connect = sqlite3.connect

    def heard(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(before)
        return connection

    vars(sqlite3)["connect"] = heard


if __name__ == "__main__":
    (
        bank_holidays(2022),
        load_policy("england"),
        load_policy("england-census"),
    )  # what is read once here, no child has to read
    for line in sys.stdin:
        print(json.dumps(asdict(_carry_out(Order(**json.loads(line))))), flush=True)
