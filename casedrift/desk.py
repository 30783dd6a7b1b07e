"""The desk: one store, open for work. Facts come in here, and every question is asked here.

It is the only place that puts the real parts together: store, policy, intake, feed, and the questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Self

from casedrift import __version__
from casedrift.door import Door
from casedrift.standing import Standing, without_collector
from domain.clocks import Rules
from domain.days import format_instant, london_day
from domain.policy import Policy
from domain.vocabulary import GroupKey
from projections.questions.compliance import compliance
from projections.questions.counts import counts
from projections.questions.drift import ClockNumbers, clock_numbers, drift
from projections.questions.explain import explain
from projections.questions.moment import Moment
from projections.texts import Texts
from projections.whole import PassingTexts, runs_under
from streams.batch import CLOCK
from streams.errors import WrongInput
from streams.intake import Tally
from streams.log import all_histories, events_of
from streams.quarantine import kept, tally
from streams.store import Store, store_path


class Desk:
    """An open store. `now` gives the present instant; it is read anew for each batch and question."""

    def __init__(self, url: str, *, create: bool = False, now: Callable[[], int]) -> None:
        """Open the store (made where there is none, with `create`). OutOfReach or WrongInput where it can't be."""
        self._now = now
        self._stack = ExitStack()
        self.store = self._stack.enter_context(Store(store_path(url), create=create))
        self._standing = Standing(self.store)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # --- facts in ---

    def ingest_lines(self, batches: Iterable[list[bytes]], *, backfill: bool, progress: Callable[[int], None]) -> Tally:
        """Take in JSON lines, batch by batch; each batch is committed whole."""
        return Door(self.store, self._standing, self._now).take_lines(batches, backfill, progress)

    def ingest_census(
        self,
        path: Path,
        *,
        source: str | None,
        taken: datetime | None,
        backfill: bool,
        progress: Callable[[int, int], None],
    ) -> tuple[Tally, list[str]]:
        """Take in a first CIN census; what it can't tell comes back as lines for people."""
        return Door(self.store, self._standing, self._now).take_census(path, source, taken, backfill, progress)

    # --- questions ---

    def counts(self, on: int, known: int, by: Sequence[GroupKey] = ()) -> list[dict[str, Any]]:
        """Open cases and children on the day, as known at the instant."""
        with self._asking(known) as connection:
            return counts(connection, Moment(on, known), by)

    def drift(
        self,
        on: int,
        known: int,
        *,
        clock: str | None = None,
        due_soon: bool = False,
        policy: Policy | None = None,
    ) -> list[dict[str, Any]]:
        """The runs overdue on the day, or soon due. WrongInput for a clock that the policy has not."""
        self._check_clock(clock, policy)
        with self._asking(known) as connection:
            _, clocks = self._clocks(connection, policy, known)
            return drift(connection, clocks, Moment(on, known), clock, due_soon=due_soon)

    def compliance(
        self,
        on: int,
        known: int,
        *,
        by: Sequence[GroupKey] = (),
        clock: str | None = None,
        policy: Policy | None = None,
    ) -> list[dict[str, Any]]:
        """How far each clock is kept on the day. WrongInput for a clock that the policy has not."""
        self._check_clock(clock, policy)
        with self._asking(known) as connection:
            rules, clocks = self._clocks(connection, policy, known)
            return compliance(connection, rules, clocks, Moment(on, known), by, clock)

    def explain(self, case: str, on: int, known: int, *, policy: Policy | None = None) -> dict[str, Any]:
        """One case explained. WrongInput for a case of which nothing was known then."""
        with self._asking(known) as connection:
            events = events_of(connection, case)
        if not events or events[0].known_at > known:
            raise WrongInput(f"no case {case} was known by {format_instant(known)}; check its reference")
        return explain(self._standing.rules(policy), events, on, known)

    def quarantined(self) -> list[dict[str, Any]]:
        """What is in quarantine, by number."""
        with self.store.reading() as connection:
            return kept(connection)

    def status(self) -> dict[str, Any]:
        """How the store stands now."""
        now = self._now()
        (open_now,) = self.counts(london_day(now), now)
        with self.store.reading() as connection:
            facts, known = connection.execute("SELECT sum(version), max(known_at) FROM cases").fetchone()
            cases = connection.execute("SELECT count(*) FROM cases").fetchone()[0]
            quarantined, waiting = tally(connection)
            position, place = self.store.position(), self.store.place()
        return {
            "facts": facts or 0,
            "cases": cases,
            "open_cases": open_now["open_cases"],
            "known_at": None if known is None else format_instant(known),
            "position": position,
            "behind": position - place,
            "waiting": waiting,
            "quarantined": quarantined,
            "policy": self.policy.id,
            "version": __version__,
        }

    # --- the views ---

    def rebuild(self, *, check: bool, progress: Callable[[int, int], None]) -> dict[str, int]:
        """Fold every case anew beside the old rows, compare row by row, and unless `check` switch."""
        return self._standing.rebuild(check=check, progress=progress)

    def use_policy(self, policy: Policy) -> None:
        """Record the policy as the store's own and fold the views anew under it, in one transaction."""
        self._standing.use_policy(policy)

    @property
    def policy(self) -> Policy:
        """The store's policy."""
        return self._standing.policy

    def _check_clock(self, clock: str | None, policy: Policy | None) -> None:
        asked = policy or self.policy
        ids = [each.id for each in asked.clocks]
        if clock is not None and clock not in ids:
            raise WrongInput(f"policy {asked.id} has no clock {clock}; it has {', '.join(ids)}")

    def _clocks(self, connection: Connection, policy: Policy | None, known: int) -> tuple[Rules, ClockNumbers]:
        """The policy's clocks as rows number them; another policy than the views' is folded on the fly."""
        asked = policy or self.policy
        rules = self._standing.rules(asked)
        if self._standing.views_hold(asked):
            return rules, clock_numbers(rules, Texts(connection).known)
        texts = PassingTexts(connection)
        with without_collector():
            runs_under(connection, rules, texts, self._standing.cases(), all_histories(connection), known)
        return rules, clock_numbers(rules, texts.known)

    @contextmanager
    def _asking(self, known: int) -> Iterator[Connection]:
        """One unchanging view of the store, in which everything known by the instant is seen.

        Whoever is taking facts in right now may have read the clock already: wait for them, so that the
        answer as known at the instant is the same whenever it is asked again.
        """
        if known >= (self.store.meta(CLOCK) or 0):
            self.store.settle()
        with self.store.reading() as connection:
            yield connection
