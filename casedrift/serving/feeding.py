"""The feed: it keeps the views up with the log, tells what changes in them, and has the time pass when nothing comes.

One is active for a store, others stand by. Rows, the place reached and what is to be told commit together; what is
told is sent by a thread of its own, so that a broker that is away never holds up a row.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from casedrift.retelling import VIEWS_HOLD
from casedrift.standing import Standing, without_collector
from domain.days import london_day
from projections.questions.moment import Moment
from projections.whole import open_cases
from streams.log import known_after
from streams.outbox import waiting_to_be_sent
from streams.quarantine import tally
from streams.store import CLOCK, Store
from streams.telemetry.logs import log
from streams.telemetry.seen import FeedSeen, FeedState

_SECOND: Final = 1_000_000
_AT_ONCE: Final = 100
"""Cases brought back to memory at a time; what comes meanwhile waits for no more than these."""


class Feeder:
    """The work of the feed of one store, step by step; for one thread.

    `now` is the present instant, where the store has no clock of its own. `source` is what announcements are from.
    """

    def __init__(
        self, store: Store, now: Callable[[], int], seen: FeedSeen, *, source: str, counts_seconds: float
    ) -> None:
        self._store = store
        self._now = now
        self._seen = seen
        self._source = source
        self._counts_seconds = counts_seconds
        self._counted_at = -counts_seconds
        self._uncounted = True
        self._counted_place = -1
        self._cold: list[tuple[int, str]] | None = None
        """The open cases that are not yet in memory; None while that was not looked up."""
        self._take_up()

    def step(self) -> int:
        """Fold a page of the log; how many facts that were, 0 at its end."""
        began = time.monotonic()
        with without_collector(), self._store.folding():
            if self._store.meta(VIEWS_HOLD) != self._holds:
                self._put_in_force()
            folded = self._feed.fold_page()
            place = self._feed.place
            if place != self._counted_place:  # others move it where facts are folded as they are accepted
                self._counted_place, self._uncounted = place, True
                self._count_if_time()
        if folded:
            self._seen.stepped(folded, time.monotonic() - began)
        return folded

    def pass_time(self) -> None:
        """What is due though nothing comes: the first list, what turns by itself, and the counts not yet told."""
        if self.present() >= self._announcer.next_at:
            if self._told_at_the_end():  # else something was accepted meanwhile: that is folded first
                self._uncounted = False
        elif self._uncounted and self._time_to_count():
            with self._store.folding():
                self._count_if_time()

    def recall(self) -> bool:
        """Bring some open cases back to memory, so that what comes next finds them there; whether there are more.

        A feed that has just begun knows none, and would read the whole life of each with the first fact that comes.
        """
        if not self._store.folds_apart:
            return False  # there whoever takes facts in folds them too
        if self._cold is None:
            now = self.present()
            with self._store.reading() as connection:
                found = open_cases(connection, [Moment(london_day(now), now)])
            self._cold = [(case_no, subject) for case_no, subject, _ in found]
        some, self._cold = self._cold[:_AT_ONCE], self._cold[_AT_ONCE:]
        if some:
            with without_collector(), self._store.folding():
                self._feed.recall(some)
            if not self._cold:
                log().info("open cases are in memory")
        return bool(self._cold)

    def seconds_to_wait(self, most: float = 1.0) -> float:
        """How long there is nothing to do, if nothing comes."""
        to_turn = (self._announcer.next_at - self.present()) / _SECOND
        to_count = self._counted_at + self._counts_seconds - time.monotonic() if self._uncounted else most
        return max(0.0, min(most, to_turn, to_count))

    def look(self) -> None:
        """Tell whoever looks how things stand."""
        with self._store.reading() as connection:
            oldest = known_after(connection, self._store.place())
            outbox = waiting_to_be_sent(connection)
            quarantined, waiting = tally(connection)
        now = self.present()
        lag = 0.0 if oldest is None else max(0.0, (now - oldest) / _SECOND)
        to_turn = self._announcer.next_at
        passed = now - to_turn if to_turn else 0
        undecided = max(lag, passed / _SECOND)
        self._seen.stands(FeedState(lag, undecided, outbox, quarantined - waiting, waiting))

    def present(self) -> int:
        """The present instant by which facts become known, in microseconds."""
        own = self._store.now()
        return self._now() if own is None else own

    def _told_at_the_end(self) -> bool:
        """Tell what there is at an instant by which the views have seen everything, and nothing more becomes known;
        False where that could not be had, because more was accepted meanwhile."""
        now = self.present()
        self._store.settle()
        end = self._store.position()
        while self._store.place() < end:
            self.step()
        with self._store.folding():
            clock = self._store.meta(CLOCK) or 0  # read before the log's end, as it moves with it
            if self._store.place() < self._store.position() or self._store.meta(VIEWS_HOLD) != self._holds:
                return False
            known = now if now > clock + 1 else clock  # where clocks were set back, facts to come are known from then
            self._announcer.begin(known)
            self._announcer.pass_time(known)
            self._announcer.count(known)
        return True

    def _take_up(self) -> None:
        self._standing = Standing(self._store, self._source)
        with without_collector(), self._store.folding():
            self._put_in_force()

    def _put_in_force(self) -> None:
        """Go by the policy that is in force; the views are folded anew where they hold another's runs."""
        self._standing.policy = self._standing.kept_policy()
        self._standing.refold_if_stale()
        self._holds = self._store.meta(VIEWS_HOLD)
        self._announcer = self._standing.announcer()
        self._feed = self._standing.feed(self._announcer)
        self._cold = None

    def _time_to_count(self) -> bool:
        return time.monotonic() >= self._counted_at + self._counts_seconds

    def _count_if_time(self) -> None:
        """Tell the counts, in the transaction that is open, unless that was done just now."""
        if self._time_to_count() and self._announcer.is_live:
            self._announcer.count()
            self._counted_at, self._uncounted = time.monotonic(), False
