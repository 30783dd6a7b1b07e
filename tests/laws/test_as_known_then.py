"""Law 4: a question as known at an instant is answered the same for ever, whatever is learnt later.

Lives of cases come in live, batch by batch. Between batches every question is asked about random days as known at
random instants up to then, and asked again when more has been learnt; no answer may have moved.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casedrift.desk import Desk
from domain.days import instant_of
from domain.policy import Policy
from domain.vocabulary import GROUP_KEYS
from streams.errors import WrongInput
from tests.judge.worlds import batches, world
from tests.laws.desks import desk_of, policy_of, quick, rows_of, seeds, take

CASES = 8
MINUTE = 60_000_000
few = settings(quick, max_examples=10)
"""Each example asks some hundreds of questions."""
Questions = list[tuple[str, Callable[[], Any]]]
Sitting = tuple[int, list[tuple[int, float]]]
"""Before which batch (of a hundred) questions are asked, and for each the day's number and the share of time past."""

moments = st.lists(st.tuples(st.integers(0, 10_000), st.floats(0, 1)), min_size=3, max_size=4)
sittings = st.lists(st.tuples(st.integers(0, 100), moments), min_size=2, max_size=3)


@few
@given(seeds, sittings)
def test_an_answer_as_known_then_stays_as_it_was(seed: int, sittings: list[Sitting]) -> None:
    days = [day.toordinal() for day in world(seed, CASES).days]
    arriving = batches(seed, CASES)
    now = [instant_of(arriving[0].now)]
    other = policy_of(seed + 1)
    given_then: list[tuple[int, int, dict[str, Any]]] = []
    with desk_of(seed, now) as desk:
        since = now[0]
        for number, batch in enumerate(arriving):
            for at, moments in sittings:
                if at * len(arriving) // 101 == number:
                    for day, share in moments:
                        on, known = days[day % len(days)], since + int((now[0] - since) * share)
                        given_then.append((on, known, _answers(desk, on, known, other)))
            now[0] = _later(now[0], batch.now)
            take(desk, [list(batch.lines)], backfill=False)
        assert len(given_then) >= 6
        for on, known, answers in given_then:
            assert _answers(desk, on, known, other) == answers, (on, known)


@few
@given(seeds, st.integers(10, 90), moments)
def test_history_loaded_from_after_that_instant_changes_nothing(
    seed: int, percent: int, moments: list[tuple[int, float]]
) -> None:
    """A backfill of facts recorded later than the instant asked about leaves its answers alone too."""
    told = world(seed, CASES)
    half = len(told.lines) * percent // 100
    other = policy_of(seed + 1)
    with desk_of(seed) as desk:
        take(desk, [list(told.lines[:half])])
        first, last = rows_of(desk, "SELECT min(known_at), max(known_at) FROM cases")[0]
        answers = []
        for day, share in moments:
            on, known = told.days[day % len(told.days)].toordinal(), int(first + (last - first) * share)
            answers.append((on, known, _answers(desk, on, known, other)))
        latest = max(known for _, known, _ in answers)
        take(desk, [[line for at, line in zip(told.times, told.lines, strict=True) if instant_of(at) > latest]])
        for on, known, answer in answers:
            assert _answers(desk, on, known, other) == answer, (on, known)


def _later(now: int, clock: datetime) -> int:
    """The hour of the next batch: the clock's, but later than any question asked before it."""
    return max(instant_of(clock), now + MINUTE)


def _answers(desk: Desk, on: int, known: int, other: Policy) -> dict[str, Any]:
    """Every question there is, on the day, as known at the instant."""
    answers: dict[str, Any] = {
        "counts": desk.counts(on, known),
        "drift": desk.drift(on, known),
        "due soon": desk.drift(on, known, due_soon=True),
        "compliance": desk.compliance(on, known),
        "alerts": desk.alerts(known).lines,
        "drift by another policy": desk.drift(on, known, policy=other),
        "drift since": desk.drift(on, known, since=on - 30),
        "flow": desk.flow((on - 30, known), (on, known), GROUP_KEYS),
        "findings": desk.findings(on, known),
        "findings by group": desk.findings(on, known, by=GROUP_KEYS),
        "policies compared": desk.policy_compare(desk.policy, other, on, known),
        "compliance by another policy": desk.compliance(on, known, by=("team",), policy=other),
    }
    for by in (*((key,) for key in GROUP_KEYS), GROUP_KEYS):
        answers[f"counts by {by}"] = desk.counts(on, known, by)
        answers[f"compliance by {by}"] = desk.compliance(on, known, by=by)
    for (case,) in rows_of(desk, "SELECT subject FROM cases ORDER BY subject"):
        answers |= _explained(desk, case, on, known)
    return answers


def _explained(desk: Desk, case: str, on: int, known: int) -> dict[str, Any]:
    """The case explained, if anything was known of it then."""
    try:
        return {f"explain {case}": desk.explain(case, on, known)}
    except WrongInput:
        return {}
