"""A policy is what an authority expects of its cases: a set of clocks, each one expectation with a time limit.

This is the policy as read and checked; how it is written (TOML) is `domain.policy_text`,
how it is run over a case is `domain.fold`. Days are proleptic Gregorian ordinals (`date.toordinal`).
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.vocabulary import Basis, CalendarName, Counting, GroupKey, Plan, Severity, Tier, Unit

Value = str | bool | tuple[str, ...]
"""What a fact's own field may be asked to equal; a list in a policy is a tuple here."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time in calendar days, weeks, months or working days; `count` is at least 1."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        unit = self.unit.replace("_", " ")
        return f"{self.count} {unit[:-1] if self.count == 1 else unit}"


@dataclass(frozen=True, slots=True)
class FactPattern:
    """A fact type (without its `.vN`) and the values that its own fields must equal, sorted by field.

    An absent field equals nothing.
    """

    type: str
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """From which day (ordinal) the sources supply these facts completely; None = they do not supply them."""

    facts: tuple[FactPattern, ...]
    complete_from: int | None


@dataclass(frozen=True, slots=True)
class Clock:
    """One expectation with a time limit (`docs/policies.md`)."""

    id: str
    title: str
    citation: str
    basis: Basis
    severity: Severity
    tiers: tuple[Tier, ...]
    """In scope only in one of these; empty = whatever the tier."""
    plans: tuple[Plan, ...]
    """In scope only with one of these on; empty = whatever the plans."""
    unless: tuple[tuple[GroupKey, tuple[str, ...]], ...]
    """Out of scope where any of these groups holds the case: the key's value is one of the values."""
    starts_by_scope: bool
    starts: tuple[FactPattern, ...]
    met_by: tuple[FactPattern, ...]
    first: Limit
    then: tuple[Limit, ...]
    """Limits of the runs that follow, the last for good; empty = once met, done for this stretch."""
    warn: Limit | None


@dataclass(frozen=True, slots=True)
class Policy:
    """What an authority expects: its clocks, and what its sources can tell."""

    id: str
    version: str
    calendar: CalendarName
    counting: Counting
    recording_lag: int
    """Working days within which a fact should be recorded."""
    coverage: tuple[Coverage, ...]
    clocks: tuple[Clock, ...]
