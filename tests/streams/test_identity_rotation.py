"""The key to who is who changed, in a store that is a file; and the same killed by force wherever it may be."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from casedrift.desk import Desk
from domain.days import midnight, parse_day
from streams.sources.formats import Reader
from streams.who_is_who import known_identities
from tests.house.source import ROOT
from tests.streams.dying import Order, Weapon, a_step, mortals
from tests.streams.rotation_contract import RotationContract, everybody
from tests.streams.whole_store import prove

KILLS = int(os.environ.get("CASEDRIFT_KILLS", "100")) // 5 or 1
NOW = midnight(parse_day("2030-01-01"))
CENSUS = ROOT / "casedrift" / "demo" / "census.xml"
WEAPONS: tuple[Weapon, ...] = ("statement", "write", "outside")


class TestRotationOfAFile(RotationContract):
    """The contract, on SQLite."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return str(tmp_path / "store.db")


def test_a_change_of_key_killed_anywhere_loses_nobody(tmp_path: Path) -> None:
    before = tmp_path / "before.db"
    with Desk(str(before), create=True, now=lambda: NOW) as desk:
        desk.door().take_extract("cin-census", CENSUS, Reader(), backfill=True)
        told = everybody(desk.store)
    with mortals() as carry_out:
        undisturbed = carry_out(_order(_copy(before, tmp_path / "undisturbed.db")))
        assert undisturbed.code == 0
        for number in range(KILLS):
            rng, store = random.Random(f"rotation {number}"), _copy(before, tmp_path / f"{number}.db")
            weapon = WEAPONS[number % len(WEAPONS)]
            carry_out(_order(store).dying(weapon, a_step(rng, undisturbed.verbs), rng.random()))
            assert _told(store) == told, f"after death {number}"
            assert carry_out(_order(store)).code == 0, f"after death {number}"
            assert _told(store) == told, f"after death {number}"


def _copy(store: Path, to: Path) -> Path:
    shutil.copyfile(store, to)
    shutil.copy2(_key(store), _key(to))
    return to


def _key(store: Path) -> Path:
    return store.with_name(f"{store.name}.key")


def _order(store: Path) -> Order:
    return Order(str(store), "", backfill=True, at=NOW, work="rotate")


def _told(store: Path) -> dict[str, str]:
    with Desk(str(store), now=lambda: NOW) as desk:
        assert known_identities(desk.store) is not None
        prove(desk)
        return everybody(desk.store)
