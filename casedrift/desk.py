"""The desk: one store, open for work. Facts come in here, and every question is asked here.

It is the only place that puts the real parts together: store, policy, intake, feed, and the questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

from casedrift import __version__
from casedrift.door import Door
from casedrift.now import of_store
from casedrift.proving import rebuild
from casedrift.standing import Standing, without_collector
from domain.clocks import Rules
from domain.days import format_instant, london_day
from domain.policy import Policy
from domain.vocabulary import GroupKey
from projections.connection import Connection
from projections.differences import DifferenceInWords
from projections.questions.alerts import Alerts, alerts
from projections.questions.compliance import compliance
from projections.questions.counts import counts
from projections.questions.drift import ClockNumbers, clock_numbers, drift
from projections.questions.drift_since import drift_since
from projections.questions.explain import explain
from projections.questions.findings import cases_with_faults, record_faults
from projections.questions.flow import flow
from projections.questions.moment import Moment
from projections.questions.policy_compare import policy_compare
from projections.texts import Texts
from projections.whole import show_runs
from streams.announcements import SOURCE
from streams.errors import WrongInput
from streams.histories import all_histories, histories
from streams.intake import Tally
from streams.log import events_of
from streams.quarantine import kept, may_read_what_was_sent, tally
from streams.raw import Raw
from streams.redriving import Redriven, discard
from streams.store import CLOCK
from streams.stores import is_postgres, open_store

_SETTLED: Final = 10 * 60 * 1_000_000
"""Microseconds after which no batch under way, whoever's clock it goes by, has read the clock that long ago."""


