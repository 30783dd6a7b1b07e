"""One case as we know it: its facts in order, what stood after each, and the rows that say so.

A new fact is put at its place, the fold runs again from there until nothing differs any more, and only the
difference becomes rows. In order, that is one step. A row says when something held and when that became
known; it learns its end once, in place; any other change closes it and adds a successor. Facts with one
`known_at` become known together, so rows are a function of the facts grouped by `known_at`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from domain.clocks import Rules
from domain.days import NO_INSTANT
from domain.fold import CLOSED, Change, Changes, Ended, State, step
from domain.history import WITHDRAWN, Fact

Key = tuple[int, int]
"""A stay, place or run within a case: its subject and the fact that began it."""


@dataclass(slots=True)
class Row:
    """What is known of one stay, place or run of a case, from `known_from` on."""

    begun: Any
    ended: Ended | None
    known_from: int
    end_known: int = NO_INSTANT
    run_id: int | None = None
    """Of a run: its id, once worked out."""


class Sink(Protocol):
    """Where rows go. The same row written again (same case, key, `known_from`) replaces the earlier one."""

    def put(self, view: CaseView, key: Key, row: Row, known_to: int) -> None: ...


class CaseView:
    """A case's standing facts in order, the state after each, and its rows as known now."""

    __slots__ = (
        "case_no",
        "changes",
        "facts",
        "keys",
        "last_known",
        "names",
        "places",
        "rows",
        "states",
        "subject",
    )

    def __init__(self, case_no: int, subject: str) -> None:
        self.case_no = case_no
        self.subject = subject
        self.keys: list[tuple[int, int]] = []
        """(day, chain) of each standing fact, in order."""
        self.facts: list[Fact] = []
        self.states: list[State] = []
        self.changes: list[Changes] = []
        self.places: dict[int, int] = {}
        """The day of each chain that stands."""
        self.names: dict[int, tuple[str, str]] = {}
        """Source and id of the first link, for chains of more than one."""
        self.rows: dict[Key, Row] = {}
        self.last_known = -NO_INSTANT

    @property
    def is_open(self) -> bool:
        """Whether the case is open after all its facts."""
        return bool(self.states) and self.states[-1].place is not None

    def name(self, chain: int) -> tuple[str, str]:
        """Source and id of the chain's first link."""
        name = self.names.get(chain)
        if name is None:
            fact = self.facts[bisect_left(self.keys, (self.places[chain], chain))]
            return fact.source, fact.id
        return name

    def learn(self, rules: Rules, group: Sequence[Fact], sink: Sink) -> int:
        """Take in facts that become known together, in acceptance order; the number of steps folded.

        Their `known_at` is one, and later than that of any group before it.
        """
        known = group[0].known_at
        assert known > self.last_known, "a group of facts may not join one already learnt"
        self.last_known = known
        touched: dict[Key, tuple[Any, Ended | None]] = {}
        first = last = None
        for fact in group:
            for at in self._place(fact, touched):
                first = at if first is None or at < first else first
                # a later insertion may shift an earlier place by one
                last = at if last is None else max(last + 1, at)
        if first is None or last is None:
            return 0
        steps = self._refold(rules, first, last, touched)
        for key, (begun, ended) in touched.items():
            self._write(key, begun, ended, known, sink)
        return steps

    def _place(self, fact: Fact, touched: dict[Key, tuple[Any, Ended | None]]) -> list[int]:
        """Put the fact at its place, or take its chain away; the positions from which to fold again."""
        chain = fact.chain
        moved = []
        if chain != fact.version:
            self._remember_name(fact)
            day = self.places.pop(chain, None)
            if day is not None:
                at = bisect_left(self.keys, (day, chain))
                self._undo(self.changes[at], touched)
                del self.keys[at], self.facts[at], self.states[at], self.changes[at]
                moved.append(at)
        if fact.kind != WITHDRAWN:
            self.places[chain] = fact.day
            key = (fact.day, chain)
            at = bisect_left(self.keys, key)
            self.keys.insert(at, key)
            self.facts.insert(at, fact)
            self.states.insert(at, CLOSED)
            self.changes.insert(at, ())
            moved.append(at)
        return moved

    def _remember_name(self, fact: Fact) -> None:
        if fact.chain not in self.names:
            self.names[fact.chain] = self.name(fact.chain)

    def _refold(self, rules: Rules, first: int, last: int, touched: dict[Key, tuple[Any, Ended | None]]) -> int:
        """Fold from `first` on; past `last`, the last place put anew, stop when what stands is what stood."""
        state = self.states[first - 1] if first else CLOSED
        steps = 0
        for at in range(first, len(self.facts)):
            before = self.states[at]
            state, changes = step(rules, state, self.facts[at])
            steps += 1
            if changes or self.changes[at]:
                self._undo(self.changes[at], touched)
                self.changes[at] = changes
            self.states[at] = state
            if at > last and state == before:
                # what follows would change as it did: only what was undone and done again here differs
                self._redo(first, at + 1, touched)
                return steps
        self._redo(first, len(self.facts), touched)
        return steps

    def _undo(self, changes: Changes, touched: dict[Key, tuple[Any, Ended | None]]) -> None:
        for change in changes:
            key = (change.subject, change.begun_by)
            begun, ended = touched.get(key) or self._current(key)
            touched[key] = (None, ended) if change.begun is not None else (begun, None)

    def _redo(self, first: int, end: int, touched: dict[Key, tuple[Any, Ended | None]]) -> None:
        for at in range(first, end):
            for change in self.changes[at]:
                key = (change.subject, change.begun_by)
                begun, ended = touched.get(key) or self._current(key)
                touched[key] = (change.begun, ended) if change.begun is not None else (begun, change.ended)

    def _current(self, key: Key) -> tuple[Any, Ended | None]:
        row = self.rows.get(key)
        return (None, None) if row is None else (row.begun, row.ended)

    def _write(self, key: Key, begun: Any, ended: Ended | None, known: int, sink: Sink) -> None:
        """Make the row say what is known now."""
        row = self.rows.get(key)
        if row is not None:
            if row.begun == begun and row.ended == ended:
                return
            if row.begun == begun and row.ended is None:
                row.ended, row.end_known = ended, known
                sink.put(self, key, row, NO_INSTANT)
                return
            sink.put(self, key, row, known)
            del self.rows[key]
        if begun is not None:
            row = Row(begun, ended, known, NO_INSTANT if ended is None else known)
            self.rows[key] = row
            sink.put(self, key, row, NO_INSTANT)


def in_groups(facts: Iterable[Fact]) -> list[list[Fact]]:
    """A case's facts, in acceptance order, cut where their `known_at` changes."""
    groups: list[list[Fact]] = []
    for fact in facts:
        if groups and groups[-1][0].known_at == fact.known_at:
            groups[-1].append(fact)
        else:
            groups.append([fact])
    return groups


def net(changes: Iterable[Change]) -> dict[Key, tuple[Any, Ended | None]]:
    """The stays, places and runs that a whole fold's changes add up to."""
    rows: dict[Key, tuple[Any, Ended | None]] = {}
    for change in changes:
        key = (change.subject, change.begun_by)
        if change.begun is not None:
            rows[key] = (change.begun, None)
        else:
            rows[key] = (rows[key][0], change.ended)
    return rows
