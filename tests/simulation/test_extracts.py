"""The same authority as facts and as extracts: what a workbook or a census shows is what the facts tell on its day.

The facts are read as `authority` reads them, plainly and apart from the program; the workbook with `zipfile`, the
census with the program's own reader.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

import pytest

from casedrift.simulation import simulate
from casedrift.simulation.extracts import Kind, write_extracts
from tests.simulation.authority import Fact, State, standing, states
from tests.simulation.read_workbook import Row, headings, sheets
from tests.simulation.years import day_of
from tests.streams.written_census import read

SPAN = (23, date(2018, 11, 10), 18, 500)
OFFICIAL = "f72b536d270e358eb497d8b0f2914a50266c3d1f7d9dedb42b91108a438a45fd"
TOLD_AS = {"family_help": "child_in_need", "care_leaver": "child_in_need"}
"""Tiers that no extract has a word for, and what they look like there (`docs/simulation.md`)."""


MONTH_ENDS = tuple((date(2018 + n // 12, n % 12 + 1, 1) - timedelta(1)).isoformat() for n in range(11, 29))
YEAR_ENDS = ("2019-03-31", "2020-03-31")


@cache
def files(kind: Kind) -> tuple[Path, ...]:
    """The span's extracts, written once."""
    return tuple(write_extracts(kind, Path(mkdtemp()), *SPAN))


@cache
def facts() -> tuple[Fact, ...]:
    return tuple({fact["id"]: fact for fact in map(json.loads, simulate(*SPAN))}.values())


@cache
def known_on(day: str) -> dict[int, list[State]]:
    """By local id, each case's states, from what had been recorded by the end of the day."""
    last = (date.fromisoformat(day) + timedelta(1)).isoformat()  # no office works around midnight
    histories = standing(tuple(fact for fact in facts() if fact["time"] < last))
    return {100_000 + int(case[5:]): list(states(history)) for case, history in histories.items()}


@cache
def lists(day: str) -> dict[str, list[Row]]:
    """The workbook of the day."""
    return sheets(next(path for path in files("annex-a") if day in path.name))


@dataclass
class Told:
    """One stay as the facts tell it; spells are a plan's start and end, None while it is on."""

    start: date
    end: date | None
    last: State
    spells: list[tuple[str, date, date | None]]
    facts: list[Fact]


def stays(history: list[State]) -> Iterator[Told]:
    stay, before = None, None
    for state in history:
        day = day_of(state.fact)
        if stay is None and state.open:
            stay = Told(day, None, state, [], [])
        elif stay is None:
            continue
        on = before.plans if before and before.open else frozenset[str]()
        now = state.plans if state.open else frozenset[str]()
        stay.spells += [(plan, day, None) for plan in sorted(now - on)]
        stay.spells = [
            (plan, start, day) if end is None and plan not in now else (plan, start, end)
            for plan, start, end in stay.spells
        ]
        stay.facts.append(state.fact)
        stay.last, before = (state if state.open else stay.last), state
        if not state.open:
            stay.end = day
            yield stay
            stay = None
    if stay:
        yield stay


