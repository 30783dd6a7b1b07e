"""A process killed while it proves the views, or puts another policy in force: the views that were in use stay whole.

After each death the store answers as before or as after, never in between; facts can be taken in, and the same command
run again comes to what it comes to undisturbed. `CASEDRIFT_KILLS` says how often, for each of the two.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest

from casedrift.desk import Desk
from casedrift.policies import load_policy
from projections.differences import DifferenceInWords
from tests.judge.worlds import world
from tests.laws.desks import rows_of
from tests.laws.test_views import ROWS
from tests.streams.dying import Ended, Order, Weapon, a_step, mortals
from tests.streams.test_kill import HOUR, NOON
from tests.streams.whole_store import Told, prove, whole_store

KILLS = int(os.environ.get("CASEDRIFT_KILLS", "100"))
LINES = world(4, 6).lines
HALF = len(LINES) // 2
WEAPONS: tuple[Weapon, ...] = ("statement", "write", "statement", "outside")
EARLIER, LATER = "england", "england-census"
PLANTED = (
    "UPDATE run SET due = due + 1 WHERE case_no = (SELECT min(case_no) FROM run)",
    "DELETE FROM place WHERE case_no = (SELECT max(case_no) FROM place)",
    "INSERT INTO stay SELECT case_no + 1000, begun_by, known_from, from_day, end_day, ended_by, ending, end_known,"
    " known_to, lo, size FROM stay WHERE case_no = 1",
)
CarryOut = Callable[[Order], Ended]
Work = Literal["rebuild", "use"]
WORKS: dict[Work, tuple[str, ...]] = {"rebuild": PLANTED, "use": ()}


@dataclass(frozen=True)
class Plan:
    """A command to be disturbed: the store it is run on, the statements that it runs, and what it comes to."""

    work: Work
    begins_with: Path
    rest: Path
    """The facts that are taken in afterwards."""
    verbs: list[str]
    left: Told

    def order(self, store: Path) -> Order:
        """The command, on that store."""
        return Order(str(store), LATER, backfill=True, at=NOON, work=self.work)

    def ingest(self, store: Path) -> Order:
        """The rest of the facts, into that store."""
        return Order(str(store), str(self.rest), backfill=True, at=NOON + HOUR)


@pytest.fixture(scope="module")
def carry_out() -> Iterator[CarryOut]:
    with mortals() as each:
        yield each


@pytest.fixture(scope="module")
def plans(carry_out: CarryOut, tmp_path_factory: pytest.TempPathFactory) -> dict[Work, Plan]:
    """Views in which something is wrong are rebuilt; a sound store is given another policy."""
    folder = tmp_path_factory.mktemp("undisturbed")
    rest = folder / "rest.jsonl"
    rest.write_bytes(b"\n".join(LINES[HALF:]))
    made: dict[Work, Plan] = {}
    for work, planted in WORKS.items():
        begins_with, store = folder / f"{work}.db", folder / f"{work} undisturbed.db"
        _half(begins_with, *planted)
        plan = Plan(work, begins_with, rest, [], {})
        shutil.copyfile(begins_with, store)
        ended = carry_out(plan.order(store))
        assert ended.code == 0
        assert carry_out(plan.ingest(store)).code == 0
        made[work] = replace(plan, verbs=ended.verbs, left=_told(store))
    return made


@pytest.mark.parametrize("number", range(KILLS))
@pytest.mark.parametrize("work", WORKS)
def test_killed_anywhere_the_views_stay_whole(
    work: Work, number: int, plans: dict[Work, Plan], carry_out: CarryOut, tmp_path: Path
) -> None:
    rng = random.Random(f"kill {work} {number}")
    plan, weapon, store = plans[work], WEAPONS[number % len(WEAPONS)], tmp_path / "store.db"
    _begin(plan, store)
    while not carry_out(plan.order(store).dying(weapon, a_step(rng, plan.verbs), rng.random())).killed:
        _begin(plan, store)  # a write past the limit never came, or the hand was late
    _check_before_or_after(plan, store)
    if number % 2:  # half of them take facts in before anybody tries again
        assert carry_out(plan.ingest(store)).code == 0
    assert carry_out(plan.order(store)).code == 0
    assert carry_out(plan.ingest(store)).code == 0
    assert _told(store) == plan.left
    assert [file.name for file in tmp_path.iterdir() if not file.name.startswith("store.db")] == []


def _check_before_or_after(plan: Plan, store: Path) -> None:
    """The store's policy is the earlier or the later, and the views are its own; what was wrong still is, or none."""
    with Desk(str(store), now=lambda: NOON) as desk:
        if plan.work == "use":
            assert desk.policy in (load_policy(EARLIER), load_policy(LATER))
            prove(desk)
            return
        found: list[DifferenceInWords] = []
        answer = desk.rebuild(check=True, progress=lambda *_: None, found=found.append)
        assert {each.table for each in found} in (set(), {"run", "place", "stay"})
        assert answer["differences"] == len(found)


def _told(store: Path) -> Told:
    """All that the store holds, with texts in place of their numbers, which are given in the order of writing."""
    held = whole_store(store)
    del held["text"], held["place"], held["run"]
    with Desk(str(store), now=lambda: NOON) as desk:
        return held | {query: sorted(map(repr, rows_of(desk, query))) for query in ROWS}


def _begin(plan: Plan, store: Path) -> None:
    for old in store.parent.glob(f"{store.name}*"):
        old.unlink()
    shutil.copyfile(plan.begins_with, store)


def _half(store: Path, *planted: str) -> None:
    """A store that holds half of the facts, and what was planted in it."""
    with Desk(str(store), create=True, now=lambda: NOON) as desk:
        desk.ingest_lines(iter([list(LINES[:HALF])]), backfill=True, progress=lambda _: None)
        for statement in planted:
            assert desk.store.connection.execute(statement).rowcount > 0
