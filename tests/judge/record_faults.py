"""The record's own faults: what it says cannot be, comes late, or leaves out.

`docs/findings.md`, finding by finding. Facts are named by the link that stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from .days import working_days_after
from .facts import london_day, read_instant
from .history import Moment, Span, Standing, state_on, stays
from .policy import Policy

ASSESSMENT_LIMIT = 45  # working days, for `never-assessed`


@dataclass(frozen=True)
class Fault:
    finding: str
    facts: tuple[Standing, ...]


def case_findings(case: str, moments: list[Moment], policy: Policy, on: date) -> list[dict[str, Any]]:
    """All findings of one case; "Ids in a list stand in acceptance order"."""
    return [
        {"finding": fault.finding, "case": case, "facts": _names(fault.facts)}
        for fault in faults_on(moments, policy, on)
    ]


def _names(facts: tuple[Standing, ...]) -> list[str]:
    return [fact.link.id for fact in sorted(facts, key=lambda fact: fact.link.place)]


def faults_on(moments: list[Moment], policy: Policy, on: date) -> list[Fault]:
    """Those of the facts, "whatever the day asked", and those of a case open on the day asked."""
    return [*_order_faults(moments), *_timing_faults(moments, policy), *_state_faults(moments, policy, on)]


def _order_faults(moments: list[Moment]) -> Iterator[Fault]:
    # "unless a stay starts or ends on its day"
    turns = {day for stay in stays(moments) for day in (stay.start, stay.end)}
    for number, moment in enumerate(moments):
        fact = moment.fact
        if moment.before.opening is not None:
            if fact.type == "case-opened":  # "an opening while open; rests on the stay's opening and it"
                yield Fault("opened-while-open", (moment.before.opening, fact))
            continue
        # "on the fact that last ended a stay, if any, and it"
        ended = [one.fact for one in moments[:number] if one.before.open and not one.after.open]
        if fact.type == "case-closed":
            yield Fault("closed-while-closed", (*ended[-1:], fact))
        elif fact.type not in ("case-opened", "case-audited", "referral-received") and fact.day not in turns:
            yield Fault("activity-while-closed", (*ended[-1:], fact))  # "rests likewise"


def _timing_faults(moments: list[Moment], policy: Policy) -> Iterator[Fault]:
    for fact in (moment.fact for moment in moments):
        # "`effective_on` after the London day of its own `time`"
        if fact.day > london_day(fact.link.recorded_at):
            yield Fault("effective-in-future", (fact,))
        # "the London day of its first link's `recordedafter`, or, if that link has none, of its `time`,
        # is after `effective_on` + `recording_lag` working days"
        first = fact.first.body
        recorded_on = london_day(read_instant(first.get("recordedafter", first["time"])))
        if recorded_on > working_days_after(fact.day, policy.recording_lag, policy.counting):
            yield Fault("recorded-late", (fact,))


def _state_faults(moments: list[Moment], policy: Policy, on: date) -> Iterator[Fault]:
    """ "Of cases open on the day asked"; "these rest on the opening"."""
    state = state_on(moments, on)
    if state.opening is None:
        return
    for key in ("locality", "team", "worker"):
        if state.group(key) is None:
            yield Fault(f"missing-{key}", (state.opening,))
    (stay,) = (stay for stay in stays(moments) if stay.holds_on(on))
    late = on > working_days_after(stay.start, ASSESSMENT_LIMIT, policy.counting)
    if late and not _assessed(moments, stay, on):
        yield Fault("never-assessed", (state.opening,))


def _assessed(moments: list[Moment], stay: Span, on: date) -> bool:
    """Whether a `case-assessed` came in this stay up to the day."""
    return any(
        moment.fact.type == "case-assessed" and moment.before.opening is stay.begun_by and moment.fact.day <= on
        for moment in moments
    )
