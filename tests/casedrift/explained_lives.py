"""A short life of a case, explained as `casedrift explain --json` would, for the tests of how that is shown."""

from __future__ import annotations

from typing import Any

from domain.days import parse_day
from tests.casedrift.running import fact

ON = parse_day("2019-06-30")
PLACE = {"locality": "North", "team": "N1", "worker": "w-1", "cohort": None}


def on_record(id_: str, kind: str, day: str, *, stands: bool = True, **data: Any) -> dict[str, Any]:
    """A fact as it is explained: known at noon of its day."""
    return {**fact(id_, kind, "A", day, **data), "known_at": f"{day}T12:00:00Z", "stands": stands}


def place(begin: str, end: str | None, tier: str, *plans: str) -> dict[str, Any]:
    """Where the case was held."""
    return {"from": begin, "to": end, "tier": tier, **PLACE, "plans": [*plans], "because": ["1"]}


def ran(clock: str, baseline: str, due: str, end: str | None, *because: str, met: bool = False) -> dict[str, Any]:
    """A run, named by its clock and baseline."""
    named = {"run": f"{clock} {baseline}", "clock": clock, "baseline": baseline, "due": due, "end": end}
    return {**named, "met": met, "because": [*because]}


LIFE: dict[str, Any] = {
    "case": "A",
    "facts": [
        on_record("1", "case-opened", "2019-01-07", tier="assessment"),
        on_record("2", "plan-started", "2019-02-04", plan="child_in_need"),
        on_record("3", "case-stepped-up", "2019-02-04", to="child_in_need"),
        on_record("4", "case-supervised", "2019-02-20"),
        on_record("5", "child-visited", "2019-03-05", stands=False),
        on_record("6", "case-closed", "2019-08-12"),
    ],
    "places": [
        place("2019-01-07", "2019-02-04", "assessment"),
        place("2019-02-04", "2019-08-12", "child_in_need", "child_in_need"),
    ],
    "runs": [
        ran("assessment-tier-60", "2019-01-07", "2019-04-02", "2019-02-04", "1", "3"),
        ran("supervision", "2019-01-07", "2019-02-07", "2019-02-20", "1", "4", met=True),
        ran("supervision", "2019-02-20", "2019-03-20", "2019-08-12", "4", "6"),
    ],
    "findings": [],
}
"""Opened, stepped up with a plan, supervised 13 days late and not again before it closed."""
