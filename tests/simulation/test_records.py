"""How the records are: right by the rules, yet late, corrected, withdrawn and repeated in due share."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta

import holidays

from tests.simulation.authority import Fact, facts, lines, target
from tests.simulation.contract_rules import RULES, faults

ENGLAND = holidays.country_holidays("GB", subdiv="ENG", years=range(2005, 2021))
LATE = 2
"""Office days from which on a fact counts as late."""


def originals() -> list[Fact]:
    return [fact for fact in facts() if target(fact) is None]


def offices_between(day: date, recorded: date) -> int:
    between = (day + timedelta(n) for n in range(1, min((recorded - day).days, 60) + 1))
    return sum(d.weekday() < 5 and d not in ENGLAND for d in between)


def test_every_row_keeps_the_contract() -> None:
    wrong = {line: found for line in lines() if (found := faults(json.loads(line)))}
    assert not wrong


def test_the_check_itself_finds_faults() -> None:
    good = next(fact for fact in facts() if fact["type"] == "case-opened.v1")
    for change in (
        {"tier": "cared_for"},
        {"surname": "x"},
        {"effective_on": "2019-02-30"[:8]},
        {"need": "a b"},
    ):
        assert faults({**good, "data": {**good["data"], **change}})
    assert faults({**good, "type": "case-updated.v1"})


def test_about_one_fact_in_eight_is_late() -> None:
    late = sum(
        offices_between(date.fromisoformat(fact["data"]["effective_on"]), date.fromisoformat(fact["time"][:10])) >= LATE
        for fact in originals()
    )
    assert 0.105 < late / len(originals()) < 0.14


def test_about_one_fact_in_ten_comes_after_a_later_one() -> None:
    """Most of what is late is written up after a later visit or supervision, the latest first."""
    latest: dict[str, str] = {}
    behind = 0
    for fact in originals():
        day, case = fact["data"]["effective_on"], fact["subject"]
        behind += day < latest.get(case, "")
        latest[case] = max(day, latest.get(case, ""))
    assert 0.085 < behind / len(originals()) < 0.125


def test_several_are_written_up_in_one_sitting_the_latest_first() -> None:
    sittings: dict[tuple[str, str], list[str]] = {}
    for fact in originals():
        sittings.setdefault((fact["subject"], fact["time"][:10]), []).append(fact["data"]["effective_on"])
    backwards = [days for days in sittings.values() if len(set(days)) > 2 and days == sorted(days, reverse=True)]
    assert len(backwards) > 20


def test_two_facts_in_a_hundred_are_corrected_and_one_is_withdrawn() -> None:
    corrected = sum("corrects" in fact["data"] for fact in facts())
    withdrawn = sum("withdraws" in fact["data"] for fact in facts())
    assert 0.015 < corrected / len(originals()) < 0.025
    assert 0.006 < withdrawn / len(originals()) < 0.014


def test_two_rows_in_a_hundred_come_again() -> None:
    again = Counter(lines())
    assert set(again.values()) == {1, 2}
    assert 0.015 < sum(n - 1 for n in again.values()) / len(lines()) < 0.025


def test_what_is_put_right_is_there_and_of_the_same_case() -> None:
    known = {fact["id"]: fact for fact in facts()}
    named = [(fact, known[name]) for fact in facts() if (name := target(fact)) is not None]
    assert named
    assert all(fact["subject"] == wrong["subject"] for fact, wrong in named)


def test_some_corrections_and_withdrawals_come_before_what_they_name() -> None:
    place = {fact["id"]: n for n, fact in enumerate(facts())}
    early = Counter(
        fact["type"] == "fact-withdrawn.v1"
        for fact in facts()
        if (name := target(fact)) is not None and place[name] > place[fact["id"]]
    )
    assert early[True] >= 3
    assert early[False] >= 10


def test_a_correction_changes_something() -> None:
    known = {fact["id"]: fact for fact in facts()}
    first = [
        (fact["data"], wrong["data"])
        for fact in facts()
        if "corrects" in fact["data"] and target(wrong := known[fact["data"]["corrects"]]) is None
    ]
    same = sum({**right, "corrects": 0} == {**wrong, "corrects": 0} for right, wrong in first)
    assert same / len(first) < 0.05  # the few that bring a withdrawn fact back


def test_few_facts_are_recorded_ahead_of_their_day() -> None:
    ahead = sum(fact["data"]["effective_on"] > fact["time"][:10] for fact in facts())
    assert 0 < ahead / len(facts()) < 0.005


def test_offices_rest_but_for_emergencies() -> None:
    def rests(day: str) -> bool:
        return date.fromisoformat(day).weekday() >= 5 or date.fromisoformat(day) in ENGLAND

    at_rest = Counter(fact["type"] for fact in facts() if rests(fact["time"][:10]))
    assert 0 < at_rest.total() / len(facts()) < 0.02
    assert at_rest["child-visited.v1"] / at_rest.total() < 0.15


def test_each_type_of_fact_occurs() -> None:
    assert {fact["type"] for fact in facts()} == RULES.keys()
