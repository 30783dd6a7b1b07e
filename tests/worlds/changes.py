"""What happened between two days, asked of both: how the count changed, which drift is new, and the record's faults."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from casedrift.desk import Desk
from domain.days import instant_of
from tests.judge import flow as judge_flow
from tests.judge import reading as judge
from tests.judge.changes import drift_since
from tests.judge.intake import Acceptance
from tests.judge.policy import Policy
from tests.judge.world_questions import GROUP_KEYS, Question

Answer = list[dict[str, Any]]


def changes(
    desk: Desk, acc: Acceptance, policy: Policy, question: Question, other: Question
) -> Iterator[tuple[str, Answer, Answer]]:
    """From the day of one question to that of the other, whichever comes first; each brings its own instant."""
    first, last = sorted((question, other), key=lambda each: each.on)
    for by in ((), _grouping(question, other)):
        start, end = ((each.on.toordinal(), instant_of(each.known)) for each in (first, last))
        yield (
            f"flow by {by} from {first.on} known {first.known}, to {last.on} known {last.known}, asked",
            desk.flow(start, end, by),
            judge_flow.flow(acc, first.on, last.on, first.known, last.known, by),
        )
    known = instant_of(question.known)
    yield (
        f"drift since {first.on}, on {last.on}, asked",
        desk.drift(last.on.toordinal(), known, since=first.on.toordinal()),
        drift_since(acc, policy, last.on, first.on, question.known),
    )


def faults(desk: Desk, acc: Acceptance, policy: Policy, question: Question) -> Iterator[tuple[str, Answer, Answer]]:
    """The record's faults, listed, and counted by group."""
    on, known = question.on.toordinal(), instant_of(question.known)
    for by in ((), _grouping(question, question)):
        yield (
            f"findings by {by}",
            desk.findings(on, known, by=by),
            judge.findings(acc, policy, question.on, question.known, by),
        )


def _grouping(question: Question, other: Question) -> Any:
    """The question's grouping, or any where it has none."""
    rng = Random(f"{question} {other}")
    return question.by or tuple(rng.sample(GROUP_KEYS, rng.choice((1, 1, 2, 5))))
