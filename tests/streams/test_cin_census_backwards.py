"""Episodes closed before they were referred: told as they were recorded, but never at the cost of another stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.streams.written_census import episode, only_child, protection_plan, told

R = "referral-received decision=assess"
O = "case-opened tier="  # noqa: E741
C = "case-closed reason=RC7"
TABLE = {
    "closed before it was referred: told as it stands, and a later stay is left alone": (
        [episode("2025-03-03", "2025-02-03"), episode("2025-05-05", "2025-06-02")],
        [
            f"2025-02-03 {C}",
            f"2025-03-03 {R}",
            f"2025-03-03 {O}assessment",
            f"2025-05-05 {R}",
            f"2025-05-05 {O}assessment",
            f"2025-06-02 {C}",
        ],
    ),
    "a closing that belongs to no stay of that day does not close the one that begins on it": (
        [episode("2025-03-03", "2025-01-06"), episode("2025-01-06", "2025-02-03")],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {C}",
            f"2025-01-06 {O}assessment",
            f"2025-02-03 {C}",
            f"2025-03-03 {R}",
            f"2025-03-03 {O}assessment",
        ],
    ),
    "a closing before its own referral does not end the stay before it": (
        [episode("2025-01-06", "2025-03-03"), episode("2025-03-05", "2025-02-03", reason="RC8")],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            f"2025-03-03 {C}",
            f"2025-03-05 {R}",
            f"2025-03-05 {O}assessment",
        ],
    ),
    "nor gives it another reason on the day on which it ends": (
        [episode("2025-01-06", "2025-03-03", reason="RC8"), episode("2025-03-05", "2025-03-03", reason="RC7")],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            "2025-03-03 case-closed reason=RC8",
            f"2025-03-05 {R}",
            f"2025-03-05 {O}assessment",
        ],
    ),
    "nor ends one that goes on because its own closing came too early": (
        [episode("2025-01-06", "2025-01-02"), episode("2025-03-05", "2025-02-03", reason="RC9")],
        [
            f"2025-01-02 {C}",
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            f"2025-03-05 {R}",
            f"2025-03-05 {O}assessment",
        ],
    ),
    "an opening while the case is still open so is a step to its tier": (
        [episode("2025-01-06", "2025-01-02"), episode("2025-03-05", "2025-06-02", protection_plan("2025-03-05"))],
        [
            f"2025-01-02 {C}",
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            f"2025-03-05 {R}",
            f"2025-03-05 {O}child_protection",
            "2025-03-05 plan-started plan=child_protection",
            "2025-03-05 case-stepped-up to=child_protection",
            f"2025-06-02 {C}",
        ],
    ),
}


@pytest.mark.parametrize(("episodes", "facts"), TABLE.values(), ids=TABLE)
def test_what_a_child_s_episodes_tell(tmp_path: Path, episodes: list[str], facts: list[str]) -> None:
    assert told(only_child(tmp_path, *episodes)) == facts
    assert told(only_child(tmp_path, *reversed(episodes))) == facts, "the order of rows decides nothing"
