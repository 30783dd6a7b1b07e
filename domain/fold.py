"""The fold: a case's life, fact by fact. From what stood, and the next fact, to what stands and what changed.

One step opens or ends a stay, moves the case to another place (tier, plans, allocation), and begins, meets or
ends the runs of the policy's clocks, as sections 3 and 4 of the contract say. It is a pure function; there is
no other path: live, rebuilt, replayed and what-if answers are all made of these steps.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from domain.clocks import PLAN_BIT, Begun, Place, Rules, members
from domain.history import Fact
from domain.vocabulary import ALLOCATION_KEYS, OUTSIDE

STAY: Final = -2
"""The subject of a change to a stay."""
PLACE: Final = -1
"""The subject of a change to a place; 0 and above is the number of a clock."""
Ending = Literal["closed", "stepped_out"]


class StayBegun(NamedTuple):
    day: int


class PlaceBegun(NamedTuple):
    day: int
    place: Place


class Ended(NamedTuple):
    """The end of a stay, place or run."""

    day: int
    by: int
    """The fact that ended it: the version of the first link of its chain."""
    how: bool | Ending | None
    """Of a run, whether it was met; of a stay, how it ended."""


class Change(NamedTuple):
    """Something begins, or ends. It is known by its subject and the fact that began it."""

    subject: int
    begun_by: int
    begun: StayBegun | PlaceBegun | Begun | None
    ended: Ended | None


class Run(NamedTuple):
    """A run that is on."""

    begun_by: int
    met_before: int
    """How many runs were met in this stretch before it."""


DONE: Final = Run(-1, -1)
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
Changes = tuple[Change, ...]
_NONE: Final[Changes] = ()
_new: Final = tuple.__new__
"""Makes a named tuple without its own constructor's detour; for the steps that most facts take."""


def step(rules: Rules, state: State, fact: Fact) -> tuple[State, Changes]:
    """Fold one fact: what stands after it, and what it changed."""
    place = state.place
    if place is None:
        return _open(rules, fact) if fact.kind == "case-opened" else (state, _NONE)
    starts, meets = rules.roles(fact.kind, fact.data)
    if not fact.moves:
        if not (starts | meets) & state.scope:
            return state, _NONE
        changes: list[Change] = []
        runs = _turn(rules, state.runs, state.scope, state.scope, starts, meets, fact, changes)
        return _new(State, (place, state.placed_by, state.scope, runs)), tuple(changes)
    return _move(rules, state, place, fact, starts, meets)


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
    changes = [
        Change(STAY, by, StayBegun(fact.day), None),
        Change(PLACE, by, PlaceBegun(fact.day, place), None),
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
        changes.append(Change(PLACE, state.placed_by, None, Ended(fact.day, fact.chain, None)))
        changes.append(Change(STAY, place.stay, None, Ended(fact.day, fact.chain, ending)))
        return CLOSED, tuple(changes)
    moved = _moved(place, fact)
    placed_by, scope = state.placed_by, state.scope
    if moved != place:
        changes.append(Change(PLACE, placed_by, None, Ended(fact.day, fact.chain, None)))
        changes.append(Change(PLACE, fact.chain, PlaceBegun(fact.day, moved), None))
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
    """What the fact does to each clock whose scope held the case before it, or holds it after.

    The fact that brings the case into scope may start a run but meets none; the one that takes it out
    may meet a run but starts none; one that meets a run does not also start one.
    """
    turned = list(runs)
    for number in members((before ^ after) | (before & (starts | meets))):
        bit = 1 << number
        run = turned[number]
        if not before & bit:
            begins = rules.clocks[number].starts_by_scope or bool(starts & bit)
            turned[number] = _begin(rules, number, fact, 0, changes) if begins else None
        elif not after & bit:
            if run is not None and run is not DONE:
                ended = _new(Ended, (fact.day, fact.chain, bool(meets & bit)))
                changes.append(_new(Change, (number, run.begun_by, None, ended)))
            turned[number] = None
        elif run is None:
            if starts & bit:
                turned[number] = _begin(rules, number, fact, 0, changes)
        elif meets & bit and run is not DONE:
            turned[number] = _meet(rules, number, run, fact, changes)
    return tuple(turned)


def _meet(rules: Rules, number: int, run: Run, fact: Fact, changes: list[Change]) -> Run | None:
    """The fact meets the run; what takes its place: the next run, `DONE`, or the wait for a start."""
    clock = rules.clocks[number]
    ended = _new(Ended, (fact.day, fact.chain, True))
    changes.append(_new(Change, (number, run.begun_by, None, ended)))
    if clock.follows:
        return _begin(rules, number, fact, run.met_before + 1, changes)
    return DONE if clock.starts_by_scope else None


def _begin(rules: Rules, number: int, fact: Fact, met_before: int, changes: list[Change]) -> Run:
    begun = rules.clocks[number].begun(fact.day, met_before)
    changes.append(_new(Change, (number, fact.chain, begun, None)))
    return _new(Run, (fact.chain, met_before))
