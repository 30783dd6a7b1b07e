"""A fact is one thing that happened in a case: it was opened, the child was visited, a plan was reviewed.

These are the shapes of a fact's `data`, one a type, as `docs/facts.md` lays them down.
Free-standing texts are codes of at most 64 characters, never sentences; unknown fields are refused,
so that a misspelt one is never lost in silence.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import AfterValidator, ConfigDict, StringConstraints, WithJsonSchema, with_config
from typing_extensions import TypedDict

from domain.days import parse_day
from domain.vocabulary import OWN_FIELDS, Outside, Plan, Tier

_FIRST_DAY: Final = parse_day("1900-01-01")
_LAST_DAY: Final = parse_day("2199-12-31")
_A_DAY: Final = (
    "^((19|20|21)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))|((19|21)(0[48]|[2468][048]|[13579][26])|20([02468][048]|[13579][26]))-02-29)$"
)
"""The same days for programs that read our schemas; 1900 and 2100 are no leap years."""
_AN_INSTANT: Final = (
    "^(?!000[01]|9999)([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)"
    "[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
"""Instants, likewise."""


def _sensible(day: str) -> str:
    if not _FIRST_DAY <= parse_day(day) <= _LAST_DAY:
        raise ValueError("not a day from 1900-01-01 to 2199-12-31")
    return day


Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Code = Annotated[str, StringConstraints(max_length=64)]
FactId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Day = Annotated[str, AfterValidator(_sensible), WithJsonSchema({"type": "string", "format": "date", "pattern": _A_DAY})]
"""A London calendar day, `YYYY-MM-DD`."""
Instant = Annotated[str, WithJsonSchema({"type": "string", "pattern": _AN_INSTANT})]
"""An instant in RFC 3339 with an offset; read by `domain.days.parse_instant`."""
Progress = Literal["improved", "static", "worse"]
Grade = Literal["outstanding", "good", "requires_improvement", "inadequate"]

strictly = with_config(ConfigDict(extra="forbid", strict=True))


class Recorded(TypedDict):
    """What every fact carries: whose it is, the day it happened, and the allocation from that day on."""

    child: Name
    effective_on: Day
    locality: NotRequired[Name | None]
    team: NotRequired[Name | None]
    worker: NotRequired[Name | None]
    cohort: NotRequired[Name | None]
    estimated: NotRequired[bool]


class Correctable(Recorded):
    """A fact that may replace an earlier one of the same case, named by `corrects`."""

    corrects: NotRequired[FactId]


@strictly
class ReferralReceived(Correctable):
    decision: NotRequired[Literal["assess", "early_help", "no_further_action"]]


@strictly
class CaseOpened(Correctable):
    tier: Tier
    referral_source: NotRequired[Code]
    need: NotRequired[Code]


@strictly
class AssessmentStarted(Correctable):
    pass


@strictly
class CaseAssessed(Correctable):
    started_on: NotRequired[Day]
    progress: NotRequired[Progress]
    outcome: NotRequired[Code]
    risks: NotRequired[list[Code]]


@strictly
class CaseSupervised(Correctable):
    challenged: NotRequired[bool]


@strictly
class ChallengeRecorded(Correctable):
    by: Literal["manager", "senior_manager", "reviewing_officer", "conference_chair"]


@strictly
class CaseSteppedDown(Correctable):
    to: Tier | Outside


@strictly
class CaseSteppedUp(Correctable):
    to: Tier


@strictly
class CaseClosed(Correctable):
    reason: NotRequired[Code]


@strictly
class CaseAllocated(Correctable):
    pass


@strictly
class ChildVisited(Correctable):
    seen_alone: NotRequired[bool]


@strictly
class PlanStarted(Correctable):
    plan: Plan


@strictly
class PlanEnded(Correctable):
    plan: Plan


@strictly
class PlanReviewed(Correctable):
    plan: NotRequired[Plan]
    progress: NotRequired[Progress]
    risks_addressed: NotRequired[list[Code]]


@strictly
class StrategyDiscussionHeld(Correctable):
    section_47: NotRequired[bool]


@strictly
class EnquiryEnded(Correctable):
    outcome: Literal["conference", "no_conference"]


@strictly
class ConferenceHeld(Correctable):
    outcome: NotRequired[Literal["plan", "no_plan"]]


@strictly
class CaseAudited(Correctable):
    grade: Grade
    moderated_grade: NotRequired[Grade]
    about: NotRequired[Literal["case", "assessment", "plan", "supervision"]]
    auditor: NotRequired[Code]


@strictly
class FactWithdrawn(Recorded):
    """Takes back a fact recorded in error. `child` and `effective_on` are required but play no part."""

    withdraws: FactId


SHAPES: Final[dict[str, Any]] = {
    "referral-received": ReferralReceived,
    "case-opened": CaseOpened,
    "assessment-started": AssessmentStarted,
    "case-assessed": CaseAssessed,
    "case-supervised": CaseSupervised,
    "challenge-recorded": ChallengeRecorded,
    "case-stepped-down": CaseSteppedDown,
    "case-stepped-up": CaseSteppedUp,
    "case-closed": CaseClosed,
    "case-allocated": CaseAllocated,
    "child-visited": ChildVisited,
    "plan-started": PlanStarted,
    "plan-ended": PlanEnded,
    "plan-reviewed": PlanReviewed,
    "strategy-discussion-held": StrategyDiscussionHeld,
    "enquiry-ended": EnquiryEnded,
    "conference-held": ConferenceHeld,
    "case-audited": CaseAudited,
    "fact-withdrawn": FactWithdrawn,
}
"""Each fact type, named without its `.vN`, and the shape of its data."""

assert SHAPES.keys() == OWN_FIELDS.keys()
