"""Worked examples of docs/policies.md, by hand: scope, runs, due days, coverage, compliance and alerts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .alerts import alerts
from .days import after, before, read_limit
from .intake import Acceptance
from .policy import Policy, read_policy
from .reading import STATES, compliance, drift, explain
from .telling import LATER, backfilled, clock, day, fact, instant, policy

OPENED = fact("o", "case-opened", "2019-03-01", tier="child_in_need", worker="w-1")
COVERED = '[[coverage]]\nfacts = ["case-supervised"]\nfrom = 2019-04-01'


def told_runs(acc: Acceptance, by: Policy) -> list[tuple[Any, ...]]:
    rows = explain(acc, by, "case-1", day("2021-01-01"), LATER)["runs"]
    return [(row["baseline"][5:], row["due"][5:], row["end"] and row["end"][5:], row["met"]) for row in rows]


def state(acc: Acceptance, by: Policy, on: str) -> str:
    (row,) = compliance(acc, by, day(on), LATER)
    assert row["in_scope"] == sum(row[one] for one in STATES) <= 1
    return next((one for one in STATES if row[one]), "out of scope")


def supervised(on: str, **data: Any) -> bytes:
    return fact(f"s{on}", "case-supervised", on, **data)


@pytest.mark.parametrize(
    ("start", "limit", "counting", "due"),
    [
        ("2019-04-18", "1 working_day", "exclude-start", "2019-04-23"),  # Good Friday and Easter Monday
        ("2020-05-01", "1 working_day", "exclude-start", "2020-05-04"),  # the May holiday was moved
        ("2020-05-07", "1 working_day", "exclude-start", "2020-05-11"),  # to Friday the 8th
        (
            "2020-12-24",
            "1 working_day",
            "exclude-start",
            "2020-12-29",
        ),  # Monday the 28th stands in for Saturday
        ("2023-05-05", "1 working_day", "exclude-start", "2023-05-09"),  # the coronation
        ("2019-06-03", "1 working_day", "include-start", "2019-06-03"),
        ("2019-06-01", "1 working_day", "include-start", "2019-06-03"),  # a Saturday
        ("2019-06-01", "2 working_days", "exclude-start", "2019-06-04"),
        ("2019-01-31", "1 month", "exclude-start", "2019-02-28"),
        ("2020-01-31", "1 month", "exclude-start", "2020-02-29"),
        ("2020-02-29", "12 months", "exclude-start", "2021-02-28"),
        ("2019-02-28", "1 month", "include-start", "2019-03-28"),
        ("2019-12-24", "2 weeks", "exclude-start", "2020-01-07"),
    ],
)
def test_due_days(start: str, limit: str, counting: str, due: str) -> None:
    assert after(day(start), read_limit(limit), counting) == day(due)


@pytest.mark.parametrize(
    ("due", "warn", "since"),
    [
        ("2019-04-23", "1 working_day", "2019-04-18"),
        ("2019-03-31", "1 month", "2019-02-28"),
        ("2019-03-08", "1 week", "2019-03-01"),
    ],
)
def test_due_soon_from(due: str, warn: str, since: str) -> None:
    assert before(day(due), read_limit(warn)) == day(since)


def test_overdue_is_after_the_due_day_and_before_the_end() -> None:
    acc = backfilled(OPENED, supervised("2019-03-14"))
    by = policy(clock(more='warn = "2 days"'))
    overdue = [drift(acc, by, day(f"2019-03-{on}"), LATER) for on in (11, 12, 13, 14)]
    assert [[row["days_overdue"] for row in rows] for rows in overdue] == [[], [1], [2], []]
    soon = [drift(acc, by, day(f"2019-03-{on:02}"), LATER, due_soon=True) for on in (8, 9, 11, 12)]
    assert [[row["days_overdue"] for row in rows] for rows in soon] == [[], [-2], [0], []]
    assert overdue[1][0] == {
        "run": '["case-1", "c", "/record", "o"]',
        **{"case": "case-1", "child": "c-1", "clock": "c", "severity": "low", "tier": "child_in_need"},
        **{"locality": None, "team": None, "worker": "w-1", "cohort": None},
        **{"baseline": "2019-03-01", "due": "2019-03-11", "days_overdue": 1},
    }


def test_a_list_of_limits_is_used_one_after_another_the_last_for_good() -> None:
    acc = backfilled(OPENED, *(supervised(f"2019-03-{on:02}") for on in (2, 3, 4, 5)))
    assert told_runs(acc, policy(clock(more='then = ["1 day", "2 days"]'))) == [
        ("03-01", "03-11", "03-02", True),
        ("03-02", "03-03", "03-03", True),
        ("03-03", "03-05", "03-04", True),
        ("03-04", "03-06", "03-05", True),
        ("03-05", "03-07", None, False),
    ]


def test_the_entering_fact_may_start_but_meets_none_and_the_leaving_one_may_meet_but_starts_none() -> None:
    both = '["case-opened", "case-closed"]'
    acc = backfilled(OPENED, fact("e", "case-closed", "2019-03-05"))
    for starts in ('["scope"]', '["case-opened"]'):
        by = policy(clock(starts=starts, met_by=both, more='then = "5 days"'))
        assert told_runs(acc, by) == [("03-01", "03-11", "03-05", True)]
    assert told_runs(acc, policy(clock(starts='["case-closed"]', met_by="[]"))) == []
    assert told_runs(acc, policy(clock())) == [("03-01", "03-11", "03-05", False)]


def test_a_second_opening_in_scope_counts_as_an_opening() -> None:
    acc = backfilled(OPENED, fact("o2", "case-opened", "2019-03-04", tier="looked_after"))
    assert told_runs(acc, policy(clock(met_by='["case-opened"]'))) == [("03-01", "03-11", "03-04", True)]


def test_leaving_and_coming_back_on_one_day_breaks_the_stretch_and_moving_within_does_not() -> None:
    back = [
        fact("d", "case-stepped-down", "2019-03-05", to="family_help"),
        fact("u", "case-stepped-up", "2019-03-05", to="child_in_need"),
    ]
    within = fact("u", "case-stepped-up", "2019-03-05", to="child_protection")
    assert told_runs(backfilled(OPENED, supervised("2019-03-03"), *back), policy(clock())) == [
        ("03-01", "03-11", "03-03", True),
        ("03-05", "03-15", None, False),
    ]
    assert told_runs(backfilled(OPENED, within), policy(clock())) == [("03-01", "03-11", None, False)]


def test_once_only_is_done_by_scope_and_waits_by_fact() -> None:
    acc = backfilled(
        OPENED,
        fact("v", "child-visited", "2019-03-03"),
        supervised("2019-03-05"),
        fact("v2", "child-visited", "2019-03-07"),
    )
    by_scope, by_fact = (
        policy(clock(starts='["scope", "child-visited"]')),
        policy(clock(starts='["child-visited"]')),
    )
    assert told_runs(acc, by_scope) == [("03-01", "03-11", "03-05", True)]
    assert [state(acc, by_scope, on) for on in ("2019-03-04", "2019-03-05")] == ["in_time", "done"]
    assert told_runs(acc, by_fact) == [("03-03", "03-13", "03-05", True), ("03-07", "03-17", None, False)]
    days = ("2019-03-02", "2019-03-03", "2019-03-05", "2019-03-07", "2019-03-18")
    assert [state(acc, by_fact, on) for on in days] == ["waiting", "in_time", "waiting", "in_time", "overdue"]


def test_plans_end_with_the_stay_and_an_unless_group_is_out_of_scope() -> None:
    planned = fact("p", "plan-started", "2019-03-02", plan="care")
    again = [
        fact("e", "case-closed", "2019-03-04"),
        fact("o2", "case-opened", "2019-03-05", tier="child_in_need"),
    ]
    acc = backfilled(OPENED, planned, *again)
    assert told_runs(acc, policy(clock(more='plans = ["care"]'))) == [("03-02", "03-12", "03-04", False)]
    apart = policy(clock(more='unless = {cohort = ["short-breaks"], worker = ["w-9", "w-1"]}'))
    assert told_runs(acc, apart) == [("03-05", "03-15", None, False)]


def test_coverage_shifts_the_due_day_of_a_clock_that_goes_on() -> None:
    acc, by = backfilled(OPENED), policy(clock(more='then = "1 month"'), coverage=COVERED)
    assert told_runs(acc, by) == [("03-01", "04-11", None, False)]
    days = ("2019-03-31", "2019-04-01", "2019-04-12")
    assert [state(acc, by, on) for on in days] == ["not_measured", "in_time", "overdue"]


def test_a_once_only_run_before_coverage_is_not_measured_but_takes_its_place() -> None:
    acc, by = backfilled(OPENED, supervised("2019-04-05")), policy(clock(), coverage=COVERED)
    assert told_runs(acc, by) == []
    assert [state(acc, by, on) for on in ("2019-04-04", "2019-04-05")] == ["not_measured", "done"]


def test_coverage_is_of_the_entries_it_is_named_by() -> None:
    acc = backfilled(OPENED)
    part = '[[coverage]]\nfacts = [{type = "case-supervised", challenged = true}]'
    assert state(acc, policy(clock(), coverage=part), "2019-03-02") == "in_time"
    strict = clock(met_by='[{type = "case-supervised", challenged = true}]')
    assert state(acc, policy(strict, coverage=part), "2019-03-02") == "not_measured"
    assert told_runs(acc, policy(strict, coverage=part)) == []


def test_extending_takes_replaces_and_drops(tmp_path: Path) -> None:
    base = tmp_path / "base.toml"
    base.write_text(
        '[policy]\nid = "base"\nversion = "1"\nrecording_lag = 9\n'
        '[[coverage]]\nfacts = ["case-supervised", "child-visited"]\n'
        + "".join(f'[[clock]]\nseverity = "low"\n{clock(id_)}' for id_ in ("a", "b", "c"))
    )
    own = f'[policy]\nextends = "england"\nid = "own"\ndrop = ["a"]\n{COVERED}\n'
    own += f'[[clock]]\nseverity = "high"\n{clock("b")}'
    read = read_policy(own, {"england": base})
    assert {(one.id, one.severity) for one in read.clocks} == {("b", "high"), ("c", "low")}
    assert (read.keys["id"], read.keys["version"], read.recording_lag) == ("own", "1", 9)
    assert {(one.type, since) for one, since in read.coverage} == {
        ("child-visited", None),
        ("case-supervised", day("2019-04-01")),
    }


def test_an_alert_is_raised_at_midnight_cleared_when_known_and_withdrawn_when_undone() -> None:
    late = supervised("2019-03-14", time="2019-03-20T09:00:00Z")
    early = fact("s2", "case-supervised", "2019-03-05", time="2019-03-25T09:00:00Z", corrects="s2019-03-14")
    lines = alerts(backfilled(OPENED, late, early), policy(clock()), LATER)
    assert [(one["state"], one["state_at"], one["due"], one["because"]) for one in lines] == [
        ("raised", "2019-03-12T00:00:00Z", "2019-03-11", ["o"]),
        ("cleared", "2019-03-20T09:00:00Z", "2019-03-11", ["o", "s2019-03-14"]),
        ("withdrawn", "2019-03-25T09:00:00Z", "2019-03-11", ["s2"]),
    ]
    assert alerts(backfilled(OPENED), policy(clock()), instant("2019-03-11T23:59:59.999999Z")) == []
    known_late = fact("o", "case-opened", "2019-06-01", time="2019-09-01T08:00:00Z", tier="child_in_need")
    (raised,) = alerts(backfilled(known_late), policy(clock()), LATER)
    assert raised["raised_at"] == "2019-09-01T08:00:00Z"
