"""A redrive killed anywhere: what was refused is either still in quarantine, all of it, or taken in, all of it.

`CASEDRIFT_KILLS` says how often; this takes a fifth of them.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

from casedrift.desk import Desk
from domain.days import midnight, parse_day
from tests.judge.worlds import world
from tests.streams.dying import Order, Weapon, a_step, mortals
from tests.streams.whole_store import Told, whole_store

KILLS = int(os.environ.get("CASEDRIFT_KILLS", "100")) // 5 or 1
EARLY, LATER = (midnight(parse_day(day)) for day in ("2019-06-01", "2022-06-01"))
HOUR = 3_600_000_000
WEAPONS: tuple[Weapon, ...] = ("statement", "write", "outside")


def test_a_redrive_killed_anywhere_is_whole_or_never_was(tmp_path: Path) -> None:
    early = tmp_path / "early.db"
    with Desk(str(early), create=True, now=lambda: EARLY) as desk:
        half = len(world(3, 6).lines) // 2
        for lines, backfill in ((world(3, 6).lines[:half], True), (world(3, 6).lines[half:], False)):
            desk.ingest_lines(iter([list(lines)]), backfill=backfill, progress=lambda _: None)
    before = whole_store(early, live=True)
    with mortals() as carry_out:
        undisturbed = carry_out(_order(_copy(early, tmp_path / "undisturbed.db"), 0))
        assert undisturbed.code == 0
        after = whole_store(tmp_path / "undisturbed.db", live=True)
        assert len(after["stored_events"]) > len(before["stored_events"])
        for number in range(KILLS):
            rng, store = random.Random(f"redrive {number}"), _copy(early, tmp_path / f"{number}.db")
            weapon = WEAPONS[number % len(WEAPONS)]
            carry_out(_order(store, 0).dying(weapon, a_step(rng, undisturbed.verbs), rng.random()))
            assert whole_store(store, live=True) in (before, after), f"after death {number}"
            assert carry_out(_order(store, 1)).code == 0, f"after death {number}"
            assert _log(whole_store(store, live=True)) == _log(after), f"after death {number}"


def _copy(store: Path, to: Path) -> Path:
    shutil.copyfile(store, to)
    return to


def _order(store: Path, hours: int) -> Order:
    return Order(str(store), "", backfill=False, at=LATER + hours * HOUR, redrive=True)


def _log(told: Told) -> Told:
    return {table: told[table] for table in ("stored_events", "inbox", "quarantine")}
