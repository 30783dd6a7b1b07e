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
from domain.history import WITHDRAWN, Fact, in_order

Key = tuple[int, int]
"""A stay, place or run within a case: its subject and the fact that began it."""


@dataclass(slots=True)
class Row:
    """What is known of one stay, place or run of a case, from `known_from` until `known_to` (instants)."""

    begun: Any
    ended: Ended | None
    known_from: int
    end_known: int = NO_INSTANT
    known_to: int = NO_INSTANT
    run_id: int | None = None
    """Of a run: its id, once worked out."""
    put: bool = False
    """Whether it is on its way to where rows go."""


class Sink(Protocol):
    """Where rows go, as they are when they get there. The same row again (same case, key, `known_from`) replaces
    the earlier one."""

    def put(self, view: CaseView, key: Key, row: Row) -> None: ...


Touched = dict[Key, tuple[Any, Ended | None]]
"""What is known now of each stay, place or run that a fact touched: how it began and how it ended."""


class CaseView:
    """A case's standing facts in order, the state after each, and its rows as known now.

    Old facts may be let go, so that a case open for years takes no more memory than another; what then
    arrives before those that are kept needs the whole case again.
    """

    __slots__ = (
        "base", "case_no", "changes", "facts", "floor", "last_ids", "last_known", "names", "rows", "states", "subject",
    )  # fmt: skip

    def __init__(self, case_no: int, subject: str) -> None:
        self.case_no = case_no
        self.subject = subject
        self.facts: list[Fact] = []
        self.states: list[State] = []
        self.changes: list[Changes] = []
        self.names: dict[int, tuple[str, str]] = {}
        """Source and id of the first link, for chains of more than one."""
        self.rows: dict[Key, Row] = {}
        self.last_known = -NO_INSTANT
        self.last_ids: list[str] = []
        """The ids of all the facts that became known last, in acceptance order."""
        self.base = CLOSED
        """The state before the first fact that is kept."""
        self.floor: tuple[int, int] | None = None
        """The place of the last fact that was let go; None while all are kept."""

    @property
    def is_open(self) -> bool:
        """Whether the case is open after all its facts."""
        return (self.states[-1] if self.states else self.base).place is not None

    def reaches(self, facts: Sequence[Fact]) -> bool:
        """Whether all that the new facts may change is kept: each falls, or its chain stands, above the floor."""
        if self.floor is None:
            return True
        chains = {fact.chain for fact in self.facts}
        return all(
            (fact.chain >= facts[0].version or fact.chain in chains)
            and (fact.kind == WITHDRAWN or in_order(fact) > self.floor)
            for fact in facts
        )

    def let_go(self, keep: int) -> None:
        """Let go of all but the last facts, and of the rows that only those others could still change.

        Rows on their way must have been written before.
        """
        gone = len(self.facts) - keep
        if gone <= 0:
            return
        kept = {change[:2] for changes in self.changes[gone:] for change in changes}
        self.rows = {key: row for key, row in self.rows.items() if row.ended is None or key in kept}
        named = {fact.chain for fact in self.facts[gone:]} & self.names.keys()
        unnamed = {begun_by for (subject, begun_by), row in self.rows.items() if subject >= 0 and row.run_id is None}
        self.names = {chain: self.name(chain) for chain in named | unnamed}
        self.base, self.floor = self.states[gone - 1], in_order(self.facts[gone - 1])
        del self.facts[:gone], self.states[:gone], self.changes[:gone]

    def name(self, chain: int) -> tuple[str, str]:
        """Source and id of the first link of a chain that stands, or stood."""
        name = self.names.get(chain)
        if name is None:
            fact = next(fact for fact in reversed(self.facts) if fact.chain == chain)
            return fact.source, fact.id
        return name

    def learn(self, rules: Rules, group: Sequence[Fact], sink: Sink) -> int:
        """Take in facts that become known together, in acceptance order; the number of steps folded.

        Their `known_at` is one, and later than that of any group before it.
        """
        known = group[0].known_at
        assert known > self.last_known, "a group of facts may not join one already learnt"
        self.last_known, self.last_ids = known, [fact.id for fact in group]
        touched: Touched = {}
        first, last = len(self.facts), -1
        for fact in group:
            if fact.chain != fact.version:
                at = self._take_away(fact, touched)
                # a place taken or given may shift an earlier one by one
                first, last = min(first, at), max(last + 1, at)
            if fact.kind != WITHDRAWN:
                at = self._put_in(fact)
                first, last = min(first, at), max(last + 1, at)
        steps = self._refold(rules, first, last, touched)
        for key, (begun, ended) in touched.items():
            self._write(key, begun, ended, known, sink)
        return steps

    def _put_in(self, fact: Fact) -> int:
        """Put the fact at its place; the position from which to fold again."""
        facts = self.facts
        place = in_order(fact)
        at = len(facts)
        if facts and place < in_order(facts[-1]):
            at = bisect_left(facts, place, key=in_order)
        facts.insert(at, fact)
        self.states.insert(at, CLOSED)
        self.changes.insert(at, ())
        return at

    def _take_away(self, link: Fact, touched: Touched) -> int:
        """Take away what stood of the link's chain, if anything did; the position from which to fold again."""
        at = next((at for at, fact in enumerate(self.facts) if fact.chain == link.chain), None)
        if at is None:
            return len(self.facts)
        self.names.setdefault(link.chain, self.name(link.chain))
        self._undo(self.changes[at], touched)
        del self.facts[at], self.states[at], self.changes[at]
        return at

    def _refold(self, rules: Rules, first: int, last: int, touched: Touched) -> int:
        """Fold from `first` on; past `last`, the last place put anew, stop when what stands is what stood.

        What follows would change as it did: only what was undone and done again before then differs.
        """
        facts, states, kept = self.facts, self.states, self.changes
        state = states[first - 1] if first else self.base
        anew: list[Change] = []
        at = first
        for at in range(first, len(facts)):
            before, done = states[at], kept[at]
            state, changes = step(rules, state, facts[at])
            states[at] = state
            if done:
                self._undo(done, touched)
                kept[at] = changes
            elif changes:
                kept[at] = changes
            anew += changes
            if at > last and state == before:
                break
        self._redo(anew, touched)
        return at + 1 - first if first < len(facts) else 0

    def _undo(self, changes: Changes, touched: Touched) -> None:
        for subject, begun_by, begun, _ in changes:
            key = subject, begun_by
            was_begun, was_ended = touched.get(key) or self._current(key)
            touched[key] = (None, was_ended) if begun is not None else (was_begun, None)

    def _redo(self, changes: Iterable[Change], touched: Touched) -> None:
        for subject, begun_by, begun, ended in changes:
            key = subject, begun_by
            was_begun, was_ended = touched.get(key) or self._current(key)
            touched[key] = (begun, was_ended) if begun is not None else (was_begun, ended)

    def _current(self, key: Key) -> tuple[Any, Ended | None]:
        row = self.rows.get(key)
        return (None, None) if row is None else (row.begun, row.ended)

    def _write(self, key: Key, begun: Any, ended: Ended | None, known: int, sink: Sink) -> None:
        """Make the row say what is known now."""
        row = self.rows.get(key)
        run_id = None
        if row is not None:
            if row.begun == begun:
                if row.ended == ended:
                    return
                if row.ended is None:
                    row.ended, row.end_known = ended, known
                    sink.put(self, key, row)
                    return
            row.known_to, run_id = known, row.run_id
            sink.put(self, key, row)
            del self.rows[key]
        if begun is not None:
            end_known = NO_INSTANT if ended is None else known
            row = self.rows[key] = Row(begun, ended, known, end_known, run_id=run_id)
            sink.put(self, key, row)


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
    for subject, begun_by, begun, ended in changes:
        key = subject, begun_by
        rows[key] = (rows[key][0], ended) if begun is None else (begun, None)
    return rows
