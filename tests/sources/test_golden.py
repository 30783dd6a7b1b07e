"""Whole extracts and what comes of them, worked out by hand from their rows: the tally, who is open on a day and in
which tier, which clocks are overdue, and what of the record makes no sense.

The comments are the reckoning. WD are working days after the first day; 6 and 27 May and 26 August 2024 are holidays.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from casedrift.policies import load_policy
from domain.days import parse_day
from tests.sources.golden_book import golden_book
from tests.sources.told import KNOWN_AT, Loads


def tiers(store: Loads, day: str) -> dict[str, int]:
    return {each["tier"]: each["open_cases"] for each in store.desk.counts(parse_day(day), KNOWN_AT, ("tier",))}


def drift(store: Loads, day: str, policy: str) -> dict[str, int]:
    runs = store.desk.drift(parse_day(day), KNOWN_AT, policy=load_policy(policy))
    return dict(Counter(each["clock"] for each in runs))


def faults(store: Loads, day: str, policy: str) -> dict[str, int]:
    found = store.desk.findings(parse_day(day), KNOWN_AT, policy=load_policy(policy))
    return dict(Counter(each["finding"] for each in found))


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
