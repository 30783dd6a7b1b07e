"""Simulated years beside the published ones: the authority that never was is of the kind of one that is.

Each figure is compared as a share of the referrals (or of its own table), since the simulated authority may have any
size. How far it may be off is written beside it: these shares vary between the published years themselves by far more.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from casedrift.simulation.chance import Chance
from casedrift.simulation.published import bands, published, share
from tests.simulation.years import counted

PER_REFERRAL = [  # table, figure, how far off relative to the published share
    ("referrals", "again", 0.10),
    ("referrals", "no_further_action", 0.15),
    ("referrals", "assessed_not_in_need", 0.12),
    ("referrals", "children", 0.03),
    ("episodes", "started", 0.08),
    ("episodes", "open_at_year_end", 0.15),
    ("enquiries", "section_47", 0.12),
    ("enquiries", "conferences", 0.15),
    ("protection_plans", "started", 0.15),
    ("protection_plans", "ended", 0.20),
    ("protection_plans", "open_at_year_end", 0.20),
]
WITHIN_TABLE = [  # table, and how far off each band of it may be, as a share of the whole table
    ("assessment_days", 0.025),
    ("conference_days", 0.05),
    ("open_for", 0.06),
]


@pytest.mark.parametrize(("table", "figure", "off"), PER_REFERRAL)
def test_so_many_come_of_so_many_referrals(table: str, figure: str, off: float) -> None:
    expected = published()[table][figure] / published()["referrals"]["all"]
    simulated = counted().tables[table][figure] / counted().tables["referrals"]["all"]
    assert simulated == pytest.approx(expected, rel=off)


@pytest.mark.parametrize(("table", "off"), WITHIN_TABLE)
def test_things_take_as_long(table: str, off: float) -> None:
    expected, simulated = published()[table], counted().tables[table]
    assert set(simulated) <= set(expected)
    for name, number in expected.items():
        assert simulated[name] / simulated.total() == pytest.approx(number / sum(expected.values()), abs=off), name


def test_as_many_assessments_are_completed() -> None:
    """Those with a start; what only brings an assessment up to date has none, and is not counted."""
    expected = sum(published()["assessment_days"].values()) / published()["referrals"]["all"]
    simulated = counted().tables["assessment_days"].total() / counted().tables["referrals"]["all"]
    assert simulated == pytest.approx(expected, rel=0.08)


def test_protection_plans_are_reviewed_in_time() -> None:
    reviews = counted().tables["reviews"]
    assert reviews["in_time"] / reviews["plans"] == pytest.approx(share("reviews", "in_time", "plans"), abs=0.06)


def test_every_list_has_a_figure_for_every_year() -> None:
    tables = tomllib.loads(files("casedrift.simulation").joinpath("devon.toml").read_text("utf-8"))
    years = tables.pop("years")
    assert all(len(figures) == len(years) for lists in tables.values() for figures in lists.values())


@pytest.mark.parametrize("table", ["assessment_days", "conference_days"])
def test_a_length_is_drawn_from_the_bands(table: str) -> None:
    """Each band by its share, and its longest part alone where only that is asked for."""
    chance, drawn = Chance("bands", table), Counter[int]()
    for _ in range(20_000):
        drawn[chance.banded(bands(table))] += 1
    for shortest, longest, part in bands(table):
        within = sum(number for days, number in drawn.items() if shortest <= days <= longest)
        assert within / 20_000 == pytest.approx(part, abs=0.015)
    last = bands(table)[-1]
    assert all(last[0] <= chance.banded(bands(table), 1 - last[2] + 1e-9, 1.0) <= last[1] for _ in range(500))
