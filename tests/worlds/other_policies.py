"""What another policy would say of a world, asked of both: on the fly, and beside the store's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from casedrift.desk import Desk
from domain.days import instant_of
from domain.policy_text import read_policy
from tests.judge import policy as judge_policy
from tests.judge import reading as judge
from tests.judge.comparing import policy_compare
from tests.judge.intake import Acceptance
from tests.judge.world_policies import policy_text
from tests.judge.world_questions import Question

Answer = list[dict[str, Any]]


def by_another_policy(
    desk: Desk, acc: Acceptance, judged: judge_policy.Policy, seed: int, question: Question
) -> Iterator[tuple[str, Answer, Answer]]:
    """By the next world's policy: its clocks have names of this one's, and other limits and scopes."""
    day, at = question.on, question.known
    on, known = day.toordinal(), instant_of(at)
    text = policy_text(seed + 1)
    other, other_judged = read_policy(text, "other.toml", _no_other), judge_policy.read_policy(text)
    by: Any = question.by
    yield "drift by another", desk.drift(on, known, policy=other), judge.drift(acc, other_judged, day, at)
    yield (
        f"compliance by {by} by another",
        desk.compliance(on, known, by=by, policy=other),
        judge.compliance(acc, other_judged, day, at, by),
    )
    yield (
        "two policies compared",
        desk.policy_compare(desk.policy, other, on, known),
        policy_compare(acc, judged, other_judged, day, at),
    )


def _no_other(reference: str, of_name: str) -> tuple[str, str]:
    raise AssertionError(f"{of_name} extends {reference}")
