"""The store's policy and the views that hold its runs: refolded where they don't, and proved by folding them anew."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Final

from casedrift.bank_holidays import bank_holidays
from casedrift.policies import load_policy
from domain.clocks import Rules
from domain.policy import Policy
from domain.policy_text import read_policy
from domain.policy_writing import policy_toml
from projections.whole import differences, drop_beside, fold_anew, switch
from streams.log import all_histories
from streams.store import Store

DEFAULT_POLICY: Final = "england"
_POLICY: Final = "policy"
_VIEWS_HOLD: Final = "views_policy"


class Standing:
    """What a store holds its cases to, and whether its views say so."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.policy = self.kept_policy()

    def rules(self, policy: Policy | None = None) -> Rules:
        """The policy (the store's, where none is given) ready to be folded."""
        return Rules(policy or self.policy, bank_holidays)

    def views_hold(self, policy: Policy) -> bool:
        """Whether the views hold the runs of the policy."""
        return bool(self._store.meta(_VIEWS_HOLD) == _fingerprint(policy))

    def rebuild(self, *, check: bool, progress: Callable[[int, int], None]) -> dict[str, int]:
        """Fold every case anew beside the old rows, compare row by row, and unless `check` switch."""
        with without_collector(), self._store.writing() as connection:
            if not check:
                self.refold_if_stale()
            facts = fold_anew(connection, self.rules(), self.cases(), all_histories(connection), progress)
            differ = differences(connection)
            if not check:
                self._switch()
            drop_beside(connection)
        return {"facts": facts, "differences": differ}

    def use_policy(self, policy: Policy) -> None:
        """Record the policy as the store's own and fold the views anew under it, in one transaction."""
        self.rules(policy)
        with without_collector(), self._store.writing():
            self._store.set_meta(_POLICY, policy_toml(policy))
            self.policy = policy
            self.refold_if_stale()

    def refold_if_stale(self) -> None:
        """Fold the views anew where they hold the runs of another policy; in the transaction that is open."""
        if self.views_hold(self.policy):
            return
        connection = self._store.connection
        rules = self.rules()
        fold_anew(connection, rules, self.cases(), all_histories(connection), lambda *_: None)
        self._switch()
        drop_beside(connection)

    def _switch(self) -> None:
        switch(self._store.connection)
        self._store.set_meta(_VIEWS_HOLD, _fingerprint(self.policy))
        position = self._store.position()
        if self._store.place() < position:
            self._store.reach(position)

    def cases(self) -> dict[str, int]:
        """The number of each case."""
        return dict(self._store.connection.execute("SELECT subject, case_no FROM cases"))

    def kept_policy(self) -> Policy:
        """The policy that the store's own record names; the one that ships where it names none."""
        with self._store.reading() if not self._store.connection.in_transaction else nullcontext():
            text = self._store.meta(_POLICY)
        if text is None:
            return load_policy(DEFAULT_POLICY)
        return read_policy(text, "the store's policy", _extends_nothing)


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
