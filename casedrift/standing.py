"""The store's policy and the views that hold its runs, or another policy's for one question.

Cases are told again beside the views that are in use, while others ask and take facts in; only what is then put in
place needs the store's lock.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Final, TypeVar

from casedrift.folding import Work, shared_out, shares
from casedrift.policies import load_policy
from casedrift.retelling import POLICY, VIEWS_HOLD, rules_of, runs_as_known, told
from domain.clocks import Rules
from domain.policy import Policy
from domain.policy_text import read_policy
from domain.policy_writing import policy_toml
from projections.questions.moment import Moment
from projections.texts import Texts
from projections.whole import PassingTexts, add_runs, erase, hide_runs, open_cases, show_runs, switch_runs, write_anew
from streams.announcements import SOURCE
from streams.announcing import Announcer
from streams.feed import Feed
from streams.histories import END
from streams.store import Store

DEFAULT_POLICY: Final = "england"
Result = TypeVar("Result")
Case = tuple[int, str, int]
"""A case's number, its reference, and how many facts it has."""


class Standing:
    """What a store holds its cases to, and whether its views say so."""

    def __init__(self, store: Store, announced_by: str = SOURCE) -> None:
        """`announced_by` is what announcements are from."""
        self._store = store
        self.announced_by = announced_by
        self.policy = self.kept_policy()

    def rules(self, policy: Policy | None = None) -> Rules:
        """The policy (the store's, where none is given) ready to be folded."""
        return rules_of(policy or self.policy)

    def views_hold(self, policy: Policy) -> bool:
        """Whether the views hold the runs of the policy."""
        return bool(self._store.meta(VIEWS_HOLD) == _fingerprint(policy))

    def feed(self, announcer: Announcer | None = None) -> Feed:
        """What keeps the views by the policy that they hold, and has what changes in them told."""
        return Feed(self._store, self.rules(), announcer or self.announcer())

    def announcer(self) -> Announcer:
        """What tells of the views."""
        return Announcer(self._store, self.rules(), _fingerprint(self.policy), self.announced_by)

    def kept_policy(self) -> Policy:
        """The policy that the store's own record names; the one that ships where it names none."""
        with self._store.reading() if not self._store.in_transaction else nullcontext():
            text = self._store.meta(POLICY)
        if text is None:
            return load_policy(DEFAULT_POLICY)
        return read_policy(text, "the store's policy", _extends_nothing)

    # --- another policy ---

    def fold_on_the_fly(self, policy: Policy, moments: Sequence[Moment]) -> dict[str, int]:
        """Answer by the policy until the reading transaction that is open ends; its clocks' numbers by their ids.

        Its runs hide the store's own: those that are on at any of the moments (as known at one instant), or with no
        moment all, with all that was ever known of them.
        """
        connection = self._store.connection
        texts = PassingTexts(connection)
        clocks = {clock.id: texts.number(clock.id) for clock in policy.clocks}
        cases = open_cases(connection, moments) if moments else self.cases()
        self._hide_runs(policy, clocks, self._store.position(), cases, moments)
        return clocks

    def use_policy(self, policy: Policy) -> None:
        """Record the policy as the store's own, and put its runs in the place of those of the earlier one.

        They are folded first, beside the views, which answer by the earlier policy meanwhile. Then, in one
        transaction, cases of which facts have come in since are folded again, and the runs change places.
        """
        self.rules(policy)
        with without_collector():
            if self._store.meta(VIEWS_HOLD) is None or self.views_hold(policy):
                with self._store.writing():
                    self._record(policy)
                    self.refold_if_stale()
                return
            with self._store.writing() as connection:
                texts = Texts(connection)
                clocks = {clock.id: texts.number(clock.id) for clock in policy.clocks}
                position = min(self._store.position(), self._store.place())
            try:
                with self._store.aside():
                    self._hide_runs(policy, clocks, position, self.cases())
                with self._store.writing() as connection:
                    self.write_anew(self.cases_since(position), policy)  # their runs go beside too
                    switch_runs(connection)
                    self._record(policy)
                    self._hold(policy, self._store.position())
            finally:
                with self._store.said():
                    show_runs(self._store.connection)

    def refold_if_stale(self) -> None:
        """Fold the views anew where they hold the runs of another policy; in the transaction that is open.

        It may hold the views' lock alone, so that more is accepted meanwhile: what stands in the log by now is folded,
        and the rest is left to whoever keeps the views up.
        """
        if self.views_hold(self.policy):
            return
        position = self._store.position()
        erase(self._store.connection)
        self.write_anew(self.cases(), self.policy, position)
        self._hold(self.policy, position)

    def _hide_runs(
        self, policy: Policy, clocks: dict[str, int], position: int, cases: list[Case], moments: Sequence[Moment] = ()
    ) -> None:
        connection = self._store.connection
        hide_runs(connection)
        with without_collector():
            for rows in self.shared_out(partial(runs_as_known, policy, clocks, position, tuple(moments)), cases):
                add_runs(connection, rows)

    def _record(self, policy: Policy) -> None:
        self._store.set_meta(POLICY, policy_toml(policy))
        self.policy = policy

    def _hold(self, policy: Policy, position: int) -> None:
        self._store.set_meta(VIEWS_HOLD, _fingerprint(policy))
        self.reach(position)

    # --- cases told again ---

    def cases(self) -> list[Case]:
        """Every case, by number."""
        with self._store.said():
            return self._store.connection.execute(_CASES).fetchall()

    def cases_since(self, position: int) -> list[Case]:
        """The cases of which facts stand in the log after the position, by number."""
        return self._store.connection.execute(_CASES_SINCE, (position,)).fetchall()

    def write_anew(self, cases: list[Case], policy: Policy, position: int = END) -> None:
        """Fold the cases from nothing, as the log stood at the position, and write their rows in the place of those
        kept; in the open transaction."""
        connection = self._store.connection
        for share in shares(cases):
            write_anew(connection, self.rules(policy), told(connection, share, position))

    def reach(self, position: int) -> None:
        """Say that the views have reached the position of the log; in the transaction that is open."""
        if self._store.place() < position:
            self._store.reach(position)

    def shared_out(self, work: Work[Result], cases: list[Case]) -> Iterator[Result]:
        """What comes of the work on the cases, share by share in any order, in as many processes as it is worth."""
        with self._store.said():
            yield from shared_out(self._store.address, work, shares(cases))


_CASES: Final = "SELECT case_no, subject, version FROM cases ORDER BY case_no"
_CASES_SINCE: Final = """
    SELECT case_no, subject, version FROM cases
    WHERE subject IN (SELECT originator_id FROM stored_events WHERE rowid > ?) ORDER BY case_no"""


@contextmanager
def without_collector() -> Iterator[None]:
    """Pause the garbage collector: a batch makes many small things and no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _fingerprint(policy: Policy) -> str:
    return hashlib.sha256(policy_toml(policy).encode()).hexdigest()


def _extends_nothing(reference: str, of_name: str) -> tuple[str, str]:
    raise AssertionError(f"{of_name} is kept whole, and yet extends {reference}")
