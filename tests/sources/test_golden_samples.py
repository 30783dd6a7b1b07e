"""The samples that nobody here wrote, and what comes of them, worked out by hand from their rows or by a reading of the
file that is a test's own. They are not shipped: where they are absent this file is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from casedrift.bank_holidays import bank_holidays
from domain.days import parse_day
from tests.sources.conftest import SAMPLES
from tests.sources.test_golden import drift, faults, tiers
from tests.sources.told import Loads


def test_the_sample_workbook(store: Loads) -> None:
    tally = store.file("annex-a", SAMPLES / "annex_a_child_event_journeys.xlsx", "2020-05-31")
    # 1111 referral, opening, started, assessed, up: 5   3333 two referrals, opening, two started, assessed, up: 7
    # 4444 plan from 4 March 2019 opens; referral, plan, strategy, plan's end, down to in need: 6
    # 6666 two referrals, opening: 3    7777 referral, opening, started: 3    6895, 1141 referral, opening: 2 and 2
    # 2458 referral, opening, strategy, care, up: 5      5555 referral, opening, started, assessed, up: 5
    # 8888 opening, strategy: 2         2547 opening by its conference, conference, plan, up: 4
    # 9999 opening, plan, care, up, care's end, down to protection: 6
    # 9685 opening, care, its end, closing (in no list 6): 4
    assert tally == {"read": 54, "accepted": 54}
    # 6666, 7777, 6895, 2458, 1141, 8888; 1111, 3333, 5555; 4444; 9999 from 30 October to 3 November
    assert tiers(store, "2019-10-31") == {
        "assessment": 6, "child_in_need": 3, "child_protection": 1, "looked_after": 1
    }  # fmt: skip
    # without 2458, in care since November, as 9685; 4444 and 9999 with a plan
    assert tiers(store, "2019-12-31") == {
        "assessment": 5, "child_in_need": 3, "child_protection": 2, "looked_after": 2
    }  # fmt: skip
    # 4444 is in need once its plan has ended; 2547 and 9999; 2458; 9685 has left
    assert tiers(store, "2020-05-31") == {
        "assessment": 5, "child_in_need": 4, "child_protection": 2, "looked_after": 1
    }  # fmt: skip
    never_assessed = 8  # 4444, 6666, 7777, 6895, 2458, 1141, 8888, 9999; 2547 opened on 6 April 2020, due 12 June
    assert drift(store, "2020-05-31", "england-annex-a") == {
        "assessment": never_assessed,
        "assessment-from-start": 1,  # 7777; the second start of 3333 came while the first still ran
        "assessment-tier-60": 5,  # 6666, 7777, 6895, 1141, 8888
        "assessment-update": 3,  # 1111, 3333, 5555, assessed on 26, 28 and 30 May 2019
        "initial-conference": 3,  # 4444, 2458, 8888
    }
    # it names neither teams nor workers: all 12 that are open
    assert faults(store, "2020-05-31", "england-annex-a") == {
        "missing-locality": 12, "missing-team": 12, "missing-worker": 12, "never-assessed": never_assessed
    }  # fmt: skip


def test_the_sample_census_of_one_child_whose_dates_make_no_sense(store: Loads) -> None:
    tally = store.file("cin-census", SAMPLES / "cin_bar_2022_liia.xml", None)
    # referral, opening, protection plan told on it again, strategy, two conferences, assessment started, assessed,
    # both plans' starts and ends, review, closing
    assert tally == {"read": 14, "accepted": 14}
    assert [tiers(store, day) for day in ("1970-10-05", "1970-10-06", "1971-02-26", "1971-02-27")] == [
        {},
        {"child_protection": 1},
        {"child_protection": 1},
        {},
    ]
    # no assessment from 6 October 1970; the plan, on since then as the case has it, is due a review on 6 January and
    # had one on 15 February
    assert drift(store, "1971-02-01", "england-census") == {"assessment": 1, "protection-review": 1}
    assert drift(store, "1971-02-20", "england-census") == {"assessment": 1}
    # before the opening: strategy, two conferences, assessment started, plan started; after the closing: plan ended,
    # assessed
    assert faults(store, "2022-05-23", "england-census") == {"activity-while-closed": 7}


def test_the_sample_census_of_332_children(store: Loads) -> None:
    path = SAMPLES / "cin_fake_332_children_2022.xml"
    tally = store.file("cin-census", path, None)
    referrals, conferences, stays = _told_of(path)
    closed = [stay for stay in stays if stay[1] is not None]
    total = referrals + conferences + len(stays) + len(closed)
    assert tally == {"read": total, "accepted": total}
    assert (referrals, conferences) == (402, 350)  # an element each in the file
    years = range(1990, 2031)
    for day in ("2018-01-01", "2021-04-01", "2022-07-21"):
        on = parse_day(day)
        is_open = [start for start, end in stays if start <= on and (end is None or on < end)]
        late = {limit: sum(_due(start, limit, years) < on for start in is_open) for limit in (45, 60)}
        # no plan and no assessment in it, so all are in assessment, and none ever had one
        assert tiers(store, day) == {"assessment": len(is_open)}
        assert drift(store, day, "england-census") == {"assessment": late[45], "assessment-tier-60": late[60]}


def _told_of(path: Path) -> tuple[int, int, list[tuple[int, int | None]]]:
    """How many referrals and conferences, and the times of being open, by a reading of the file of its own."""
    referrals, conferences, stays = 0, 0, list[tuple[int, int | None]]()
    for child in ElementTree.parse(path).iter("Child"):
        episodes = list(child.iter("CINdetails"))
        referrals += len(episodes)
        held = [each.findtext("DateOfInitialCPC") for each in episodes]
        conferences += len({day for day in held if day})
        counting = [each for each, day in zip(episodes, held, strict=True) if day]  # all others are NFA
        spells = sorted((_day(each, "CINreferralDate"), _day(each, "CINclosureDate")) for each in counting)
        stays += _united([(start, end) for start, end in spells if start < 1 << 40])
    return referrals, conferences, stays


def _day(episode: Any, name: str) -> int:
    text = episode.findtext(name)
    return date.fromisoformat(text).toordinal() if text else 1 << 30


def _united(spells: list[tuple[int, int]]) -> Iterator[tuple[int, int | None]]:
    start, end = spells[0] if spells else (0, 0)
    for begun, ended in spells[1:]:
        if begun < end or begun == start:
            end = max(end, ended)
        else:
            yield start, end
            start, end = begun, ended
    if spells:
        yield start, None if end == 1 << 30 else end


def _due(start: int, limit: int, years: range) -> int:
    """So many working days after the day, counted one by one."""
    holidays = {day for year in years for day in bank_holidays(year)}
    day = start
    while limit:
        day += 1
        limit -= date.fromordinal(day).weekday() < 5 and day not in holidays
    return day
