"""What is done with some cases of the store, told again from their facts: under another policy, or to prove the rows.

These are whole functions of a connection and some cases, so that any process can be asked for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from casedrift.bank_holidays import bank_holidays
from casedrift.folding import Share
from domain.clocks import Rules
from domain.policy import Policy
from projections.connection import Connection
from projections.differences import DifferenceInWords, differences, in_words
from projections.questions.moment import Moment
from projections.whole import PassingTexts, RunRow, Told, rows_of, runs_on
from streams.histories import END, histories
from streams.store import VIEWS

POLICY: Final = "policy"
"""The name under which a store keeps the policy that somebody recorded."""
VIEWS_HOLD: Final = "views_policy"
"""The name under which it keeps the fingerprint of the policy whose runs its views hold."""
TOLD: Final = 20
"""Differences told in words of a share; beyond that they are counted."""


InForce = dict[str, Any]
"""The policy recorded, and the one whose runs the views hold, where a store says so."""


class Proof(NamedTuple):
    """What a share's rows came to, held against its facts."""

    in_force: InForce
    cases: int
    facts: int
    differences: int
    differing: list[int]
    """The numbers of the cases whose rows differ."""
    told: list[DifferenceInWords]


@lru_cache(maxsize=4)
def rules_of(policy: Policy) -> Rules:
    """The policy ready to be folded."""
    return Rules(policy, bank_holidays)


def told(connection: Connection, share: Share, position: int = END) -> list[Told]:
    """The cases of the share with their facts, as the log stood at the position."""
    facts = histories(connection, [subject for _, subject in share.cases], position)
    return [Told(number, subject, facts.get(subject, [])) for number, subject in share.cases]


def runs_as_known(
    policy: Policy,
    clocks: Mapping[str, int],
    position: int,
    moments: Sequence[Moment],
    connection: Connection,
    share: Share,
) -> list[RunRow]:
    """The rows of runs by a policy whose clocks have these numbers: of those that are on at any of the moments, which
    are as known at one instant; or with no moment of all, with all that was ever known of them."""
    texts = PassingTexts(connection, clocks)
    cases = told(connection, share, position)
    if not moments:
        return rows_of(rules_of(policy), texts, cases, only_runs=True)["run"]
    return runs_on(rules_of(policy), texts, cases, [moment.on for moment in moments], moments[0].known)


def in_force(connection: Connection) -> InForce:
    """What the store says now."""
    return dict(connection.execute("SELECT key, value FROM meta WHERE key IN (?, ?)", (POLICY, VIEWS_HOLD)))


_CASES: Final = "SELECT case_no, subject FROM cases WHERE case_no >= ? AND case_no < ? ORDER BY case_no"


def prove(policy: Policy, connection: Connection, share: Share) -> Proof:
    """Hold the rows kept of the share's cases against a whole fold of their facts, as far as the views have come.

    What is accepted and not yet folded has no rows, and is no fault; nor is a case that came since the shares were cut.
    """
    texts = PassingTexts(connection)
    numbers = share.numbers
    there = connection.execute(_CASES, (numbers.start, numbers.stop)).fetchall()
    place = connection.execute("SELECT notification_id FROM tracking WHERE application_name = ?", (VIEWS,)).fetchone()
    cases = told(connection, share._replace(cases=there), 0 if place is None else place[0])
    found = differences(connection, rules_of(policy), texts, cases, share.numbers)
    return Proof(
        in_force(connection),
        len(cases),
        sum(len(case.facts) for case in cases),
        len(found),
        sorted({difference.case_no for difference in found}),
        in_words(connection, texts, cases, found[:TOLD]),
    )
