"""Law 3: what is learnt is put at its place and folded from there, and gives what a whole fold from nothing gives.

A case is told in any order: late, corrected, withdrawn, the withdrawal withdrawn, several facts at one moment.
After every moment its states, its changes and its rows must be those of the facts that stand as known then; and
the rows must still say of every earlier moment what was known at it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casedrift.bank_holidays import bank_holidays
from domain.clocks import Rules
from domain.days import NO_INSTANT
from domain.fold import CLOSED, Changes, Ended, State, fold, step
from domain.history import WITHDRAWN, Fact, standing
from projections.case_view import CaseView, Key, Row, in_groups, net
from tests.laws.desks import policy_of, quick, seeds
from tests.laws.histories import history

Held = dict[Key, tuple[Any, Ended | None]]
"""What is known of each stay, place and run: how it began, and how it ended if it did."""
many = settings(quick, max_examples=150)


class Kept:
    """Where the rows go: each by its key and the moment from which it was known, as it was last written."""

    def __init__(self) -> None:
        self.rows: dict[tuple[Key, int], tuple[Any, Ended | None, int, int]] = {}

    def put(self, _: CaseView, key: Key, row: Row) -> None:
        self.rows[key, row.known_from] = row.begun, row.ended, row.end_known, row.known_to

    def as_known(self, known: int) -> Held:
        """What the rows say as known at the instant."""
        found = [
            (key, (begun, ended if end_known <= known else None))
            for (key, known_from), (begun, ended, end_known, known_to) in self.rows.items()
            if known_from <= known < known_to
        ]
        held = dict(found)
        assert len(held) == len(found), "one stay, place or run, and two rows for it at once"
        return held


@many
@given(seeds)
def test_learnt_moment_by_moment_is_the_whole_fold_from_nothing(seed: int) -> None:
    rules = Rules(policy_of(seed), bank_holidays)
    view, kept = CaseView(1, "case"), Kept()
    told: list[Fact] = []
    known_then: dict[int, Held] = {0: {}}
    for group in history(seed):
        known = group[0].known_at
        told += group
        steps = view.learn(rules, group, kept)

        stood = standing(told, known)
        states, changes = _whole(rules, stood)
        known_then[known] = net(change for each in changes for change in each)
        assert view.facts == stood
        assert view.states == states
        assert view.changes == changes
        assert {key: (row.begun, row.ended) for key, row in view.rows.items()} == known_then[known]
        assert view.is_open == (bool(states) and states[-1].place is not None)
        assert steps <= len(stood)
        for moment, held in known_then.items():
            assert kept.as_known(moment) == held, f"as known at {moment}, when {known} was learnt"
    assert all(row[2] <= known or row[2] == NO_INSTANT for row in kept.rows.values())


@many
@given(seeds)
def test_a_chain_keeps_the_name_of_its_first_link(seed: int) -> None:
    rules = Rules(policy_of(seed), bank_holidays)
    view = CaseView(1, "case")
    told: list[Fact] = []
    for group in history(seed):
        told += group
        view.learn(rules, group, Kept())
        for fact in view.facts:
            assert view.name(fact.chain) == (told[fact.chain - 1].source, told[fact.chain - 1].id)


def test_the_histories_hold_every_mishap_of_learning() -> None:
    found: Counter[str] = Counter()
    for seed in range(200):
        groups = history(seed)
        facts = [fact for group in groups for fact in group]
        links = Counter(fact.chain for fact in facts)
        for group in groups:
            chains = Counter(fact.chain for fact in group)
            found["several at once"] += len(group) > 1
            found["two links at once"] += max(chains.values()) > 1
        for at, fact in enumerate(facts):
            before = [each for each in facts[:at] if each.chain == fact.chain]
            found["late"] += any(each.day > fact.day for each in facts[:at])
            found["corrected"] += bool(before) and fact.kind != WITHDRAWN
            found["to another day"] += bool(before) and fact.day != before[-1].day
            found["withdrawn"] += fact.kind == WITHDRAWN
            found["withdrawal withdrawn"] += fact.kind == WITHDRAWN == before[-1].kind if before else False
            found["brought back"] += fact.kind != WITHDRAWN == before[-1].kind if before else False
        found["long chain"] += max(links.values()) > 3
    assert len(found) == 9
    assert min(found.values()) > 20, found


def _whole(rules: Rules, stood: list[Fact]) -> tuple[list[State], list[Changes]]:
    """The state after each fact that stands, and what each changed, folded from nothing."""
    states: list[State] = []
    changes: list[Changes] = []
    for fact in stood:
        state, changed = step(rules, states[-1] if states else CLOSED, fact)
        states.append(state)
        changes.append(changed)
    assert fold(rules, stood) == (states[-1] if states else CLOSED, changes)
    return states, changes


@many
@given(seeds, st.integers(0, 3))
def test_a_view_that_has_let_go_of_old_facts_learns_as_one_that_keeps_them(seed: int, keep: int) -> None:
    rules = Rules(policy_of(seed), bank_holidays)
    whole, written, short, rewritten = CaseView(1, "case"), Kept(), CaseView(1, "case"), Kept()
    told: list[Fact] = []
    for group in history(seed):
        whole.learn(rules, group, written)
        if not short.reaches(group):
            short = CaseView(1, "case")
            for earlier in in_groups(told):
                short.learn(rules, earlier, Kept())
        short.learn(rules, group, rewritten)
        told += group
        for (subject, begun_by), row in short.rows.items():
            if subject >= 0 and row.run_id is None:
                assert short.name(begun_by) == whole.name(begun_by)
                row.run_id = 1  # as once it is written
        short.let_go(keep)

        assert rewritten.rows == written.rows
        assert short.is_open == whole.is_open
        assert len(short.facts) <= keep
