"""A census cut short by a death: run again, it tells every child's story to its end, and no child becomes two.

A child's reference is made up at random when the child is first met, so it must outlive the death together with
the facts that speak of the child, or neither may. `CASEDRIFT_KILLS` says how often; this takes a fifth of them.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

from casedrift.desk import Desk
from domain.days import midnight, parse_day
from tests.house.source import ROOT
from tests.streams.dying import Order, Weapon, a_step, mortals
from tests.streams.whole_store import prove

KILLS = int(os.environ.get("CASEDRIFT_KILLS", "100")) // 5 or 1
NOW = midnight(parse_day("2030-01-01"))
HOUR = 3_600_000_000
CENSUS = ROOT / "casedrift" / "demo" / "census.xml"
WEAPONS: tuple[Weapon, ...] = ("statement", "write", "outside")


def test_a_census_killed_anywhere_is_told_once(tmp_path: Path) -> None:
    with mortals() as carry_out:
        undisturbed = carry_out(_order(tmp_path / "undisturbed.db", 0))
        assert undisturbed.code == 0
        told = _told(tmp_path / "undisturbed.db")
        for number in range(KILLS):
            rng, store = random.Random(f"census {number}"), tmp_path / f"{number}.db"
            weapon = WEAPONS[number % len(WEAPONS)]
            carry_out(_order(store, 0).dying(weapon, a_step(rng, undisturbed.verbs), rng.random()))
            assert carry_out(_order(store, 1)).code == 0, f"after death {number}"
            assert _told(store) == told, f"after death {number}"


def _order(store: Path, hours: int) -> Order:
    return Order(str(store), str(CENSUS), backfill=True, at=NOW + hours * HOUR, census=True)


def _told(store: Path) -> list[Any]:
    """What the store tells but for the references: how many children it knows, and each case's facts in order."""
    lives: dict[str, list[str]] = {}
    with Desk(str(store), now=lambda: NOW + 24 * HOUR) as desk:
        prove(desk)
        ask = desk.store.connection.execute
        for case, topic in ask("SELECT originator_id, topic FROM stored_events ORDER BY rowid"):
            lives.setdefault(case, []).append(topic)
        children = ask("SELECT count(*) FROM identity"), ask("SELECT count(DISTINCT child) FROM place")
        return [*(each.fetchone() for each in children), sorted(lives.values()), desk.status()]
