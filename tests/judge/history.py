"""A case's history as known at an instant: which facts stand, in what order, and the state after each.

`docs/facts.md`, "A case's history". A case is a sequence of moments, one a fact that stands; a stay is the time from an
opening to the fact that ends it, and a place is the time within a stay in which nothing about it changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from .facts import Accepted
from .shape import ALLOCATION, OUTSIDE


@dataclass(frozen=True, eq=False)
class Standing:
    """A fact that stands: `link` gives its content and its name, `first` its place and its identity."""

    link: Accepted
    first: Accepted

    @property
    def day(self) -> date:
        return self.link.effective_on

    @property
    def type(self) -> str:
        return self.link.type


@dataclass(frozen=True)
class State:
    """What holds of a case after a fact; closed where there is no `opening`."""

    opening: Standing | None = None
    tier: str | None = None
    locality: str | None = None
    team: str | None = None
    worker: str | None = None
    cohort: str | None = None
    plans: frozenset[str] = frozenset()

    @property
    def open(self) -> bool:
        return self.opening is not None

    def group(self, key: str) -> str | None:
        value: str | None = getattr(self, key)
        return value


CLOSED = State()


@dataclass(frozen=True, eq=False)
class Moment:
    """A fact in its order, with the state before and after it."""

    fact: Standing
    before: State
    after: State


@dataclass(frozen=True, eq=False)
class Span:
    """A stay or a place: from `start` up to, not including, `end` (None: still so)."""

    state: State
    begun_by: Standing
    start: date
    ended_by: Standing | None = None

    @property
    def end(self) -> date | None:
        return self.ended_by.day if self.ended_by else None

    def holds_on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


def known_facts(accepted: Iterable[Accepted], case: str, known: datetime) -> list[Accepted]:
    """Known: the case's facts with `known_at` up to and with K, in acceptance order."""
    return [fact for fact in accepted if fact.case == case and fact.known_at <= known]


def standing(facts: list[Accepted]) -> list[Standing]:
    """Chains and order: what stands of each chain, in the case's order."""
    stands = []
    for first in (fact for fact in facts if fact.root == fact.place):
        # "Of the links known, the last by acceptance order stands: its whole content, type included, ...
        # or nothing."
        last = [fact for fact in facts if fact.root == first.place][-1]
        if last.type != "fact-withdrawn":
            stands.append(Standing(last, first))
    # "Order what stands by (`effective_on`, place in acceptance order)";
    # "the chain keeps the first link's place in acceptance order".
    return sorted(stands, key=lambda fact: (fact.day, fact.first.place))


def history(facts: list[Accepted]) -> list[Moment]:
    """Fold: in that order, from a case that is closed."""
    moments, state = [], CLOSED
    for fact in standing(facts):
        after = _opened(fact, state) if fact.type == "case-opened" else _happened(fact, state)
        moments.append(Moment(fact, state, after))
        state = after
    return moments


def _opened(fact: Standing, state: State) -> State:
    if state.open:  # "On an open case it changes nothing but the allocation."
        return _allocated(fact, state)
    # "begins a stay: open from that day with that tier and the allocation that it carries"
    return _allocated(fact, State(opening=fact, tier=fact.link.data["tier"]))


def _happened(fact: Standing, state: State) -> State:
    data = fact.link.data
    if not state.open:  # "On a closed case only `case-opened` does anything."
        return state
    if fact.type == "case-closed":
        return CLOSED
    if fact.type in ("case-stepped-down", "case-stepped-up"):
        if data["to"] in OUTSIDE:  # "`to` `early_help` or `other_service` ends the stay on that day"
            return CLOSED
        state = replace(state, tier=data["to"])
    if fact.type == "plan-started":
        state = replace(state, plans=state.plans | {data["plan"]})
    if fact.type == "plan-ended":
        state = replace(state, plans=state.plans - {data["plan"]})
    return _allocated(fact, state)


def _allocated(fact: Standing, state: State) -> State:
    """ "absent = unchanged, `null` = nobody from that day"."""
    carried = {key: fact.link.data[key] for key in ALLOCATION if key in fact.link.data}
    return replace(state, **carried) if carried else state


def state_on(moments: list[Moment], day: date) -> State:
    """The state after all of that day's facts: "of several facts on one day the last in order decides"."""
    return next((moment.after for moment in reversed(moments) if moment.fact.day <= day), CLOSED)


def stays(moments: list[Moment]) -> list[Span]:
    """Every stay, those of no day included."""
    return _spans(moments, lambda before, after: before.opening is not after.opening)


def places(moments: list[Moment]) -> list[Span]:
    """The times within stays in which tier, allocation and plans were the same; those of no day included."""
    return _spans(moments, lambda before, after: before != after)


def _spans(moments: list[Moment], differs: Callable[[State, State], bool]) -> list[Span]:
    spans: list[Span] = []
    for moment in moments:
        if not differs(moment.before, moment.after):
            continue
        if moment.before.open:
            spans[-1] = replace(spans[-1], ended_by=moment.fact)
        if moment.after.open:
            spans.append(Span(moment.after, moment.fact, moment.fact.day))
    return spans
