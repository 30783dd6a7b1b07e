"""The feed: from the log to the views, batch by batch; rows and the place reached commit together.

Embedded, the batch just accepted is handed on within its own transaction. What another process accepted
meanwhile is caught up with first, from the log; cases that it changed are let go from memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic_core import to_json

from domain.clocks import Rules
from domain.events import CaseFact
from projections.views import CaseFacts, Views
from streams.announcing import Announcer, Learnt
from streams.histories import histories
from streams.log import after
from streams.store import Store

_PAGE: Final = 4_000
"""Facts folded in one transaction where there are as many: what they say of one row is written once, so that pages of
half the size cost a sixth more; a page takes about a quarter of a second, for which whoever else writes rows waits."""


class Feed:
    """Keeps one store's views up to date; the caller owns the transaction."""

    def __init__(self, store: Store, rules: Rules, announcer: Announcer | None = None) -> None:
        self._store = store
        self._announcer = announcer
        self._views = Views(store.connection, rules, lambda subjects: histories(store.connection, subjects))
        self._seen = store.place()

    @property
    def place(self) -> int:
        """The position in the log that the views had reached when a page was last folded."""
        return self._seen

    def catch_up(self) -> None:
        """Bring the views to the end of the log, before anything is added to it."""
        while self.fold_page():
            pass

    def fold_page(self) -> int:
        """Bring the views one page further in the log; how many facts that were, 0 at its end."""
        place = self._store.place()
        if place != self._seen:
            self._forget_since(min(place, self._seen), max(place, self._seen))
            self._seen = place
        page = self._page()
        if page:
            cases: dict[str, CaseFacts] = {}
            numbers = self._case_numbers([event.originator_id for _, event in page])
            for _, event in page:
                subject = event.originator_id
                case = cases.setdefault(subject, CaseFacts(numbers[subject], subject, []))
                case.facts.append(event.as_fact())
            self._hand_on(list(cases.values()), page[-1][0])
        return len(page)

    def recall(self, cases: Sequence[tuple[int, str]]) -> None:
        """Bring cases, by number and reference, back to memory before anything comes to them."""
        if self._store.place() == self._seen:  # else another has folded meanwhile; the next page finds out what
            subjects = [subject for _, subject in cases]
            self._views.recall(cases, histories(self._store.connection, subjects, self._seen))

    def hand_on(self, batch: Sequence[CaseFacts]) -> None:
        """Take in the batch that was just appended to the log."""
        if batch:
            self._hand_on(batch, self._store.position())

    def _hand_on(self, batch: Sequence[CaseFacts], position: int) -> None:
        start = self._seen
        self._views.apply(batch)
        self._store.reach(position)
        self._seen = position
        if self._announcer is not None:
            instants = {fact.known_at for case in batch for fact in case.facts}
            cases = {case.case_no for case in batch}
            self._announcer.learn(Learnt(cases, start, position, instants, self._views.at_hand))

    def _page(self) -> list[tuple[int, CaseFact]]:
        """The next facts of the log. What became known at one instant is not parted: it is learnt together."""
        limit = _PAGE
        while len(page := after(self._store.connection, self._seen, limit)) == limit:
            last = page[-1][1].known_at
            whole = max((at for at in range(limit) if page[at][1].known_at != last), default=-1) + 1
            if whole:
                return page[:whole]
            limit *= 2
        return page

    def _forget_since(self, start: int, end: int) -> None:
        rows = self._store.connection.execute(
            "SELECT DISTINCT c.case_no FROM stored_events AS e JOIN cases AS c ON c.subject = e.originator_id"
            " WHERE e.rowid > ? AND e.rowid <= ?",
            (start, end),
        )
        self._views.forget([row[0] for row in rows])

    def _case_numbers(self, subjects: Sequence[str]) -> dict[str, int]:
        named = to_json(list(set(subjects))).decode()
        return dict(self._store.connection.execute(_NUMBERS, (named,)))


_NUMBERS: Final = "SELECT subject, case_no FROM cases WHERE subject IN (SELECT value FROM json_each(?))"
