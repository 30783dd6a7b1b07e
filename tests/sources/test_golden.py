"""Whole extracts and what comes of them, worked out by hand from their rows: the tally, who is open on a day and in
which tier, which clocks are overdue, and what of the record makes no sense.

The comments are the reckoning. WD are working days after the first day; 6 and 27 May and 26 August 2024 are holidays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from casedrift.bank_holidays import bank_holidays
from casedrift.policies import load_policy
from domain.days import parse_day
from tests.house.source import ROOT
from tests.sources.golden_book import golden_book
from tests.sources.told import LATER, Loads, loads

SAMPLES = ROOT.parent / "shared" / "samples"
KNOWN = int(LATER.timestamp()) * 1_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Loads]:
    with loads(tmp_path) as store:
        yield store


def tiers(store: Loads, day: str) -> dict[str, int]:
    return {each["tier"]: each["open_cases"] for each in store.desk.counts(parse_day(day), KNOWN, ("tier",))}


def drift(store: Loads, day: str, policy: str) -> dict[str, int]:
    runs = store.desk.drift(parse_day(day), KNOWN, policy=load_policy(policy))
    return dict(Counter(each["clock"] for each in runs))


def faults(store: Loads, day: str, policy: str) -> dict[str, int]:
    found = store.desk.findings(parse_day(day), KNOWN, policy=load_policy(policy))
    return dict(Counter(each["finding"] for each in found))


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("the samples are not here")
    return path


def test_our_own_workbook(store: Loads, tmp_path: Path) -> None:
    tally = store.file(
        "annex-a", golden_book(tmp_path), "2024-09-30", localities={"North": "N"}, not_a_person={"duty tray"}
    )
    # 1001 referral, opening, assessment started, assessed, up to in need, visit: 6
    # 1002 referral, opening: 2               1003 referral, no further action: 1
    # 1004 opening, strategy, no conference: 3    1005 opening, strategy: 2
    # 1006 opening, strategy, conference, plan, up to protection, review, visit: 7
    # 1007 opening, care, up to looked after, review, one visit told twice: 5
    # 1008 opening (short breaks are no care): 1  1009 opening, in need by status: 1
    # 1010 opening, closing, referral, opening: 4 1011 opening, down to early help: 2
    # 1012 opening, plan, its end, closing (in no list 6): 4
    # 1013 opening, started, assessed, not needed: 3
    # 1014 opening, started: 2; a date as ISO text and a formula without a result refused: 2
    # a row without a child: 1 refused
    assert tally == {"read": 46, "accepted": 43, "refused": 3}
    assert sorted(each["reason"] for each in store.desk.quarantined()) == ["bad-date", "no-child-id", "no-stored-value"]
    assert any("South" in note and "North" not in note for note in store.notes)

    # 1002, 1008, 1010, 1011 (from 20 May) in assessment; 1006 (from that day), 1012 with a plan
    assert tiers(store, "2024-05-24") == {"assessment": 4, "child_protection": 2}
    # 1001 (from that day), 1002, 1008, 1010; 1006, 1012; 1007; 1011 has left on 28 June
    assert tiers(store, "2024-07-01") == {"assessment": 4, "child_protection": 2, "looked_after": 1}
    # 1002, 1004, 1005, 1008, 1010 (its second stay), 1013, 1014; 1001, 1009; 1006; 1007; 1012 has left
    assert tiers(store, "2024-09-30") == {"assessment": 7, "child_in_need": 2, "child_protection": 1, "looked_after": 1}

    # 45 WD: 1002 from 22 April is due 26 June, 1010 from 15 April 19 June, 1012 from 8 April 12 June; 1006 10 July
    assert drift(store, "2024-07-01", "england-annex-a") == {"assessment": 3}
    assert drift(store, "2024-09-30", "england-annex-a") == {
        # 1002; 1006 due 10 July; 1007 5 August; 1008 16 July; 1009 10 September; 1014 12 September
        "assessment": 6,
        # 1014, started on 10 July, its authorisation unreadable
        "assessment-from-start": 1,
        # 60 WD: 1002 due 17 July, 1008 6 August
        "assessment-tier-60": 2,
        # 15 WD: 1005 from 12 August, due 3 September; 1004 needed none, 1006 had its in time
        "initial-conference": 1,
    }
    # Of 11 open: North has 1001 and 1006, South 1002 (no locality told); w-1 alone is a person.
    assert faults(store, "2024-09-30", "england-annex-a") == {
        "missing-locality": 9,
        "missing-team": 8,
        "missing-worker": 10,
        "never-assessed": 6,  # those overdue for an assessment
    }


def test_the_sample_workbook(store: Loads) -> None:
    tally = store.file("annex-a", sample("annex_a_child_event_journeys.xlsx"), "2020-05-31")
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
    tally = store.file("cin-census", sample("cin_bar_2022_liia.xml"), None)
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
    path = sample("cin_fake_332_children_2022.xml")
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
