"""One random case: what might happen to it over some two years, told on few days so that much falls together.

The walk mostly makes sense (open, worked, closed, opened again) and now and then does not: an opening
while open, a visit on a closed case, an ending of a plan that never began.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
TIERS = ("assessment", "family_help", "child_in_need", "child_protection", "looked_after", "care_leaver")
PLANS = ("child_in_need", "child_protection", "care")
GRADES = ("outstanding", "good", "requires_improvement", "inadequate")
GROUPS: dict[str, tuple[str, ...]] = {
    "locality": ("North", "South", "Éast", "east"),
    "team": ("N1", "N2", "S1"),
    "worker": ("w-1", "w-2", "w-10"),
    "cohort": ("disabled-children", "short-breaks"),
}
EDGE_DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        # around bank holidays, Easter and the year's end
        "2018-03-29 2018-03-30 2018-04-02 2018-05-07 2018-12-24 2018-12-25 2018-12-26 2018-12-31 2019-01-01 "
        "2019-04-18 2019-04-19 2019-04-22 2019-05-06 2019-08-26 2019-12-25 2020-05-04 2020-05-08 2020-12-28 "
        # month ends, a leap day, the clocks going forward and back
        "2018-08-31 2018-11-30 2019-01-30 2019-01-31 2019-02-28 2019-05-31 2020-01-31 2020-02-28 2020-02-29 "
        "2018-03-25 2018-10-28 2019-03-31 2019-10-27 2020-03-29 2020-10-25"
    ).split()
)
HOURS = (time(0, 0), time(0, 30), time(9, 12), time(9, 12), time(17, 0), time(23, 59, 59, 999999))
LAGS = (0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 5, 8, 15, 40, 120, -1, -4)


@dataclass
class Draft:
    """A fact before it is written down; `time` is when it was recorded."""

    case: str
    source: str
    id: str
    type: str
    day: date
    time: datetime
    data: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)


def days_of(rng: random.Random, count: int = 36) -> list[date]:
    """A world's small vocabulary of days, in order: edges, and neighbours of one another."""
    start = date(2018, 1, 8) + timedelta(days=rng.randrange(240))
    days = {day for day in EDGE_DAYS if start <= day < start + timedelta(days=730) and rng.random() < 0.6}
    while len(days) < count:
        days.add(start + timedelta(days=rng.randrange(730)))
    return sorted(days)


def recorded(rng: random.Random, day: date, lags: tuple[int, ...] = LAGS) -> datetime:
    """When the case system heard of it: mostly soon after, sometimes long after, sometimes before."""
    on = day + timedelta(days=rng.choice(lags))
    return datetime.combine(on, rng.choice(HOURS), LONDON).astimezone(UTC)


def life(rng: random.Random, child: str, days: list[date]) -> Iterator[tuple[str, date, dict[str, Any]]]:
    """Type, day and data of what happens to one case, in order of days."""
    is_open = False
    happenings = sorted(rng.choices(days, k=rng.randint(5, 16)))
    for day in happenings:
        for type_ in _on_a_day(rng, is_open):
            is_open = (is_open or type_ == "case-opened") and type_ != "case-closed"
            of = child if rng.random() < 0.95 else child + "-b"
            yield type_, day, {"child": of, "effective_on": day.isoformat(), **content(rng, type_)}


def _on_a_day(rng: random.Random, is_open: bool) -> list[str]:
    if not is_open:
        kinds = ["case-opened"] * 12 + ["referral-received"] * 2 + ["case-closed", "case-audited", rng.choice(WORK)]
        return [rng.choice(kinds)]
    closing = ["case-closed"] if rng.random() < 0.5 else ["case-closed", "case-opened"]
    if rng.random() < 0.07:
        return closing
    return [rng.choice(WORK) for _ in range(rng.choice((1, 1, 1, 2, 3)))]


def content(rng: random.Random, type_: str) -> dict[str, Any]:
    """A fact's own fields, and perhaps the allocation that it carries."""
    data = OWN[type_](rng)
    share = {"case-opened": 0.85, "case-allocated": 0.8}.get(type_, 0.08)
    for key, names in GROUPS.items():
        if rng.random() < (share if key != "cohort" else share / 2):
            data[key] = rng.choice((*names, *names, None))
    if rng.random() < 0.1:
        data["estimated"] = rng.random() < 0.7
    return data


def _maybe(rng: random.Random, **choices: tuple[Any, ...]) -> dict[str, Any]:
    """Each field left out, or one of its values."""
    return {key: rng.choice(values) for key, values in choices.items() if rng.random() < 0.6}


def _progress(rng: random.Random) -> dict[str, Any]:
    return _maybe(rng, progress=("improved", "static", "worse"))


RISKS: tuple[list[str], ...] = ([], ["neglect"], ["neglect", "domestic-abuse"])

OWN: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "referral-received": lambda rng: _maybe(rng, decision=("assess", "early_help", "no_further_action")),
    "case-opened": lambda rng: {"tier": rng.choice(TIERS[:5]), **_maybe(rng, need=("N1", "N4"))},
    "assessment-started": lambda _: {},
    "case-assessed": lambda rng: _progress(rng) | _maybe(rng, risks=RISKS, started_on=("2019-01-07",)),
    "case-supervised": lambda rng: _maybe(rng, challenged=(True, False)),
    "challenge-recorded": lambda rng: {"by": rng.choice(("manager", "senior_manager", "reviewing_officer"))},
    "case-stepped-down": lambda rng: {"to": rng.choice((*TIERS[:5], *TIERS[:5], "early_help", "other_service"))},
    "case-stepped-up": lambda rng: {"to": rng.choice(TIERS)},
    "case-closed": lambda rng: _maybe(rng, reason=("RC1", "RC8")),
    "case-allocated": lambda _: {},
    "child-visited": lambda rng: _maybe(rng, seen_alone=(True, False)),
    "plan-started": lambda rng: {"plan": rng.choice(PLANS)},
    "plan-ended": lambda rng: {"plan": rng.choice(PLANS)},
    "plan-reviewed": lambda rng: _progress(rng) | _maybe(rng, plan=PLANS, risks_addressed=RISKS),
    "strategy-discussion-held": lambda rng: _maybe(rng, section_47=(True, False)),
    "enquiry-ended": lambda rng: {"outcome": rng.choice(("conference", "no_conference"))},
    "conference-held": lambda rng: _maybe(rng, outcome=("plan", "no_plan")),
    "case-audited": lambda rng: {"grade": rng.choice(GRADES), **_maybe(rng, about=("case", "plan"))},
}
WORK = (
    *OWN,
    *("case-supervised", "child-visited", "case-assessed", "plan-reviewed", "case-allocated") * 2,
    *("plan-started",) * 2,
)
