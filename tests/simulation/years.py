"""The simulated authority's years, counted as the published statistics count them: to 31 March, in whole episodes.

Read from the facts alone, with nothing of the program's. What each figure counts is said in
`casedrift/simulation/devon.toml`, beside the published ones.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Final

import holidays

from casedrift.simulation import simulate
from tests.simulation.authority import Fact, standing, states

START: Final = date(2019, 4, 1)
YEARS: Final = 3
CHILDREN: Final = 4400
"""Seen in these years: a quarter of Devon's, more or less."""
ENDS: Final = tuple(date(START.year + n, 3, 31) for n in range(2, YEARS + 1))
"""The ends of the years that are counted; the first is left out, for not all that came before it is on record."""
FIRST: Final = date(START.year + 1, 4, 1)

_ENGLAND: Final = holidays.country_holidays("GB", subdiv="ENG", years=range(2005, 2025))
_LAST: Final = {"assessment_days": (0, 10, 20, 30, 40, 45, 50, 60), "conference_days": (10, 15, 20)}
_OPEN_FOR: Final = (("up_to_3_months", 91), ("up_to_6_months", 183), ("up_to_1_year", 365), ("up_to_2_years", 730))


@dataclass(slots=True)
class Years:
    """Sums over the counted years, named as in `devon.toml`: table, then figure."""

    tables: dict[str, Counter[str]] = field(default_factory=dict)

    def count(self, table: str, figure: str, number: int = 1) -> None:
        self.tables.setdefault(table, Counter())[figure] += number


@cache
def counted() -> Years:
    """The simulated authority's counted years."""
    lines = simulate(11, START, 12 * YEARS, CHILDREN)
    known = tuple({fact["id"]: fact for fact in map(json.loads, lines)}.values())
    years = Years()
    for history in standing(known).values():
        _referrals(years, history)
        _episodes(years, history)
        _assessments(years, history)
        _enquiries(years, history)
        _protection(years, history)
    tables = years.tables
    closed_at_once = tables["referrals"]["no_further_action"] + tables["referrals"]["assessed_not_in_need"]
    years.count("episodes", "started", tables["referrals"]["all"] - closed_at_once)
    return years


def day_of(fact: Fact) -> date:
    return date.fromisoformat(fact["data"]["effective_on"])


def is_counted(day: date) -> bool:
    return FIRST <= day <= ENDS[-1]


def working_days(first: date, last: date) -> int:
    """Those after the first day, up to the last."""
    between = (first + timedelta(n) for n in range(1, (last - first).days + 1))
    return sum(day.weekday() < 5 and day not in _ENGLAND for day in between)


def _band(table: str, days: int) -> str:
    return next((str(last) for last in _LAST[table] if days <= last), "longer")


def _of(history: list[Fact], kind: str) -> Iterator[tuple[date, Fact]]:
    return ((day_of(fact), fact) for fact in history if fact["type"] == f"{kind}.v1")


def _referrals(years: Years, history: list[Fact]) -> None:
    referred = list(_of(history, "referral-received"))
    for (before, _), (day, _) in pairwise(referred):
        years.count("referrals", "again", is_counted(day) and (day - before).days <= 365)
    for day, fact in referred:
        if is_counted(day):
            years.count("referrals", "all")
            years.count("referrals", "no_further_action", fact["data"]["decision"] != "assess")
    years.count("referrals", "children", len({(day + timedelta(275)).year for day, _ in referred if is_counted(day)}))


def _episodes(years: Years, history: list[Fact]) -> None:
    began, tiers = date.min, set[str]()
    for state in (*states(history), None):
        day = day_of(state.fact) if state else date.max
        if tiers and not (state and state.open):
            if is_counted(day):
                fact = state.fact["data"] if state else {}
                not_in_need = fact.get("reason") == "RC8" or (
                    fact.get("to") == "early_help" and tiers == {"assessment"}
                )
                years.count("referrals", "assessed_not_in_need", not_in_need)
            for end in ENDS:
                if began <= end < day:
                    years.count("episodes", "open_at_year_end")
                    age = (end - began).days
                    years.count("open_for", next((name for name, most in _OPEN_FOR if age <= most), "longer"))
            tiers = set()
        elif state and state.open:
            began = began if tiers else day
            tiers.add(state.tier)


def _assessments(years: Years, history: list[Fact]) -> None:
    for day, fact in _of(history, "case-assessed"):
        if is_counted(day) and "started_on" in fact["data"]:
            took = working_days(date.fromisoformat(fact["data"]["started_on"]), day)
            years.count("assessment_days", _band("assessment_days", took))


def _enquiries(years: Years, history: list[Fact]) -> None:
    began = [day for day, fact in _of(history, "strategy-discussion-held") if fact["data"].get("section_47")]
    years.count("enquiries", "section_47", sum(map(is_counted, began)))
    for day, _ in _of(history, "conference-held"):
        before = [each for each in began if each <= day]
        if is_counted(day) and before:
            years.count("enquiries", "conferences")
            years.count("conference_days", _band("conference_days", working_days(before[-1], day)))


def _protection(years: Years, history: list[Fact]) -> None:
    since: date | None = None
    reviews = [day for day, fact in _of(history, "plan-reviewed") if fact["data"]["plan"] == "child_protection"]
    for state in (*states(history), None):
        day = day_of(state.fact) if state else date.max
        on = bool(state and state.open and "child_protection" in state.plans)
        if on and since is None:
            since = day
            years.count("protection_plans", "started", is_counted(day))
        elif since and not on:
            years.count("protection_plans", "ended", is_counted(day))
            for end in ENDS:
                if since <= end < day:
                    years.count("protection_plans", "open_at_year_end")
                    _reviewed(years, since, [each for each in reviews if since < each <= end], end)
            since = None


def _reviewed(years: Years, since: date, reviews: list[date], end: date) -> None:
    """Whether every review that fell due in the year was held in time."""
    if end < _months_after(since, 3):
        return
    due = [_months_after(since, 3), *(_months_after(day, 6) for day in reviews)]
    held = [*reviews, date.max]
    late = [d for d, h in zip(due, held, strict=True) if d >= date(end.year - 1, 4, 1) and d < h and d < end]
    years.count("reviews", "plans")
    years.count("reviews", "in_time", not late)


def _months_after(day: date, months: int) -> date:
    """The same day of the month so many months on, or that month's last."""
    first = date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)
    last = (first.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
    return min(first + timedelta(day.day - 1), last)
