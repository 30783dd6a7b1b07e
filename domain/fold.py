"""The fold: a case's life, fact by fact. From what stood, and the next fact, to what stands and what changed.

One step opens or ends a stay, moves the case to another place (tier, plans, allocation), and begins, meets or
ends the runs of the policy's clocks, as `docs/facts.md` and `docs/policies.md` say. It is a pure function; there is
no other path: live, rebuilt, replayed and what-if answers are all made of these steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple

from domain.clocks import PLAN_BIT, CompiledClock, Place, Rules, members
from domain.history import Fact
from domain.vocabulary import ALLOCATION_KEYS, OUTSIDE

STAY: Final = -2
"""The subject of a change to a stay."""
PLACE: Final = -1
"""The subject of a change to a place; 0 and above is the number of a clock."""
Ending = Literal["closed", "stepped_out"]

# Every fact makes some of the following, so they are plain tuples: a named one takes several times as long to make.
Ended = tuple[int, int, bool | Ending | None]
"""The end of a stay, place or run: the day; the fact that ended it (the version of the first link of its chain);
of a run whether it was met, of a stay how it ended."""
Change = tuple[int, int, Any, Ended | None]
"""Something begins, or ends: its subject, the fact that began it, how it begins (else None), how it ends (else None).

A stay begins with its first day, a place with its first day and its `Place`, a run with its `Begun`."""
Changes = tuple[Change, ...]
Run = tuple[int, int]
"""A run that is on: the fact that began it, and how many runs were met in this stretch before it."""
DONE: Final[Run] = (-1, -1)
"""In place of a run: the clock is done for this stretch in scope."""


class State(NamedTuple):
    """What stands after a fact."""

    place: Place | None
    """Where the case is held; None = closed."""
    placed_by: int
    """The fact that began the place."""
    scope: int
    """The clocks in whose scope the case is (mask)."""
    runs: tuple[Run | None, ...]
    """For each clock the run that is on, `DONE`, or None."""


CLOSED: Final = State(None, 0, 0, ())
_NONE: Final[Changes] = ()
_new: Final = tuple.__new__
"""Makes a named tuple without its own constructor's detour; for the step that most facts take."""


def step(rules: Rules, state: State, fact: Fact) -> tuple[State, Changes]:
    """Fold one fact: what stands after it, and what it changed."""
    place, placed_by, scope, runs = state
    if place is None:
        return _open(rules, fact) if fact.kind == "case-opened" else (state, _NONE)
    starts, meets = rules.roles(fact.kind, fact.data)
    if fact.moves:
        return _move(rules, state, place, fact, starts, meets)
    concerned = (starts | meets) & scope
    if not concerned:
        return state, _NONE
    changes: list[Change] = []
    runs = _turn_in_scope(rules, runs, concerned, starts, meets, fact, changes)
    return _new(State, (place, placed_by, scope, runs)), tuple(changes)


def fold(rules: Rules, facts: list[Fact]) -> tuple[State, list[Changes]]:
    """Fold a case's standing facts, in order, from nothing; the changes are those of each fact."""
    state = CLOSED
    all_changes = []
    for fact in facts:
        state, changes = step(rules, state, fact)
        all_changes.append(changes)
    return state, all_changes


def _open(rules: Rules, fact: Fact) -> tuple[State, Changes]:
    data, by = fact.data, fact.chain
    locality, team, worker, cohort = (data.get(key) for key in ALLOCATION_KEYS)
    place = Place(by, data["child"], locality, team, worker, cohort, data["tier"], 0)
    scope = rules.running(place)
    changes: list[Change] = [
        (STAY, by, fact.day, None),
        (PLACE, by, (fact.day, place), None),
    ]
    starts, meets = rules.roles(fact.kind, data)
    none = (None,) * len(rules.clocks)
    runs = _turn(rules, none, 0, scope, starts, meets, fact, changes)
    return State(place, by, scope, runs), tuple(changes)


