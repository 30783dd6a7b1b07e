"""The words of the field, each said one way.

A *tier* is how intensively a case is held; a *plan* is what the case works to; an *allocation* says
who holds it. Every other file takes its words from here, so that a misspelt tier is caught once, at the door.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

Tier = Literal["assessment", "family_help", "child_in_need", "child_protection", "looked_after", "care_leaver"]
Plan = Literal["child_in_need", "child_protection", "care"]
Outside = Literal["early_help", "other_service"]
"""Where a case that steps out goes: these lie outside the service."""
AllocationKey = Literal["locality", "team", "worker", "cohort"]
GroupKey = Literal["locality", "team", "worker", "cohort", "tier"]
Basis = Literal["law", "guidance", "local"]
Severity = Literal["low", "medium", "high"]
Counting = Literal["exclude-start", "include-start"]
Unit = Literal["days", "weeks", "months", "working_days"]
CalendarName = Literal["england-and-wales"]

TIERS: Final[tuple[Tier, ...]] = get_args(Tier)
PLANS: Final[tuple[Plan, ...]] = get_args(Plan)
OUTSIDE: Final[tuple[Outside, ...]] = get_args(Outside)
ALLOCATION_KEYS: Final[tuple[AllocationKey, ...]] = get_args(AllocationKey)
GROUP_KEYS: Final[tuple[GroupKey, ...]] = get_args(GroupKey)

OWN_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "referral-received": ("decision",),
    "case-opened": ("tier", "referral_source", "need"),
    "assessment-started": (),
    "case-assessed": ("started_on", "progress", "outcome", "risks"),
    "case-supervised": ("challenged",),
    "challenge-recorded": ("by",),
    "case-stepped-down": ("to",),
    "case-stepped-up": ("to",),
    "case-closed": ("reason",),
    "case-allocated": (),
    "child-visited": ("seen_alone",),
    "plan-started": ("plan",),
    "plan-ended": ("plan",),
    "plan-reviewed": ("plan", "progress", "risks_addressed"),
    "strategy-discussion-held": ("section_47",),
    "enquiry-ended": ("outcome",),
    "conference-held": ("outcome",),
    "case-audited": ("grade", "moderated_grade", "about", "auditor"),
    "fact-withdrawn": ("withdraws",),
}
"""Each fact type, named without its `.vN`, and the fields that are its own (`docs/facts.md`)."""
