"""A process killed in the middle of taking facts in: nothing is lost and nothing is counted twice.

Each death strikes at another point: while the store is opened or made, between any two statements, before a
commit and after it, in the middle of a write to the disk. Then the same ingest runs to its end, and the store
must hold what it would hold had nobody died. `CASEDRIFT_KILLS` says how often.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from casedrift.desk import Desk
from domain.days import midnight, parse_day
from projections.schema import ROW_TABLES
from tests.judge.worlds import world
from tests.streams.dying import Ended, Order, Weapon, a_step, mortals
from tests.streams.whole_store import Told, whole_store

KILLS = int(os.environ.get("CASEDRIFT_KILLS", "100"))
HOUR = 3_600_000_000
NOON = midnight(parse_day("2022-06-01")) + 12 * HOUR
LINES = world(3, 6).lines
WEAPONS: tuple[Weapon, ...] = ("statement", "write", "statement", "write", "outside")
CarryOut = Callable[[Order], Ended]


@dataclass(frozen=True)
class Plan:
    """An ingest to be disturbed: what it begins with, the statements that it runs, and what it leaves undisturbed."""

    begins_with: Path | None
    file: Path
    backfill: bool
    verbs: list[str]
    left: Told

    def order(self, store: Path, hours: int) -> Order:
        """The ingest into that store, begun that many hours after noon."""
        return Order(str(store), str(self.file), self.backfill, NOON + hours * HOUR)


@pytest.fixture(scope="module")
def carry_out() -> Iterator[CarryOut]:
    with mortals() as each:
        yield each


@pytest.fixture(scope="module")
def plans(carry_out: CarryOut, tmp_path_factory: pytest.TempPathFactory) -> list[Plan]:
    """Live; history; views that lag behind their log; views that hold the runs of an earlier policy."""
    folder = tmp_path_factory.mktemp("undisturbed")
    file, behind, earlier = folder / "facts.jsonl", folder / "behind.db", folder / "earlier.db"
    file.write_bytes(b"\n".join(LINES))
    _half(
        behind,
        *(f"DELETE FROM {table}" for table in ROW_TABLES),
        "DELETE FROM tracking WHERE application_name = 'views'",
    )
    _half(earlier, "DELETE FROM run", "UPDATE meta SET value = 'another' WHERE key = 'views_policy'")
    plans: list[Plan] = []
    for begins_with, backfill in ((None, False), (None, True), (behind, True), (earlier, False)):
        plan = Plan(begins_with, file, backfill, [], {})
        store = _begun(plan, folder / f"{len(plans)}.db")
        ended = carry_out(plan.order(store, 0))
        assert ended.code == 0
        plans.append(replace(plan, verbs=ended.verbs, left=whole_store(store, live=not backfill)))
    return plans


@pytest.mark.parametrize("number", range(KILLS))
def test_killed_anywhere_nothing_is_lost_or_doubled(
    number: int, plans: list[Plan], carry_out: CarryOut, tmp_path: Path
) -> None:
    rng = random.Random(f"kill {number}")
    plan, weapon = plans[number % len(plans)], WEAPONS[number % len(WEAPONS)]
    store = _begun(plan, tmp_path / "store.db")
    while not carry_out(plan.order(store, 0).dying(weapon, a_step(rng, plan.verbs), rng.random())).killed:
        store = _begun(plan, tmp_path / "store.db")  # a write past the limit never came, or the hand was late
    if number % 3 == 0:  # some die once more, of taking up what the first has left
        carry_out(plan.order(store, 1).dying(weapon, a_step(rng, plan.verbs), rng.random()))
    assert carry_out(plan.order(store, 2)).code == 0
    assert whole_store(store, live=not plan.backfill) == plan.left


def _begun(plan: Plan, store: Path) -> Path:
    for old in store.parent.glob(f"{store.name}*"):
        old.unlink()
    if plan.begins_with is not None:
        shutil.copyfile(plan.begins_with, store)
    return store


def _half(store: Path, *undone: str) -> None:
    """A store that holds half of the facts, and what was undone in it."""
    with Desk(str(store), create=True, now=lambda: NOON - HOUR) as desk:
        desk.ingest_lines(iter([list(LINES[: len(LINES) // 2])]), backfill=True, progress=lambda _: None)
        for statement in undone:
            desk.store.connection.execute(statement)