def _move(rules: Rules, state: State, place: Place, fact: Fact, starts: int, meets: int) -> tuple[State, Changes]:
    """A fact that may change the place of an open case, or end its stay."""
    changes: list[Change] = []
    ending = _ending(fact)
    if ending is not None:
        _turn(rules, state.runs, state.scope, 0, starts, meets, fact, changes)
        changes.append((PLACE, state.placed_by, None, (fact.day, fact.chain, None)))
        changes.append((STAY, place.stay, None, (fact.day, fact.chain, ending)))
        return CLOSED, tuple(changes)
    moved = _moved(place, fact)
    placed_by, scope = state.placed_by, state.scope
    if moved != place:
        changes.append((PLACE, placed_by, None, (fact.day, fact.chain, None)))
        changes.append((PLACE, fact.chain, (fact.day, moved), None))
        placed_by, scope = fact.chain, rules.running(moved)
    runs = _turn(rules, state.runs, state.scope, scope, starts, meets, fact, changes)
    return State(moved, placed_by, scope, runs), tuple(changes)


def _ending(fact: Fact) -> Ending | None:
    """How the fact ends the stay of an open case, if it does."""
    if fact.kind == "case-closed":
        return "closed"
    if fact.kind == "case-stepped-down" and fact.data["to"] in OUTSIDE:
        return "stepped_out"
    return None


def _moved(place: Place, fact: Fact) -> Place:
    """The place of an open case after the fact: absent allocation fields leave it unchanged, null empties it."""
    data = fact.data
    new: dict[str, Any] = {key: data[key] for key in ALLOCATION_KEYS if key in data}
    match fact.kind:
        case "case-stepped-down" | "case-stepped-up":
            new["tier"] = data["to"]
        case "plan-started":
            new["plans"] = place.plans | PLAN_BIT[data["plan"]]
        case "plan-ended":
            new["plans"] = place.plans & ~PLAN_BIT[data["plan"]]
    return place._replace(**new)


def _turn(
    rules: Rules,
    runs: tuple[Run | None, ...],
    before: int,
    after: int,
    starts: int,
    meets: int,
    fact: Fact,
    changes: list[Change],
) -> tuple[Run | None, ...]:
    """What a fact that moves the case does to each clock whose scope held it before, or holds it after.

    The fact that brings the case into scope may start a run but meets none; the one that takes it out may meet
    a run but starts none.
    """
    turned = list(runs)
    for number in members(before & ~after):
        run = turned[number]
        if run is not None and run is not DONE:
            changes.append((number, run[0], None, (fact.day, fact.chain, bool(meets >> number & 1))))
        turned[number] = None
    for number in members(after & ~before):
        if rules.clocks[number].starts_by_scope or starts >> number & 1:
            turned[number] = _begin(rules.clocks[number], number, fact, 0, changes)
    stays = before & after & (starts | meets)
    return _turn_in_scope(rules, turned, stays, starts, meets, fact, changes) if stays else tuple(turned)


def _turn_in_scope(
    rules: Rules,
    runs: Iterable[Run | None],
    concerned: int,
    starts: int,
    meets: int,
    fact: Fact,
    changes: list[Change],
) -> tuple[Run | None, ...]:
    """What a fact does to the clocks that it may start or meet, in whose scope the case stays.

    A fact that meets a run does not also start one.
    """
    turned = list(runs)
    for number in members(concerned):
        run = turned[number]
        if run is None:
            if starts >> number & 1:
                turned[number] = _begin(rules.clocks[number], number, fact, 0, changes)
        elif run is not DONE and meets >> number & 1:
            changes.append((number, run[0], None, (fact.day, fact.chain, True)))
            clock = rules.clocks[number]
            if clock.follows:
                turned[number] = _begin(clock, number, fact, run[1] + 1, changes)
            else:
                turned[number] = DONE if clock.starts_by_scope else None
    return tuple(turned)


def _begin(clock: CompiledClock, number: int, fact: Fact, met_before: int, changes: list[Change]) -> Run:
    chain = fact.chain
    changes.append((number, chain, clock.begun(fact.day, met_before), None))
    return chain, met_before