def window(day: str) -> date:
    """The first day of the six months of a workbook."""
    taken = date.fromisoformat(day)
    first = date(taken.year - (taken.month <= 6), (taken.month - 7) % 12 + 1, 1)
    last = (first.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
    return min(first + timedelta(taken.day - 1), last)


def in_window(day: str) -> Iterator[tuple[int, Told]]:
    for local_id, history in known_on(day).items():
        for stay in stays(history):
            if stay.end is None or stay.end >= window(day):
                yield local_id, stay


def test_a_workbook_for_each_month_end_and_a_census_for_each_year() -> None:
    assert [path.name for path in files("annex-a")] == [f"annex-a-{day}.xlsx" for day in MONTH_ENDS]
    assert [path.name for path in files("cin-census")] == [f"cin-census-{day}.xml" for day in YEAR_ENDS]


@pytest.mark.parametrize("kind", ["annex-a", "cin-census"])
def test_the_same_arguments_give_the_same_bytes(kind: Kind, tmp_path: Path) -> None:
    again = [path.read_bytes() for path in write_extracts(kind, tmp_path, *SPAN)]
    assert again == [path.read_bytes() for path in files(kind)]


def test_the_headings_are_the_official_ones() -> None:
    """To the letter: by the digest of those in a workbook that others made (Annex A, August 2019)."""
    lines = ["|".join(headings(files("annex-a")[0], f"List_{number}")) for number in range(1, 12)]
    assert sha256("\n".join(lines).encode()).hexdigest() == OFFICIAL


@pytest.mark.parametrize("day", MONTH_ENDS)
def test_a_workbook_shows_who_was_in_need_protected_and_in_care(day: str) -> None:
    shown = sorted(_span(row, "CIN Start Date", "CIN Closure Date") for row in lists(day)["List_6"])
    assert shown == sorted((local_id, stay.start, stay.end or date.max) for local_id, stay in in_window(day))
    for plan, name, start, end in (
        ("child_protection", "List_7", "Child Protection Plan Start Date", "Child Protection Plan End Date"),
        ("care", "List_8", "Date Started to be Looked After", "Date Ceased to be Looked After "),
    ):
        told = (
            (local_id, begun, ended or date.max)
            for local_id, stay in in_window(day)
            for kind, begun, ended in stay.spells
            if kind == plan and (ended is None or ended >= window(day))
        )
        assert sorted(_span(row, start, end) for row in lists(day)[name]) == sorted(told)


def _span(row: Row, start: str, end: str) -> tuple[int, date, date]:
    return row["Child Unique ID"], row[start], row.get(end, date.max)


@pytest.mark.parametrize("day", MONTH_ENDS)
def test_a_workbook_holds_the_tier_of_its_day(day: str) -> None:
    """By the lists alone, the most intensive first, as extracts are read."""
    care = {row["Child Unique ID"] for row in lists(day)["List_8"] if "Date Ceased to be Looked After " not in row}
    protected = {row["Child Unique ID"] for row in lists(day)["List_7"] if "Child Protection Plan End Date" not in row}
    for row in lists(day)["List_6"]:
        if "CIN Closure Date" in row:
            assert row["Case status"] == "e) Closed episode"
            continue
        child = row["Child Unique ID"]
        assessed = any(
            each["Child Unique ID"] == child
            and each.get("Continuous Assessment Date of Authorisation", date.min) >= row["CIN Start Date"]
            for each in lists(day)["List_4"]
        )
        in_need = assessed or row["Case status"] == "c) Child in need plan"
        by_lists = "looked_after" if child in care else "child_protection" if child in protected else None
        told = known_on(day)[child][-1].tier
        assert (by_lists or ("child_in_need" if in_need else "assessment")) == TOLD_AS.get(told, told)


@pytest.mark.parametrize("day", MONTH_ENDS)
def test_a_workbook_shows_the_work_of_six_months(day: str) -> None:
    first = window(day)

    def told(kind: str, **own: object) -> list[tuple[int, date]]:
        return sorted(
            (local_id, day_of(fact))
            for local_id, stay in in_window(day)
            for fact in stay.facts
            if fact["type"] == f"{kind}.v1" and day_of(fact) >= first and own.items() <= fact["data"].items()
        )

    def shown(number: int, column: str) -> list[tuple[int, date]]:
        rows = lists(day)[f"List_{number}"]
        return sorted((row["Child Unique ID"], row[column]) for row in rows if row.get(column, date.min) >= first)

    assert shown(4, "Continuous Assessment Date of Authorisation") == told("case-assessed")
    began = "Strategy discussion initiating Section 47 Enquiry Start Date"
    assert shown(5, began) == told("strategy-discussion-held", section_47=True)
    conferences = shown(5, "Date of Initial Child Protection Conference")
    assert set(conferences) <= set(told("conference-held"))
    referred = {(row["Child Unique ID"], row["Date of referral"]) for row in lists(day)["List_3"] if _assess(row)}
    assert referred == {(local_id, stay.start) for local_id, stay in in_window(day) if stay.start >= first}


def _assess(row: Row) -> bool:
    return bool(row["Referral NFA?"] == "No")


@pytest.mark.parametrize("day", MONTH_ENDS)
def test_a_workbook_shows_who_was_last_seen_and_by_whom_the_case_is_held(day: str) -> None:
    latest = dict(in_window(day))
    for row in lists(day)["List_6"]:
        stay = latest[row["Child Unique ID"]]
        if row["CIN Start Date"] != stay.start:
            assert "Date Child Was Last Seen" not in row
            continue
        visits = [day_of(fact) for fact in stay.facts if fact["type"] == "child-visited.v1"]
        assert row.get("Date Child Was Last Seen") == max(visits, default=None)
        held = [state for state in states(stay.facts) if day_of(state.fact).isoformat() <= day][-1].allocation
        assert (row.get("Allocated Team"), row.get("Allocated Worker")) == (held.get("team"), held.get("worker"))


@pytest.mark.parametrize("day", YEAR_ENDS)
def test_a_census_tells_what_the_facts_tell(day: str) -> None:
    """Of the stays that began in its year: when they were open, in which tier, and the work that a census has."""
    extract = read(next(path for path in files("cin-census") if day in path.name))
    assert (extract.source, extract.refused, extract.taken_by) == ("/cin-census/999", (), "header")
    first = date(int(day[:4]) - 1, 4, 1)
    expected = sorted(
        _told(stay) for history in known_on(day).values() for stay in stays(history) if stay.start >= first
    )
    told = [
        _told(stay)
        for child in extract
        for history in [standing(child.facts).get(f"case-{child.reference}", [])]
        for stay in stays(list(states(history)))
        if stay.start >= first
    ]
    assert expected
    assert sorted(told) == expected


def _told(stay: Told) -> tuple[date, date, list[tuple[date, str]], list[tuple[str, date]]]:
    """The stay's span, the days on which its tier became another, and its work, as far as a census can tell."""
    tiers: list[tuple[date, str]] = []
    for state in states(stay.facts):
        if not state.open:
            continue
        tier = _census_tier(state)
        while tiers and tiers[-1][0] == day_of(state.fact):
            tiers.pop()
        if not tiers or tiers[-1][1] != tier:
            tiers.append((day_of(state.fact), tier))
    work = sorted(
        (fact["type"], day_of(fact))
        for fact in stay.facts
        if fact["type"] in ("case-assessed.v1", "conference-held.v1")
        or (fact["type"], fact["data"].get("section_47")) == ("strategy-discussion-held.v1", True)
        or (fact["type"], fact["data"].get("plan")) == ("plan-reviewed.v1", "child_protection")
    )
    return stay.start, stay.end or date.max, tiers if stay.end != stay.start else [], work


def _census_tier(state: State) -> str:
    """A census has no care: who is in care shows by the plan that is still on, or as in need."""
    if "child_protection" in state.plans:
        return "child_protection"
    return "assessment" if state.tier == "assessment" else "child_in_need"


def test_a_span_without_a_31_march_holds_no_census(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="31 March"):
        write_extracts("cin-census", tmp_path, 1, date(2019, 4, 1), 11, 5)
