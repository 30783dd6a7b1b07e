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
from casedrift.simulation.published import bands, share
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
    conference_after: int
    """Office days from the strategy discussion to the conference, where the next is a protection plan."""
    started_on: int = 0
    """The day on which the assessment began, of a stretch in assessment; it ends with the stretch."""
    finished: bool = True
    """Whether that assessment was finished."""


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


# What the published totals say outright is taken from them; the other shares and lengths are set so that the
# totals of simulated years come near the published ones (`tests/simulation/test_published.py` holds them there).
_NO_FURTHER_ACTION: Final = share("referrals", "no_further_action", "all")
_IN_ASSESSMENT: Final = 0.955
"""The share of openings that begin with an assessment; the others come from elsewhere, with a plan."""
_NOT_IN_NEED: Final = share("referrals", "assessed_not_in_need", "all") / (1 - _NO_FURTHER_ACTION) / _IN_ASSESSMENT
_OPENS_AT: Final[tuple[tuple[Tier, float], ...]] = (
    ("assessment", _IN_ASSESSMENT), ("child_in_need", 0.02), ("child_protection", 0.01), ("looked_after", 0.015),
)  # fmt: skip
_NEXT: Final[dict[Tier, tuple[tuple[Tier | Ending, float], ...]]] = {
    "family_help": (("closed", 0.55), ("early_help", 0.30), ("child_in_need", 0.15)),
    "child_in_need": (
        ("closed", 0.70), ("early_help", 0.12), ("other_service", 0.02), ("family_help", 0.04),
        ("child_protection", 0.095), ("looked_after", 0.025),
    ),
    "child_protection": (("child_in_need", 0.70), ("looked_after", 0.13), ("closed", 0.17)),
    "looked_after": (
        ("closed", 0.38), ("child_in_need", 0.22), ("child_protection", 0.02), ("care_leaver", 0.38),
    ),
    "care_leaver": (("closed", 1.0),),
}  # fmt: skip
_AFTER_ASSESSMENT: Final[tuple[tuple[Tier | Ending, float], ...]] = (  # of those found to be in need
    ("child_in_need", 0.72), ("family_help", 0.13), ("child_protection", 0.115), ("looked_after", 0.035),
)  # fmt: skip
_LASTS: Final[dict[Tier, Lengths]] = {  # calendar days
    "assessment": (0, 0, 0, 0, 0, 0),  # as published, in office days
    "family_help": (10, 40, 80, 140, 260, 365),
    "child_in_need": (7, 25, 58, 125, 310, 560),
    "child_protection": (40, 170, 260, 350, 560, 800),
    "looked_after": (7, 130, 560, 1350, 2900, 3400),
    "care_leaver": (90, 450, 800, 1080, 1300, 1450),
}
_SHORT_BREAKS: Final[Lengths] = (180, 500, 900, 1700, 3000, 3400)
"""Calendar days for which disabled children are in need: their short breaks go on for years."""
_LATE: Final[Lengths] = (25, 40, 65, 110, 190, 280)
_MOST_STAYS: Final = 5
_COMES_BACK: Final = 0.36
_AWAY: Final[Lengths] = (12, 45, 110, 210, 480, 800)
_LOCALITIES: Final = tuple((locality, locality.children) for locality in LOCALITIES)
_DRIFTS: Final[tuple[tuple[Drift, float], ...]] = (
    ("unsupervised", 0.36), ("unvisited", 0.18), ("untouched", 0.18), ("late", 0.28),
)  # fmt: skip
_SLOW: Final[frozenset[Drift | None]] = frozenset(("late", "untouched"))
_SLOW_SHARE: Final = sum(locality.children * locality.drift for locality in LOCALITIES) * sum(
    weight for drift, weight in _DRIFTS if drift in _SLOW
)
"""The share of stretches that take longer because of drift."""


def course(chance: Chance, days: OfficeDays, referred_on: int, horizon: int) -> Course:
    """The outline from the first referral on; what would begin on or after the day `horizon` is left out."""
    locality = chance.weighed(_LOCALITIES)
    outline = Course(chance.happens(0.04), [])
    day = referred_on
    while True:
        stay = _stay(chance, days, day, horizon, locality, outline.disabled)
        outline.stays.append(stay)
        if stay.stretches:
            locality = stay.stretches[-1].locality
        if len(outline.stays) == _MOST_STAYS or not chance.happens(_COMES_BACK):
            return outline
        day = days.from_(stay.ended_on + chance.length(_AWAY))
        if day >= horizon:
            return outline


def _stay(chance: Chance, days: OfficeDays, referred_on: int, horizon: int, locality: Locality, disabled: bool) -> Stay:
    if chance.happens(_NO_FURTHER_ACTION):
        return Stay(referred_on, [], referred_on, "early_help" if chance.happens(0.5) else "closed")
    stay = Stay(referred_on, [], referred_on, "closed")
    day = referred_on
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
    drift = chance.weighed(_DRIFTS) if chance.happens(locality.drift) else None
    following = _next(chance, tier, disabled)
    conference = chance.banded(bands("conference_days"))
    stretch = Stretch(tier, day, day, following, locality, drift, conference)
    if tier == "assessment":
        _assessed(chance, days, stretch)
        return stretch
    length = chance.length(_SHORT_BREAKS if disabled and tier == "child_in_need" else _LASTS[tier])
    if drift in _SLOW:
        length += chance.length(_LATE)
    until = day + max(1, length)
    if not (following == "looked_after" and chance.happens(0.3)):  # children come into care on any day
        until = days.from_(until)
    stretch.until_day = max(until, day + 1)
    return stretch


def _next(chance: Chance, tier: Tier, disabled: bool) -> Tier | Ending:
    if tier != "assessment":
        return chance.weighed(_NEXT[tier])
    if chance.happens(_NOT_IN_NEED * (0.3 if disabled else 1)):
        return "early_help" if chance.happens(0.28) else "closed"
    return "child_in_need" if disabled else chance.weighed(_AFTER_ASSESSMENT)


def _assessed(chance: Chance, days: OfficeDays, stretch: Stretch) -> None:
    """How long the assessment takes, as published; where it drifts it is one of the longest."""
    part = (1 - _SLOW_SHARE, 1.0) if stretch.drift in _SLOW else (0.0, 1 - _SLOW_SHARE)
    took = chance.banded(bands("assessment_days"), *part)
    if stretch.next == "child_protection":
        took = max(took, stretch.conference_after)  # its conference has to find room
    wait = chance.between(0, 3)
    stretch.started_on = days.after(stretch.from_day, max(wait, 1) if took == 0 else wait)
    stretch.until_day = days.after(stretch.started_on, took)