class Desk:
    """An open store. `now` gives the present instant; it is read anew for each batch and question.

    Where the store has a clock of its own, facts become known by that one, whoever's machine takes them in; unless
    `by_store_clock` is False.
    """

    def __init__(
        self,
        url: str,
        *,
        create: bool = False,
        now: Callable[[], int],
        by_store_clock: bool = True,
        announced_by: str = SOURCE,
        key_file: Path | None = None,
    ) -> None:
        """Open the store (made where there is none, with `create`). OutOfReach or WrongInput where it can't be."""
        self._now = now
        self._by_store_clock = by_store_clock
        with ExitStack() as opening:
            self.store = opening.enter_context(open_store(url, create=create, key_file=key_file))
            self._known_from = of_store(self.store, now) if by_store_clock else now
            self.standing = Standing(self.store, announced_by)
            self._stack = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # --- facts in ---

    def door(self) -> Door:
        """The way in, for one run."""
        return Door(self.store, self.standing, self._known_from)

    def ingest_lines(
        self, batches: Iterable[Sequence[Raw]], *, backfill: bool, progress: Callable[[int], None]
    ) -> Tally:
        """Take in JSON lines, batch by batch; each batch is committed whole."""
        return self.door().take_lines(batches, backfill, progress)

    def redrive(self, numbers: Set[int] | None = None) -> Redriven:
        """Read again what was refused: these numbers of the quarantine, or all. WrongInput where one is not there."""
        return self.door().take_again(numbers)

    def discard(self, numbers: Set[int] | None) -> int:
        """Let go of these numbers of the quarantine, or with None of all; how many. WrongInput as above."""
        with self.store.writing() as connection:
            return discard(connection, numbers)

    # --- questions ---

    def counts(self, on: int, known: int, by: Sequence[GroupKey] = ()) -> list[dict[str, Any]]:
        """Open cases and children on the day, as known at the instant."""
        with self.asking(known) as connection:
            return counts(connection, Moment(on, known), by)

    def drift(
        self,
        on: int,
        known: int,
        *,
        clock: str | None = None,
        due_soon: bool = False,
        since: int | None = None,
        policy: Policy | None = None,
    ) -> list[dict[str, Any]]:
        """The runs overdue on the day, or soon due, or beside those of an earlier day `since` (an ordinal).

        WrongInput for a clock that the policy has not.
        """
        self._check_clock(clock, policy)
        with self.asking(known) as connection:
            days = (on,) if since is None else (on, since)
            _, clocks = self.clocks(connection, policy, [Moment(day, known) for day in days])
            if since is not None:
                return drift_since(connection, clocks, Moment(on, known), since, clock)
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
        with self.asking(known) as connection:
            rules, clocks = self.clocks(connection, policy, [Moment(on, known)])
            return compliance(connection, rules, clocks, Moment(on, known), by, clock)

    def policy_compare(self, a: Policy, b: Policy, on: int, known: int) -> list[dict[str, Any]]:
        """The runs overdue on the day under the one policy, the other, or both."""
        moment = Moment(on, known)
        with self.asking(known) as connection:
            under_a, under_b = (
                drift(connection, self.clocks(connection, policy, [moment])[1], moment) for policy in (a, b)
            )
        return policy_compare(under_a, under_b)

    def flow(self, start: tuple[int, int], end: tuple[int, int], by: Sequence[GroupKey] = ()) -> list[dict[str, Any]]:
        """How the open cases of one day became those of another; each is a day, as known at an instant."""
        with self.asking(max(start[1], end[1])) as connection:
            return flow(connection, Moment(*start), Moment(*end), by)

    def alerts(self, known: int, *, since: int | None = None, policy: Policy | None = None) -> Alerts:
        """Every change of an alert up to the instant `known`, of these those at or after the instant `since`.

        Without a policy it goes by the store's as it is when asked: another process may have recorded another.
        """
        with self.asking(known) as connection:
            if policy is None:
                self.standing.policy = self.standing.kept_policy()
            _, clocks = self.clocks(connection, policy, ())
            return alerts(connection, clocks, lambda subjects: histories(connection, subjects), known, since)

    def findings(
        self, on: int, known: int, *, by: Sequence[GroupKey] = (), policy: Policy | None = None
    ) -> list[dict[str, Any]]:
        """The record's own faults; with a grouping, of how many cases open on the day."""
        without_clocks = replace(policy or self.policy, clocks=())  # findings need none, and folding them costs
        rules = self.standing.rules(without_clocks)
        with self.asking(known) as connection:
            if by:
                return cases_with_faults(
                    connection, rules, lambda cases: histories(connection, cases), Moment(on, known), by
                )
            return record_faults(rules, all_histories(connection), Moment(on, known))

    def store_state(self) -> object:
        """A value that is another once another process has written to the store."""
        return self.store.state()

    def explain(self, case: str, on: int, known: int, *, policy: Policy | None = None) -> dict[str, Any]:
        """One case explained. WrongInput for a case of which nothing was known then."""
        with self.asking(known) as connection:
            events = events_of(connection, case)
        if not events or events[0].known_at > known:
            raise WrongInput(f"no case {case} was known by {format_instant(known)}; check its reference")
        return explain(self.standing.rules(policy), events, on, known)

    def quarantined(self) -> list[dict[str, Any]]:
        """What is in quarantine, by number."""
        with self.store.reading() as connection:
            # a role of a database may have no right to what was sent, in which places lie; a file has no roles
            of_roles = is_postgres(self.store.address)
            return kept(connection, places=not of_roles or may_read_what_was_sent(connection))

    def status(self) -> dict[str, Any]:
        """How the store stands now, also where nobody keeps the views up: open cases are as far as these have come."""
        now = self._now()
        with self.store.reading() as connection:
            (open_now,) = counts(connection, Moment(london_day(now), now))
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

    def rebuild(
        self,
        *,
        check: bool,
        progress: Callable[[int, int], None],
        found: Callable[[DifferenceInWords], None] = lambda _: None,
    ) -> dict[str, int]:
        """Fold every case anew beside the live views, compare row by row, and unless `check` put right what differs.

        `found` is given the differences in words; of very many only some.
        """
        return rebuild(self.store, self.standing, check=check, progress=progress, found=found)

    def use_policy(self, policy: Policy) -> None:
        """Record the policy as the store's own; its runs are folded beside the earlier ones, then change places."""
        self.standing.use_policy(policy)

    @property
    def policy(self) -> Policy:
        """The store's policy."""
        return self.standing.policy

    def rules(self, policy: Policy | None = None) -> Rules:
        """What is asked by: the policy (the store's, where none is given) ready to be folded."""
        return self.standing.rules(policy)

    def _check_clock(self, clock: str | None, policy: Policy | None) -> None:
        asked = policy or self.policy
        ids = [each.id for each in asked.clocks]
        if clock is not None and clock not in ids:
            raise WrongInput(f"policy {asked.id} has no clock {clock}; it has {', '.join(ids)}")

    def clocks(
        self, connection: Connection, policy: Policy | None, moments: Sequence[Moment]
    ) -> tuple[Rules, ClockNumbers]:
        """The policy's clocks as rows number them; another policy than the views' is folded on the fly, as it is at the
        moments, or where there are none with all that was known and when."""
        asked = policy or self.policy
        rules = self.standing.rules(asked)
        if self.standing.views_hold(asked):
            show_runs(connection)
            return rules, clock_numbers(rules, Texts(connection).known)
        return rules, clock_numbers(rules, self.standing.fold_on_the_fly(asked, moments).get)

    @contextmanager
    def asking(self, known: int) -> Iterator[Connection]:
        """One unchanging view of the store, in which everything known by the instant is seen.

        Whoever is taking facts in right now may have read the clock already: wait for them, so that the
        answer as known at the instant is the same whenever it is asked again. Of an instant well past nothing is
        learnt any more, but for history.
        """
        if known >= max(self.store.meta(CLOCK) or 0, self._known_from() - _SETTLED):
            self.store.settle(known if self._by_store_clock else None)
        self.store.await_views()
        with without_collector(), self.store.reading() as connection:
            yield connection
