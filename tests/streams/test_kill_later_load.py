"""A later workbook cut short by a death: loaded again, it changes what it would have changed, and tells nothing twice.

Until then a part of the children are as the new book has them and the others as the old one had them; the second try
must find that out of the store alone. `CASEDRIFT_FAULTS=full` tries it fifty times.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from casedrift.desk import Desk
from domain.days import midnight, parse_day
from tests.kit.annex_a import Lists, annex_a, row
from tests.kit.numbers import times
from tests.sources.told import Loads
from tests.streams.dying import Order, Weapon, a_step, mortals
from tests.streams.whole_store import prove

KILLS = times(50)
NOW = midnight(parse_day("2030-01-01"))
HOUR = 3_600_000_000
WEAPONS: tuple[Weapon, ...] = ("statement", "write", "outside")
CHILDREN = 230
"""More than two transactions of them."""


def first_book() -> Lists:
    """Everybody referred, a third assessed, a third in need and held by a team."""
    children = range(CHILDREN)
    return {
        3: [row(str(child), on="2024-06-03") for child in children],
        4: [row(str(child), started="2024-06-05") for child in children if child % 3 == 0],
        6: [row(str(child), start="2024-06-03", seen="2024-06-20", team="N1") for child in children if child % 3 == 1],
    }


def second_book() -> Lists:
    """Some gone, some new; assessments finished, children seen again, moved to another team, or closed."""
    there = [child for child in range(CHILDREN + 15) if child % 20 != 7]
    return {
        3: [row(str(child), on="2024-06-03" if child < CHILDREN else "2024-07-08") for child in there],
        4: [row(str(child), started="2024-06-05", authorised="2024-07-10") for child in there if child % 3 == 0],
        6: [row(str(child), start="2024-06-03", **_later(child)) for child in there if child % 3 == 1],
    }


def _later(child: int) -> dict[str, str]:
    return {"seen": "2024-07-20", "team": "N2"} if child % 2 else {"end": "2024-07-15", "team": "N1"}


@dataclass(frozen=True)
class Books:
    """A store with the first book in it, and the second."""

    folder: Path
    second: Path

    def begun(self, name: str) -> Path:
        """A copy of the store."""
        store = self.folder / f"{name}.db"
        for beside in ("", ".key"):
            copy(f"{self.folder / 'first.db'}{beside}", f"{store}{beside}")
        return store

    def order(self, store: Path, hours: int) -> Order:
        taken = "2024-07-31T12:00:00+00:00"
        return Order(str(store), str(self.second), backfill=False, at=NOW + hours * HOUR, workbook_of=taken)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    with Desk(str(tmp_path / "first.db"), create=True, now=lambda: NOW) as desk:
        Loads(desk, tmp_path).annex_a(first_book(), "2024-06-30")
    return Books(tmp_path, annex_a(tmp_path / "second.xlsx", second_book()))


def test_a_later_load_killed_anywhere_changes_what_it_would_have_changed(books: Books) -> None:
    with mortals() as carry_out:
        alive = books.begun("undisturbed")
        undisturbed = carry_out(books.order(alive, 1))
        assert undisturbed.code == 0
        told = _told(alive)
        for number in range(KILLS):
            rng, store = random.Random(f"later load {number}"), books.begun(str(number))
            weapon = WEAPONS[number % len(WEAPONS)]
            carry_out(books.order(store, 1).dying(weapon, a_step(rng, undisturbed.verbs), rng.random()))
            assert carry_out(books.order(store, 2)).code == 0, f"after death {number}"
            assert _told(store) == told, f"after death {number}"


def _told(store: Path) -> list[Any]:
    """What the store tells but for references and instants."""
    with Desk(str(store), now=lambda: NOW + 24 * HOUR) as desk:
        prove(desk)
        ask = desk.store.connection.execute
        extracts = ask("SELECT taken, whole, lists FROM extract ORDER BY taken").fetchall()
        stamps = ask("SELECT count(*) FROM stored_events").fetchone(), ask("SELECT count(*) FROM identity").fetchone()
        return [extracts, stamps, Loads(desk, store.parent).standing()]
