"""The random worlds are whole and rich: every question can be asked of them, and every edge occurs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest

from .alerts import alerts
from .facts import midnight
from .flow import flow
from .intake import Acceptance, accept
from .policy import read_policy
from .reading import STATES, compliance, counts, drift, explain, findings
from .shape import OWN_FIELDS
from .worlds import AFTERWARDS, batches, policy_text, questions, world

WORLDS = range(30)
CASES = 12
REASONS = {
    *("not-json", "not-an-event", "unknown-type", "invalid-data", "too-long", "recorded-in-future"),
    *("conflicting-duplicate", "target-elsewhere", "target-itself"),
}
FINDINGS = {
    *("opened-while-open", "closed-while-closed", "activity-while-closed", "effective-in-future"),
    *("recorded-late", "missing-locality", "missing-team", "missing-worker", "never-assessed"),
}


@dataclass
class Seen:
    """What came up over all worlds."""

    types: Counter[str] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)


def load(seed: int) -> Acceptance:
    return accept(world(seed, CASES).lines, now=AFTERWARDS, backfill=True)


def ask_everything() -> Seen:
    """Every question asked of every world."""
    seen = Seen()
    for seed in WORLDS:
        acc = load(seed)
        seen.types.update(one.body["type"] for one in acc.accepted)
        seen.reasons.update(one.reason for one in acc.refused)
        seen.fates.update(acc.tally)
        _ask(seen, seed, acc)
    return seen


def _ask(seen: Seen, seed: int, acc: Acceptance) -> None:
    by_policy = read_policy(policy_text(seed))
    for asked in questions(seed, CASES, count=6):
        on, known = asked.on, asked.known
        opened = counts(acc, on, known, asked.by)
        assert sum(row["open_cases"] for row in opened) == counts(acc, on, known)[0]["open_cases"], (
            seed,
            asked,
        )
        rows = compliance(acc, by_policy, on, known, asked.by)
        for row in rows:
            seen.states.update({state: row[state] for state in STATES})
        late = drift(acc, by_policy, on, known)
        assert len(late) == sum(row["overdue"] for row in rows), (seed, asked)
        seen.rows["overdue"] += len(late)
        seen.rows["due soon"] += len(drift(acc, by_policy, on, known, due_soon=True))
        seen.findings.update(row["finding"] for row in findings(acc, by_policy, on, known))
        seen.rows["findings by group"] += len(findings(acc, by_policy, on, known, asked.by)) if asked.by else 0
        told = explain(acc, by_policy, acc.accepted[0].case, on, AFTERWARDS)
        seen.rows.update({key: len(told[key]) for key in ("facts", "places", "runs", "findings")})


def test_every_question_can_be_asked_and_every_edge_occurs() -> None:
    seen = ask_everything()
    assert set(seen.types) == set(OWN_FIELDS)
    assert set(seen.reasons) == REASONS
    assert min(seen.fates.values()) >= len(WORLDS)
    assert seen.fates["read"] == sum(seen.fates[one] for one in ("accepted", "duplicate", "refused", "waiting"))
    assert min(seen.states[state] for state in STATES) >= len(WORLDS)
    assert set(seen.findings) == FINDINGS
    assert min(seen.findings.values()) >= len(WORLDS)
    kinds = ("overdue", "due soon", "findings by group", "facts", "places", "runs", "findings")
    assert min(seen.rows[kind] for kind in kinds) >= len(WORLDS)


def test_alerts_of_every_state_occur_and_are_final() -> None:
    states: Counter[str] = Counter()
    for seed in WORLDS[:4]:
        acc, by_policy = load(seed), read_policy(policy_text(seed))
        whole = alerts(acc, by_policy, AFTERWARDS)
        states.update(line["state"] for line in whole)
        middle = sorted(one.known_at for one in acc.accepted)[len(acc.accepted) // 2]
        then = alerts(acc, by_policy, middle)
        assert whole[: len(then)] == then
    assert min(states[one] for one in ("raised", "cleared", "withdrawn")) >= 1


@pytest.mark.parametrize("by", [(), ("team",), ("tier", "cohort")])
def test_the_flow_adds_up(by: tuple[str, ...]) -> None:
    revised = 0
    for seed in WORLDS[:4]:
        days = world(seed, CASES).days
        early, late = days[len(days) // 3], days[-4]
        for row in flow(load(seed), early, late, midnight(early), AFTERWARDS, by):
            came = row["opened"] + row.get("moved_in", 0) + row["revised"]
            left = row["closed"] + row["stepped_out"] + row.get("moved_out", 0)
            assert row["open_from"] + came - left == row["open_to"]
            revised += abs(row["revised"])
    assert revised > 0


def test_a_world_in_live_batches_is_taken_as_in_one_backfill_but_for_when_it_is_known() -> None:
    for seed in WORLDS[:6]:
        live, whole = None, load(seed)
        for batch in batches(seed, CASES):
            live = accept(batch.lines, now=batch.now, backfill=False, earlier=live)
        assert live is not None
        assert [one.body for one in live.accepted] == [one.body for one in whole.accepted]
        assert [one.reason for one in live.refused] == [one.reason for one in whole.refused]
        known = [one.known_at for one in live.accepted]
        assert known == sorted(known)


def test_the_same_seed_tells_the_same_world_again() -> None:
    assert world(7) == world(7)
    assert world(7).lines != world(8).lines
    assert (policy_text(7), questions(7)) == (policy_text(7), questions(7))
