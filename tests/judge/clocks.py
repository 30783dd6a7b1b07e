"""A clock run over a case: the stretches in which it applies, the runs within them, and when they fall due.

`docs/policies.md`. A stretch is one unbroken time in scope; a run is one wait for the work
that the clock expects, met by it or ended unmet when the case leaves scope.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from .days import Limit, after, before
from .history import Moment, Standing, State
from .policy import Clock, Pattern, Policy


@dataclass(frozen=True, eq=False)
class Run:
    """`due` is already counted from M where the contract says so; `measured` runs alone show anywhere."""

    clock: Clock
    begun_by: Standing
    baseline: date
    due: date
    measured: bool
    ended_by: Standing | None = None
    met: bool = False

    @property
    def end(self) -> date | None:
        return self.ended_by.day if self.ended_by else None

    def on(self, day: date) -> bool:
        return self.baseline <= day and self.not_ended(day)

    def not_ended(self, day: date) -> bool:
        return self.end is None or day < self.end

    def overdue(self, day: date) -> bool:
        """ "`due < d < end of the run` (the due day itself is in time)"."""
        return self.measured and self.due < day and self.not_ended(day)

    def due_soon(self, day: date) -> bool:
        """ "`due - warn <= d <= due` and `baseline <= d < end of the run`"; "left out: none"."""
        if self.clock.warn is None or not self.measured:
            return False
        return before(self.due, self.clock.warn) <= day <= self.due and self.on(day)


@dataclass(eq=False)
class Stretch:
    """ "the longest unbroken stretch" in scope, with its runs in order."""

    begun_by: Standing
    ended_by: Standing | None = None
    runs: list[Run] = field(default_factory=list)

    def holds_on(self, day: date) -> bool:
        return self.begun_by.day <= day and (self.ended_by is None or day < self.ended_by.day)

    @property
    def running(self) -> bool:
        return bool(self.runs) and self.runs[-1].ended_by is None

    @property
    def met(self) -> int:
        return sum(run.met for run in self.runs)


def in_scope(clock: Clock, state: State) -> bool:
    """ "being open, in one of `tiers`, with one of `plans` on, and in no `unless` group"."""
    if not state.open:
        return False
    if clock.tiers and state.tier not in clock.tiers:
        return False
    if clock.plans and not state.plans.intersection(clock.plans):  # left out or empty: whatever the plans
        return False
    return not any(state.group(key) in values for key, values in clock.unless)  # "one that fits is enough"


def measured_from(clock: Clock, policy: Policy) -> tuple[bool, date | None]:
    """Whether the clock is measured, and M; no M = from always.

    "M, the latest `from` that its `met_by` falls under (`starts` plays no part); an entry without `from`
    outweighs all: the clock is then *not measured*".
    """
    days = [day for entry in clock.met_by for under, day in policy.coverage if entry.falls_under(under)]
    if None in days:
        return False, None
    return True, max((day for day in days if day is not None), default=None)


def stretches(clock: Clock, policy: Policy, moments: list[Moment]) -> list[Stretch]:
    """Every stretch in scope with all its runs, also those that are not measured ("still takes its place").

    A clock that is not measured "has no runs", but its stretches count for compliance.
    """
    measured, _ = measured_from(clock, policy)
    found: list[Stretch] = []
    for moment in moments:
        was, stays = in_scope(clock, moment.before), in_scope(clock, moment.after)
        if not was and stays:
            found.append(Stretch(moment.fact))
            _enter(found[-1], clock, policy, moment.fact)
        elif was:
            # "A fact counts for a clock only if it comes, in the case's order, while the case is in scope."
            _within(found[-1], clock, policy, moment.fact, stays)
        if was and not stays:
            _leave(found[-1], moment.fact)
    if not measured:
        for stretch in found:
            stretch.runs.clear()
    return found


def _enter(stretch: Stretch, clock: Clock, policy: Policy, fact: Standing) -> None:
    """ "With "scope" in `starts` a run begins with the stretch, baseline = its first day"; "The fact that
    brings the case into scope may also start a run but meets none"."""
    if clock.starts_by_scope or _fits(clock.starts, fact):
        stretch.runs.append(_run(clock, policy, fact, clock.first))


def _within(stretch: Stretch, clock: Clock, policy: Policy, fact: Standing, stays: bool) -> None:
    if stretch.running:
        if not _fits(clock.met_by, fact):
            return
        # "A fact of `met_by` while a run is on meets it"
        stretch.runs[-1] = replace(stretch.runs[-1], ended_by=fact, met=True)
        if clock.then and stays:  # "the one that takes it out may meet a run but starts none"
            limit = clock.then[min(stretch.met, len(clock.then)) - 1]  # "first, second, ..., then the last"
            stretch.runs.append(_run(clock, policy, fact, limit))
        return  # "A fact that meets a run does not also start one."
    # "without [`then`], the clock is done for this stretch if it starts by scope, or waits for the next start
    # fact"
    done = clock.starts_by_scope and not clock.then and stretch.met > 0
    if not done and stays and _fits(clock.starts, fact):
        stretch.runs.append(_run(clock, policy, fact, clock.first))


def _leave(stretch: Stretch, fact: Standing) -> None:
    """ "A run ends, unmet, with the stretch." """
    stretch.ended_by = fact
    if stretch.running:
        stretch.runs[-1] = replace(stretch.runs[-1], ended_by=fact, met=False)


def _run(clock: Clock, policy: Policy, fact: Standing, limit: Limit) -> Run:
    _, m = measured_from(clock, policy)
    baseline = fact.day
    early = m is not None and baseline < m
    # "A run with baseline before M: with `then`, its due day is counted as if M were the baseline (the
    # baseline shown stays); without, it is not measured"
    counted_from = m if m is not None and early and clock.then else baseline
    return Run(
        clock=clock,
        begun_by=fact,
        baseline=baseline,
        due=after(counted_from, limit, policy.counting),
        measured=not early or bool(clock.then),
    )


def _fits(patterns: tuple[Pattern, ...], fact: Standing) -> bool:
    return any(pattern.fits(fact.type, fact.link.data) for pattern in patterns)
