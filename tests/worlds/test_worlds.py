"""The judge: random worlds, asked at random (on, known) pairs, must be answered the same by both readings.

`CASEDRIFT_WORLDS` sets how many worlds (200 by default); a failure names its seed, and
`python -m tests.worlds SEED` repeats it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.judge.worlds import questions
from tests.worlds.held import disagreements, explanations, load

WORLDS = int(os.environ.get("CASEDRIFT_WORLDS", "200"))
TOGETHER = 5


@pytest.mark.parametrize("first", range(0, WORLDS, TOGETHER))
def test_the_product_answers_as_the_judge_does(first: int, tmp_path: Path) -> None:
    for seed in range(first, min(first + TOGETHER, WORLDS)):
        for pair in load(seed, tmp_path):
            assert list(disagreements(pair)) == []
            assert [line for asked in questions(seed, count=2) for line in explanations(pair, asked)] == []
            proof = pair.desk.rebuild(check=True, progress=lambda *_: None)
            assert proof == {"facts": len(pair.acceptance.accepted), "differences": 0}
