"""Worked examples of docs/findings.md, by hand: the record's own faults and what they rest on."""

from __future__ import annotations

from .intake import Acceptance
from .reading import findings
from .telling import LATER, after, backfilled, clock, day, fact, policy

HELD = {"locality": "North", "team": "N1", "worker": "w-1"}
OPENED = fact("o", "case-opened", "2019-03-01", tier="child_in_need", **HELD)
ASSESSED = fact("a", "case-assessed", "2019-03-02")
CLOSED = fact("e", "case-closed", "2019-03-05")


def found(acc: Acceptance, on: str = "2021-01-01", head: str = "") -> list[tuple[str, list[str]]]:
    rows = findings(acc, policy(clock(), head=head), day(on), LATER)
    return [(row["finding"], row["facts"]) for row in rows]


def test_an_opening_while_open_and_a_closing_while_closed() -> None:
    second = fact("o2", "case-opened", "2019-03-03", tier="looked_after")
    closed_again = fact("e2", "case-closed", "2019-03-05")
    assert found(backfilled(OPENED, ASSESSED, second, CLOSED, closed_again)) == [
        ("closed-while-closed", ["e", "e2"]),
        ("opened-while-open", ["o", "o2"]),
    ]
    assert found(backfilled(CLOSED)) == [("closed-while-closed", ["e"])]


def test_activity_while_closed_is_forgiven_on_the_day_on_which_a_stay_starts_or_ends() -> None:
    visits = [fact(f"v{on}", "child-visited", f"2019-03-{on}") for on in ("05", "06")]
    quiet = [
        fact("r", "referral-received", "2019-03-07"),
        fact("g", "case-audited", "2019-03-07", grade="good"),
    ]
    assert found(backfilled(OPENED, ASSESSED, CLOSED, *visits, *quiet)) == [("activity-while-closed", ["e", "v06"])]


def test_ids_stand_in_acceptance_order_of_the_links_that_stand() -> None:
    late = fact("e0", "case-closed", "2019-03-04", time="2019-03-09T09:00:00Z", corrects="e")
    visit = fact("v", "child-visited", "2019-03-06")
    assert found(backfilled(OPENED, ASSESSED, CLOSED, visit, late), head="recording_lag = 9") == [
        ("activity-while-closed", ["v", "e0"])
    ]


def test_recorded_late_goes_by_the_first_link_and_by_recordedafter() -> None:
    lag = "recording_lag = 2"
    # Thursday + 2 working days over Easter 2019 = Wednesday the 24th, which in London ends at 23:00Z
    in_time = fact("r", "referral-received", "2019-04-18", time="2019-04-24T22:59:59Z")
    late = fact("r", "referral-received", "2019-04-18", time="2019-04-24T23:00:00Z")
    assert found(backfilled(in_time), head=lag) == []
    assert found(backfilled(late), head=lag) == [("recorded-late", ["r"])]
    assert found(backfilled(after(late, "2019-04-24T22:00:00Z")), head=lag) == []
    again = fact("r2", "referral-received", "2019-04-18", time="2019-06-01T09:00:00Z", corrects="r")
    assert found(backfilled(in_time, again), head=lag) == []
    assert found(backfilled(in_time), head=lag + '\ncounting = "include-start"') == [("recorded-late", ["r"])]


def test_effective_in_future_goes_by_the_link_that_stands() -> None:
    early = fact("r", "referral-received", "2019-06-02", time="2019-06-01T22:59:59Z")
    assert found(backfilled(early)) == [("effective-in-future", ["r"])]
    assert found(backfilled(fact("r", "referral-received", "2019-06-02", time="2019-06-01T23:00:00Z"))) == []
    right = fact("r2", "referral-received", "2019-06-02", time="2019-06-03T09:00:00Z", corrects="r")
    assert found(backfilled(early, right)) == []


def test_missing_and_never_assessed_are_of_the_day_asked() -> None:
    acc = backfilled(
        OPENED,
        fact("n", "case-allocated", "2019-03-05", worker=None),
        fact("a", "case-assessed", "2019-06-01"),
    )
    # 45 working days after Friday 1 March 2019, over Good Friday, Easter Monday and 6 May: Wednesday 8 May
    assert found(acc, "2019-03-04") == []
    assert found(acc, "2019-05-08") == [("missing-worker", ["o"])]
    assert found(acc, "2019-05-09") == [("missing-worker", ["o"]), ("never-assessed", ["o"])]
    assert found(acc, "2019-06-01") == [("missing-worker", ["o"])]
    before = backfilled(fact("a", "case-assessed", "2019-03-01"), OPENED)
    assert found(before, "2019-05-09") == [("never-assessed", ["o"])]


def test_by_group_counts_distinct_cases_open_on_the_day() -> None:
    second = fact("p", "case-opened", "2019-03-01", case="case-2", tier="looked_after", team="N1")
    rows = findings(backfilled(OPENED, second), policy(clock()), day("2019-03-04"), LATER, ["team"])
    assert rows == [
        {"team": "N1", "finding": "missing-locality", "cases": 1},
        {"team": "N1", "finding": "missing-worker", "cases": 1},
    ]
