"""One run's alarms: when it was found overdue, when that was settled, and when it proved never to have been so.

A run is in one of three states at any instant K: overdue on K's own London day (*raised*), overdue on a day before it
(*cleared*), or on none (*withdrawn*). That changes only where what is known of the run changes, at the midnight after
its due day and at that of its end; so no timer is kept, and nobody need be awake when it happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Final, Literal, NamedTuple

from domain.days import NO_INSTANT, london_day, midnight

State = Literal["raised", "cleared", "withdrawn"]
_NEVER: Final = NO_INSTANT + 1


class RunRow(NamedTuple):
    """What was known of a run from `known_from` until `known_to`; days and instants as in the table."""

    case_no: int
    clock: int
    begun_by: int
    run_id: int
    due: int
    end_day: int
    ended_by: int
    known_from: int
    end_known: int
    known_to: int


class Turn(NamedTuple):
    """A change of an alert's state: at an instant, with the due day (ordinal) as known then."""

    at: int
    row: RunRow
    """What was known then; of a run withdrawn, what was last known."""
    state: State
    due: int
    raised_at: int


def turns(rows: Sequence[RunRow], known: int) -> Iterator[Turn]:
    """Every change of one run's alert up to the instant; `rows` are the run's measured ones, by `known_from`.

    The first is a raising: what was never found overdue in time raises nothing.
    """
    last: Turn | None = None
    for at, row, state in _states(rows, known):
        if state == (None if last is None else last.state) or (last is None and state != "raised"):
            continue
        raised_at = at if last is None or state == "raised" else last.raised_at
        due = last.due if last is not None and state == "withdrawn" else row.due
        last = Turn(at, row, state, due, raised_at)
        yield last


def _states(rows: Sequence[RunRow], known: int) -> Iterator[tuple[int, RunRow, State]]:
    """The state at each instant up to `known` at which it may change, in order."""
    today = london_day(known)
    follows: Iterable[int] = chain((after.known_from for _, after in pairwise(rows)), (_NEVER,))
    for row, next_from in zip(rows, follows, strict=True):
        rises = midnight(row.due + 1) if row.due < today else NO_INSTANT
        falls = max(row.end_known, midnight(row.end_day) if row.end_day <= today else NO_INSTANT)
        for at in sorted({row.known_from, rises, falls}):
            if row.known_from <= at < row.known_to and at <= known:
                yield at, row, _state(row, at, rises, falls)
        if row.known_to < next_from and row.known_to <= known:  # nothing is known of it any more
            yield row.known_to, row, "withdrawn"


def _state(row: RunRow, at: int, rises: int, falls: int) -> State:
    """The state at an instant while the row stands: `rises` with the day after `due`, `falls` when it is known to
    have ended and the day of its end has come."""
    if rises <= at < falls:
        return "raised"
    return "cleared" if at >= falls and row.due + 1 < row.end_day else "withdrawn"
