"""A policy made ready to run: which clocks a fact starts or meets, and which hold for a place.

Clocks are numbered in the policy's order; a set of clocks is a bit mask. Everything that depends only on
the policy and a value is worked out once and remembered, so that folding a fact costs a few look-ups.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

from domain.days import NO_DAY
from domain.policy import Clock, Coverage, FactPattern, Limit, Policy
from domain.vocabulary import GROUP_KEYS, PLANS, Plan, Tier
from domain.working_days import BankHolidays, WorkingDays, due_day, warn_day

PLAN_BIT: Final[dict[Plan, int]] = {plan: 1 << number for number, plan in enumerate(PLANS)}
ALWAYS: Final = 0
"""Measured from always: earlier than any day."""


class Place(NamedTuple):
    """Where an open case is held: stay, child, allocation, tier and plans, as they were on a day."""

    stay: int
    """The stay's opening: the version of the first link of its chain."""
    child: str
    locality: str | None
    team: str | None
    worker: str | None
    cohort: str | None
    tier: Tier
    plans: int
    """The plans that are on, as a mask of `PLAN_BIT`."""


class Begun(NamedTuple):
    """What is settled when a run begins."""

    baseline: int
    due: int
    measured: bool


class CompiledClock:
    """One clock with its due days: limits are counted once for each baseline."""

    def __init__(self, clock: Clock, measured_from: int | None, days: WorkingDays) -> None:
        self.clock = clock
        self.id = clock.id
        self.measured_from = measured_from
        """The first day (M) from which the sources can tell; None = not measured at all."""
        self.starts_by_scope = clock.starts_by_scope
        self.follows = bool(clock.then)
        self._days = days
        self._limits = (clock.first, *clock.then)
        self._last = len(self._limits) - 1
        self._begun: list[dict[int, Begun]] = [{} for _ in self._limits]

    def begun(self, baseline: int, met: int) -> Begun:
        """A run beginning on the baseline after `met` runs of this stretch have been met."""
        number = met if met < self._last else self._last
        begun = self._begun[number].get(baseline)
        if begun is None:
            begun = self._begun[number][baseline] = self._begin(baseline, self._limits[number])
        return begun

    def _begin(self, baseline: int, limit: Limit) -> Begun:
        assert self.measured_from is not None
        early = baseline < self.measured_from
        counted_from = self.measured_from if early and self.follows else baseline
        return Begun(baseline, due_day(limit, counted_from, self._days), self.follows or not early)

    def soon_from(self, due: int) -> int:
        """The first day on which a run due on the day is due soon; `NO_DAY` where the clock warns of none."""
        warn = self.clock.warn
        return NO_DAY if warn is None else warn_day(warn, due, self._days)


class Rules:
    """A policy ready to be folded. `clocks` are all of the policy's; those not measured have no runs."""

    def __init__(self, policy: Policy, bank_holidays: BankHolidays) -> None:
        self.policy = policy
        self.days = WorkingDays(bank_holidays, policy.counting)
        self.clocks = tuple(
            CompiledClock(clock, measured_from(clock, policy.coverage), self.days) for clock in policy.clocks
        )
        self.number = {clock.id: number for number, clock in enumerate(self.clocks)}
        self._running = sum(1 << n for n, c in enumerate(self.clocks) if c.measured_from is not None)
        self._roles: dict[Any, tuple[int, int]] = {}
        """By type alone where no clock asks for more, else by type and the values asked for."""
        self._scopes: dict[Any, int] = {}
        self._asked = _fields_asked(policy)
        self._scope_key = _scope_key(policy)

    def roles(self, kind: str, data: dict[str, Any]) -> tuple[int, int]:
        """The clocks that a fact may start, and those it may meet, as masks."""
        roles = self._roles.get(kind)
        if roles is not None:
            return roles
        asked = self._asked.get(kind, ())
        key = (kind, *[_value(data.get(field)) for field in asked]) if asked else kind
        roles = self._roles.get(key)
        if roles is None:
            clocks = [c.clock for c in self.clocks]
            starts = _mask(clocks, lambda c: any(fits(p, kind, data) for p in c.starts))
            meets = _mask(clocks, lambda c: any(fits(p, kind, data) for p in c.met_by))
            roles = self._roles[key] = (starts & self._running, meets & self._running)
        return roles

    def scope(self, place: Place) -> int:
        """The clocks, not measured ones included, in whose scope a case held so is, as a mask."""
        key = self._scope_key(place)
        scope = self._scopes.get(key)
        if scope is None:
            scope = _mask([c.clock for c in self.clocks], lambda clock: in_scope(clock, place))
            self._scopes[key] = scope
        return scope

    def running(self, place: Place) -> int:
        """As `scope`, but only clocks that are measured."""
        return self.scope(place) & self._running


def in_scope(clock: Clock, place: Place) -> bool:
    """Whether a case held so is in the clock's scope."""
    if clock.tiers and place.tier not in clock.tiers:
        return False
    if clock.plans and not any(place.plans & PLAN_BIT[plan] for plan in clock.plans):
        return False
    return not any(getattr(place, key) in values for key, values in clock.unless)


def fits(pattern: FactPattern, kind: str, data: dict[str, Any]) -> bool:
    """Whether a fact is of the pattern's type and its own fields have the pattern's values."""
    return kind == pattern.type and all(
        field in data and _value(data[field]) == value for field, value in pattern.values
    )


def measured_from(clock: Clock, coverage: tuple[Coverage, ...]) -> int | None:
    """The latest day (M) from which what meets the clock is supplied; None = some of it is not at all."""
    days = [
        entry.complete_from
        for met in clock.met_by
        for entry in coverage
        for covered in entry.facts
        if covered.type == met.type and set(covered.values) <= set(met.values)
    ]
    known = [day for day in days if day is not None]
    return None if len(known) < len(days) else max(known, default=ALWAYS)


@lru_cache(maxsize=1 << 14)
def members(mask: int) -> tuple[int, ...]:
    """The numbers of the clocks in a mask."""
    return tuple(number for number in range(mask.bit_length()) if mask >> number & 1)


def plans_on(mask: int) -> list[Plan]:
    """The plans in a mask, by code point."""
    return sorted(plan for plan in PLANS if mask & PLAN_BIT[plan])


def _mask(clocks: list[Clock], holds: Callable[[Clock], bool]) -> int:
    return sum(1 << number for number, clock in enumerate(clocks) if holds(clock))


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _fields_asked(policy: Policy) -> dict[str, tuple[str, ...]]:
    """The fact types that any clock looks for, and the fields whose values it asks about."""
    asked: dict[str, set[str]] = {}
    for clock in policy.clocks:
        for pattern in (*clock.starts, *clock.met_by):
            asked.setdefault(pattern.type, set()).update(field for field, _ in pattern.values)
    return {kind: tuple(sorted(fields)) for kind, fields in asked.items()}


def _scope_key(policy: Policy) -> Callable[[Place], Any]:
    """What of a place decides scope under this policy, so that a scope is worked out once for each."""
    groups = {key for clock in policy.clocks for key, _ in clock.unless} - {"tier"}
    fields = ["tier", "plans", *(key for key in GROUP_KEYS if key in groups)]
    return itemgetter(*(Place._fields.index(field) for field in fields))
