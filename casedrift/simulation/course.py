"""The course of a child's case: when it opens, the tiers that it passes through, and how each stay ends.

This is the outline only, without the work. Few cases last; those that do make up most of a caseload, and
about a quarter of the children whose case is closed come back. All days are ordinals, London calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from casedrift.simulation.calendar import OfficeDays
from casedrift.simulation.chance import Chance, Lengths
from casedrift.simulation.people import LOCALITIES, Locality
from domain.vocabulary import Outside, Tier

Ending = Literal["closed", Outside]
Drift = Literal["unsupervised", "unvisited", "untouched", "late"]
"""What slips in a stretch left to drift: supervision, visits, all work, or the step that should come next."""


@dataclass(slots=True)
class Stretch:
    """A stay's time in one tier, from the first day up to the day on which it leaves it (not included)."""

    tier: Tier
    from_day: int
    until_day: int
    next: Tier | Ending
    locality: Locality
    drift: Drift | None


@dataclass(slots=True)
class Stay:
    """From an opening to the end of it; without stretches it is a referral that opened nothing."""

    referred_on: int
    stretches: list[Stretch]
    ended_on: int
    ending: Ending


@dataclass(slots=True)
class Course:
    """A child's whole involvement; `until_day` is the last day on which the outline says anything."""

    disabled: bool
    stays: list[Stay]

    @property
    def until_day(self) -> int:
        return self.stays[-1].ended_on


# Shares are set so that an authority of 4,000 open cases looks like England in 2019: about half of all
# assessments end in no further work, and roughly one open case in eight has a protection plan.
_NEXT: Final[dict[Tier, tuple[tuple[Tier | Ending, float], ...]]] = {
    "assessment": (
        ("closed", 0.30), ("early_help", 0.10), ("other_service", 0.02), ("family_help", 0.12),
        ("child_in_need", 0.33), ("child_protection", 0.09), ("looked_after", 0.04),
    ),
    "family_help": (("closed", 0.45), ("early_help", 0.35), ("child_in_need", 0.20)),
    "child_in_need": (
        ("closed", 0.50), ("early_help", 0.20), ("other_service", 0.03), ("family_help", 0.08),
        ("child_protection", 0.14), ("looked_after", 0.05),
    ),
    "child_protection": (("child_in_need", 0.70), ("looked_after", 0.16), ("closed", 0.14)),
    "looked_after": (
        ("closed", 0.31), ("child_in_need", 0.25), ("child_protection", 0.04), ("care_leaver", 0.40),
    ),
    "care_leaver": (("closed", 1.0),),
}  # fmt: skip
_OPENS_AT: Final[tuple[tuple[Tier, float], ...]] = (
    ("assessment", 0.91), ("family_help", 0.03), ("child_in_need", 0.03), ("child_protection", 0.01),
    ("looked_after", 0.02),
)  # fmt: skip
_LASTS: Final[dict[Tier, Lengths]] = {  # calendar days
    "assessment": (7, 38, 53, 63, 78, 95),
    "family_help": (30, 90, 150, 230, 390, 500),
    "child_in_need": (30, 130, 240, 390, 720, 950),
    "child_protection": (40, 170, 280, 400, 680, 850),
    "looked_after": (7, 220, 560, 1050, 1750, 2100),
    "care_leaver": (90, 450, 800, 1080, 1300, 1450),
}
_LATE: Final[Lengths] = (25, 40, 65, 110, 190, 280)
_MOST_STAYS: Final = 4
_AWAY: Final[Lengths] = (12, 60, 140, 280, 560, 800)
_LOCALITIES: Final = tuple((locality, locality.children) for locality in LOCALITIES)
_DRIFTS: Final[tuple[tuple[Drift, float], ...]] = (
    ("unsupervised", 0.36), ("unvisited", 0.18), ("untouched", 0.18), ("late", 0.28),
)  # fmt: skip


def course(chance: Chance, days: OfficeDays, referred_on: int, horizon: int) -> Course:
    """The outline from the first referral on; what would begin on or after the day `horizon` is left out."""
    locality = chance.weighed(_LOCALITIES)
    outline = Course(chance.happens(0.07), [])
    day = referred_on
    while True:
        stay = _stay(chance, days, day, horizon, locality, outline.disabled)
        outline.stays.append(stay)
        if stay.stretches:
            locality = stay.stretches[-1].locality
        if len(outline.stays) == _MOST_STAYS or not chance.happens(0.24):
            return outline
        day = days.from_(stay.ended_on + chance.length(_AWAY))
        if day >= horizon:
            return outline


def _stay(chance: Chance, days: OfficeDays, referred_on: int, horizon: int, locality: Locality, disabled: bool) -> Stay:
    if chance.happens(0.07):
        return Stay(referred_on, [], referred_on, "early_help" if chance.happens(0.5) else "closed")
    stay = Stay(referred_on, [], referred_on, "closed")
    day = referred_on if chance.happens(0.7) else days.after(referred_on, 1)
    tier = chance.weighed(_OPENS_AT)
    while True:
        stretch = _stretch(chance, days, tier, day, locality, disabled)
        stay.stretches.append(stretch)
        stay.ended_on = day = stretch.until_day
        match stretch.next:
            case "closed" | "early_help" | "other_service" as ending:
                stay.ending = ending
                return stay
            case following:
                tier = following
        if day >= horizon:
            return stay
        if tier == "child_protection" and chance.happens(0.03):
            locality = chance.weighed(_LOCALITIES)  # the family has moved


def _stretch(chance: Chance, days: OfficeDays, tier: Tier, day: int, locality: Locality, disabled: bool) -> Stretch:
    length = chance.length(_LASTS[tier])
    if disabled and tier == "child_in_need":
        length *= 2  # short breaks go on for years
    drift = chance.weighed(_DRIFTS) if chance.happens(locality.drift) else None
    if drift in ("late", "untouched"):
        length += chance.length(_LATE)
    following = chance.weighed(_NEXT[tier])
    until = day + max(1, length)
    if not (following == "looked_after" and chance.happens(0.3)):  # children come into care on any day
        until = days.from_(until)
    return Stretch(tier, day, max(until, day + 1), following, locality, drift)
