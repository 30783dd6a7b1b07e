"""Worked examples of docs/facts.md, by hand: what is taken, when it is known, what stands, who is open."""

from __future__ import annotations

from typing import Any

import pytest

from .intake import Acceptance, accept
from .policy import Policy
from .reading import counts, explain
from .telling import LATER, backfilled, clock, day, fact, instant, policy

ANY: Policy = policy(clock())
OPENED = fact("o", "case-opened", "2019-03-01", tier="child_in_need", team="N1")


def open_on(acc: Acceptance, on: str, known: str = "2022-01-01T00:00:00Z") -> int:
    return int(counts(acc, day(on), instant(known))[0]["open_cases"])


def places(acc: Acceptance, known: str = "2022-01-01T00:00:00Z") -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = explain(acc, ANY, "case-1", day("2022-01-01"), instant(known))["places"]
    return told


def known_ats(acc: Acceptance) -> list[tuple[str, str]]:
    return [(one.id, one.known_at.strftime("%d %H:%M")) for one in acc.accepted]


def test_a_case_is_open_from_its_first_day_up_to_but_not_on_its_last() -> None:
    acc = backfilled(OPENED, fact("e", "case-closed", "2019-03-05"))
    on = ["2019-02-28", "2019-03-01", "2019-03-04", "2019-03-05"]
    assert [open_on(acc, one) for one in on] == [0, 1, 1, 0]


def test_opened_and_closed_on_one_day_is_open_on_no_day() -> None:
    assert open_on(backfilled(OPENED, fact("e", "case-closed", "2019-03-01")), "2019-03-01") == 0


def test_closed_and_opened_again_on_one_day_is_two_places_and_open_throughout() -> None:
    acc = backfilled(
        OPENED,
        fact("e", "case-closed", "2019-03-05"),
        fact("o2", "case-opened", "2019-03-05", tier="looked_after"),
    )
    told = [(one["from"], one["to"], one["tier"], one["team"], one["because"]) for one in places(acc)]
    assert told == [
        ("2019-03-01", "2019-03-05", "child_in_need", "N1", ["o"]),
        ("2019-03-05", None, "looked_after", None, ["o2"]),  # nothing is kept from the earlier stay
    ]
    assert open_on(acc, "2019-03-05") == 1


def test_a_place_of_no_day_is_left_out() -> None:
    acc = backfilled(
        OPENED,
        fact("a", "case-allocated", "2019-03-05", team="N2"),
        fact("b", "case-allocated", "2019-03-05", team=None),
    )
    assert [(one["from"], one["team"]) for one in places(acc)] == [("2019-03-01", "N1"), ("2019-03-05", None)]


def test_a_correction_keeps_the_place_of_the_first_link() -> None:
    acc = backfilled(
        OPENED,
        fact("down", "case-stepped-down", "2019-03-05", to="family_help"),
        fact("up", "case-stepped-up", "2019-03-05", to="child_protection"),
        fact("down2", "case-stepped-down", "2019-03-05", to="assessment", corrects="down"),
    )
    assert places(acc)[-1]["tier"] == "child_protection"  # `down2` still comes before `up`


def test_withdrawing_a_withdrawal_leaves_nothing_and_a_correction_brings_the_fact_back() -> None:
    lines = [
        OPENED,
        fact("w1", "fact-withdrawn", "2019-03-02", withdraws="o"),
        fact("w2", "fact-withdrawn", "2019-03-03", withdraws="w1"),
        fact("o2", "case-opened", "2019-03-04", tier="looked_after", corrects="w2"),
    ]
    assert [open_on(backfilled(*lines[:count]), "2019-03-10") for count in (1, 2, 3, 4)] == [1, 0, 0, 1]
    assert [one["from"] for one in places(backfilled(*lines))] == ["2019-03-04"]
    assert open_on(backfilled(*lines), "2019-03-10", known="2019-03-03T08:59:59.999999Z") == 0
    assert open_on(backfilled(*lines), "2019-03-10", known="2019-03-02T08:59:59.999999Z") == 1


def test_a_correction_may_change_the_type_and_takes_nothing_over() -> None:
    acc = backfilled(OPENED, fact("x", "referral-received", "2019-03-02", corrects="o"))
    assert (open_on(acc, "2019-03-10"), places(acc)) == (0, [])


def test_a_backfill_is_known_when_recorded_but_not_before_its_case_was() -> None:
    acc = backfilled(
        fact("a", "case-opened", "2019-03-01", time="2019-03-10T09:00:00Z", tier="looked_after"),
        fact("b", "case-supervised", "2019-03-02", time="2019-03-05T09:00:00Z"),
        fact("c", "case-opened", "2019-03-01", time="2019-03-05T09:00:00Z", case="case-2", tier="looked_after"),
    )
    assert known_ats(acc) == [("a", "10 09:00"), ("b", "10 09:00"), ("c", "05 09:00")]


