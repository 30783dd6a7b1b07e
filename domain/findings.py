"""Findings: the record's own faults, such as a case opened twice, or one that nobody ever assessed.

A finding rests on facts, and goes away when what it rests on is put right (`docs/findings.md`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.clocks import Rules
from domain.days import london_day, parse_instant
from domain.fold import CLOSED, State, step
from domain.history import Fact, standing
from domain.policy import Limit
from domain.working_days import due_day

NEVER_ASSESSED: Final = Limit(45, "working_days")
"""An assessment is to be done within 45 working days (Working Together, as in the 2018 and 2023 editions)."""
_QUIET: Final = frozenset({"case-audited", "referral-received"})
"""Normal on a closed case."""


class Finding(NamedTuple):
    """A fault of the record, and the facts it rests on, in acceptance order."""

    finding: str
    facts: tuple[str, ...]


@dataclass(slots=True)
class _Stay:
    opening: Fact
    end_day: int | None = None
    state: State = CLOSED
    assessed: int | None = None
    """The first day on which an assessment came in this stay."""


def findings(rules: Rules, facts: Sequence[Fact], on: int, known: int) -> list[Finding]:
    """A case's findings as known at the instant; those about a case that is open, of the day asked.

    `facts` are all of the case, in acceptance order.
    """
    stood = standing(facts, known)
    first_links = {fact.version: fact for fact in facts}
    found = _recording(rules, stood, first_links)
    stays = _walk(rules, stood, found, on)
    for stay in stays:
        if stay.opening.day <= on and (stay.end_day is None or on < stay.end_day):
            found += _of_open_case(rules, stay, on)
    return sorted(found)


def _walk(rules: Rules, stood: list[Fact], found: list[Finding], on: int) -> list[_Stay]:
    """The case's stays with what stood at the end of the day asked; notes what came while closed, or twice."""
    stays: list[_Stay] = []
    state, ender = CLOSED, None
    while_closed: list[tuple[Fact, Fact | None]] = []
    for fact in stood:
        before = state.place
        state, _ = step(rules, state, fact)
        if before is None and state.place is not None:
            stays.append(_Stay(fact))
        elif before is None and fact.kind == "case-closed":
            found.append(_rests("closed-while-closed", ender, fact))
        elif before is None and fact.kind not in _QUIET:
            while_closed.append((fact, ender))
        elif before is not None and fact.kind == "case-opened":
            found.append(_rests("opened-while-open", stays[-1].opening, fact))
        if before is not None and state.place is None:
            stays[-1].end_day, ender = fact.day, fact
        if stays and (before or state.place) and fact.day <= on:
            stays[-1].state = state
            if fact.kind == "case-assessed" and stays[-1].assessed is None:
                stays[-1].assessed = fact.day
    turning_days = {day for stay in stays for day in (stay.opening.day, stay.end_day)}
    found += [
        _rests("activity-while-closed", ended_by, fact)
        for fact, ended_by in while_closed
        if fact.day not in turning_days
    ]
    return stays


def _recording(rules: Rules, stood: list[Fact], first_links: dict[int, Fact]) -> list[Finding]:
    """What was recorded before it happened, or later than the policy allows."""
    found = []
    for fact in stood:
        if fact.day > london_day(fact.recorded_at):
            found.append(Finding("effective-in-future", (fact.id,)))
        first = first_links[fact.chain]
        after = first.recorded_after
        recorded = london_day(first.recorded_at if after is None else parse_instant(after))
        lag = rules.policy.recording_lag
        if recorded > fact.day and (not lag or recorded > rules.days.after(fact.day, lag)):  # most come in time
            found.append(Finding("recorded-late", (fact.id,)))
    return found


def _of_open_case(rules: Rules, stay: _Stay, on: int) -> list[Finding]:
    place = stay.state.place
    assert place is not None
    opening = (stay.opening.id,)
    found = [
        Finding(f"missing-{key}", opening)
        for key, value in (("locality", place.locality), ("team", place.team), ("worker", place.worker))
        if value is None
    ]
    if stay.assessed is None and on > due_day(NEVER_ASSESSED, stay.opening.day, rules.days):
        found.append(Finding("never-assessed", opening))
    return found


def _rests(finding: str, earlier: Fact | None, fact: Fact) -> Finding:
    both = [fact] if earlier is None else sorted((earlier, fact), key=lambda f: f.version)
    return Finding(finding, tuple(f.id for f in both))
