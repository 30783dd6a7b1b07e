"""The views: every case that we follow, kept up to date batch by batch.

Open cases are kept in memory; a case that has closed is let go after a while, and one that comes back is
read again from the log. A batch's rows go into the transaction that the caller holds, together with the
place reached; if that transaction fails, the caller says `forget`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.clocks import Rules
from domain.history import Fact
from projections.case_view import CaseView, Key, Row, in_groups
from projections.connection import Connection
from projections.rows import RowWriter
from projections.schema import ROW_TABLES
from projections.texts import Texts

Histories = Callable[[Sequence[str]], Mapping[str, list[Fact]]]
"""All facts of each of the cases named, in acceptance order, as the log holds them."""

CLOSED_KEPT: Final = 2_000
"""Closed cases kept in memory: for some days after a closing, late facts still come in."""
FACTS_KEPT: Final = 12
"""Facts kept of a case when it has come to twice as many: nearly all that comes late falls among them."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What one batch brings to one case, in acceptance order."""

    case_no: int
    subject: str
    facts: list[Fact]


class Views:
    """The cases followed, and the writing of what changes in them."""

    def __init__(self, connection: Connection, rules: Rules, histories: Histories) -> None:
        self._connection = connection
        self._rules = rules
        self._histories = histories
        self._texts = Texts(connection)
        self._writer = RowWriter(connection, self._texts, rules)
        self._open: dict[int, CaseView] = {}
        self._closed: OrderedDict[int, CaseView] = OrderedDict()

    def apply(self, batch: Sequence[CaseFacts]) -> None:
        """Take in what a batch brings; the rows are written, the caller commits."""
        histories = self._fetch(batch)
        for arrived in batch:
            self._learn(arrived, histories.get(arrived.subject, []))
        self._writer.flush()
        for arrived in batch:
            view = self._view(arrived.case_no)
            if view is not None and len(view.facts) > 2 * FACTS_KEPT:
                view.let_go(FACTS_KEPT)
        while len(self._closed) > CLOSED_KEPT:
            self._closed.popitem(last=False)

    def recall(self, cases: Iterable[tuple[int, str]], histories: Mapping[str, list[Fact]]) -> None:
        """Bring cases back to memory before anything comes to them; `histories` are all their facts whose rows are
        written. Those that are in memory stay as they are."""
        for case_no, subject in cases:
            if self._view(case_no) is None:
                view = CaseView(case_no, subject)
                self._replay(view, histories.get(subject, []))
                view.let_go(FACTS_KEPT)
                (self._open if view.is_open else self._closed)[case_no] = view

    def at_hand(self, case_no: int) -> CaseView | None:
        """The case as far as it is in memory."""
        return self._view(case_no)

    def forget(self, case_nos: Iterable[int] | None = None) -> None:
        """Let cases go from memory (all, where none are named): what was learnt may not be what is stored."""
        self._writer.discard()
        self._texts.forget()
        if case_nos is None:
            self._open.clear()
            self._closed.clear()
            return
        for case_no in case_nos:
            self._open.pop(case_no, None)
            self._closed.pop(case_no, None)

    def _fetch(self, batch: Sequence[CaseFacts]) -> Mapping[str, list[Fact]]:
        """The earlier facts of cases that are not in memory, or not far enough back, or whose latest moment of
        knowledge is added to."""
        wanted = []
        for arrived in batch:
            if arrived.facts[0].version > 1:
                view = self._view(arrived.case_no)
                if view is None or view.last_known == arrived.facts[0].known_at or not view.reaches(arrived.facts):
                    wanted.append(arrived.subject)
        return self._histories(wanted) if wanted else {}

    def _view(self, case_no: int) -> CaseView | None:
        return self._open.get(case_no) or self._closed.get(case_no)

    def _learn(self, arrived: CaseFacts, history: list[Fact]) -> None:
        case_no, facts = arrived.case_no, arrived.facts
        view = self._open.pop(case_no, None) or self._closed.pop(case_no, None)
        if history or view is None:
            earlier = [fact for fact in history if fact.version < facts[0].version]
            view = CaseView(case_no, arrived.subject)
            if earlier and earlier[-1].known_at == facts[0].known_at:
                self._erase(case_no)
                facts = earlier + facts
            else:
                self._replay(view, earlier)
        for group in in_groups(facts):
            view.learn(self._rules, group, self._writer)
        (self._open if view.is_open else self._closed)[case_no] = view

    def _replay(self, view: CaseView, facts: list[Fact]) -> None:
        """Bring a case back to memory; its rows are in the store already."""
        for group in in_groups(facts):
            view.learn(self._rules, group, _NOWHERE)

    def _erase(self, case_no: int) -> None:
        """Take a case's rows out, so that they can be written anew.

        Facts that join a moment of knowledge already learnt may undo what was learnt at it; the rows are
        those of the whole group.
        """
        for table in ROW_TABLES:
            self._connection.execute(f"DELETE FROM {table} WHERE case_no = ?", (case_no,))


class _Nowhere:
    def put(self, view: CaseView, key: Key, row: Row) -> None:
        """Written before."""


_NOWHERE: Final = _Nowhere()