def test_the_live_clock_never_runs_backwards() -> None:
    first = accept([OPENED], now=instant("2019-03-09T12:00:00Z"), backfill=False)
    second = fact("o", "case-opened", "2019-03-01", source="/other", tier="looked_after")
    acc = accept([second], now=instant("2019-03-09T11:00:00Z"), backfill=False, earlier=first)
    assert known_ats(acc) == [("o", "09 12:00"), ("o", "09 12:00")]
    assert acc.tally == {"read": 1, "accepted": 1, "duplicate": 0, "refused": 0, "waiting": 0}


def test_what_waits_is_taken_up_after_its_target_the_first_to_arrive_first() -> None:
    lines = [
        fact("x2", "case-supervised", "2019-03-03", corrects="x1"),  # waits for one that itself waits
        fact("y", "case-supervised", "2019-03-04", corrects="o"),
        fact("x1", "case-supervised", "2019-03-02", corrects="o"),
        OPENED,
        fact("z", "case-supervised", "2019-03-05", corrects="gone"),
    ]
    acc = backfilled(*lines)
    # after `o` both `y` and `x1` are ready, and `y` came first; then `x1`; then `x2`
    assert [one.id for one in acc.accepted] == ["o", "y", "x1", "x2"]
    assert [one.event.id for one in acc.waiting] == ["z"]
    assert acc.tally == {"read": 5, "accepted": 4, "duplicate": 0, "refused": 0, "waiting": 1}
    earlier = accept(lines[:3], now=LATER, backfill=True)
    assert accept(lines[3:4], now=LATER, backfill=True, earlier=earlier).tally["accepted"] == 1


def test_one_that_becomes_ready_early_in_arrival_goes_before_a_later_ready_one() -> None:
    acc = backfilled(
        fact("x2", "case-supervised", "2019-03-03", corrects="x1"),
        fact("x1", "case-supervised", "2019-03-02", corrects="o"),
        fact("y", "case-supervised", "2019-03-04", corrects="o"),
        OPENED,
    )
    assert [one.id for one in acc.accepted] == ["o", "x1", "x2", "y"]


def test_the_same_again_is_a_duplicate_and_something_else_is_refused() -> None:
    acc = backfilled(
        OPENED,
        OPENED.replace(b"2019-03-01T09:00:00Z", b"2019-03-01T10:00:00.0000009+01:00"),
        OPENED.replace(b"09:00:00Z", b"09:00:01Z"),
        OPENED.replace(b'"team": "N1"', b'"team": null'),
        fact("o", "case-opened", "2019-03-01", source="/other", tier="looked_after"),
    )
    assert acc.tally == {"read": 5, "accepted": 2, "duplicate": 1, "refused": 2, "waiting": 0}
    assert [one.reason for one in acc.refused] == ["conflicting-duplicate"] * 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not-json"),
        (b"[]", "not-an-event"),
        (OPENED.replace(b"1.0", b"0.3"), "not-an-event"),
        (OPENED.replace(b"case-opened", b"case-paused"), "unknown-type"),
        (OPENED.replace(b'"team"', b'"teem"'), "invalid-data"),
        (OPENED.replace(b"child_in_need", b"early_help"), "invalid-data"),
        (fact("x", "case-assessed", "2019-02-29", time="2019-03-01T00:00:00Z"), "invalid-data"),
        (fact("w", "fact-withdrawn", "2019-03-01", withdraws="o", corrects="o"), "invalid-data"),
        (fact("x", "case-closed", "2019-03-01", reason="x" * 65536), "too-long"),
        (fact("x", "case-closed", "2019-03-01", time="2022-06-01T00:05:00.000001Z"), "recorded-in-future"),
        (fact("x", "case-closed", "2019-03-01", corrects="x"), "target-itself"),
        (fact("x", "case-closed", "2019-03-01", case="case-2", corrects="o"), "target-elsewhere"),
        (fact("x", "case-closed", "2019-03-01", case="case-2", corrects="later"), "target-elsewhere"),
    ],
)
def test_each_refusal_has_its_reason(line: bytes, reason: str) -> None:
    acc = backfilled(
        fact("o", "case-opened", "2019-03-01", tier="looked_after"),
        line,
        fact("later", "case-closed", "2019-03-09"),
    )
    assert [one.reason for one in acc.refused] == [reason]
    assert acc.tally == {"read": 3, "accepted": 2, "duplicate": 0, "refused": 1, "waiting": 0}


def test_children_are_counted_once_and_nobody_groups_last() -> None:
    acc = backfilled(
        OPENED,
        fact("p", "case-opened", "2019-03-01", case="case-2", tier="looked_after", team="N1"),
        fact("q", "case-opened", "2019-03-01", case="case-3", tier="looked_after", child="c-3"),
    )
    assert counts(acc, day("2019-03-01"), LATER, ["team"]) == [
        {"team": "N1", "open_cases": 2, "open_children": 1},
        {"team": None, "open_cases": 1, "open_children": 1},
    ]
    assert counts(acc, day("2019-02-28"), LATER) == [{"open_cases": 0, "open_children": 0}]
