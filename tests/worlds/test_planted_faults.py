"""The judge is judged: faults planted in a copy of the product must be found within a few worlds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAST_SEED = 11
Edits = tuple[tuple[str, str], ...]

FAULTS: dict[str, tuple[str, Edits]] = {
    "order within a day": ("domain/history.py", (("return fact.day, fact.chain", "return fact.day, -fact.chain"),)),
    "chain place": ("domain/history.py", (("return fact.day, fact.chain", "return fact.day, fact.version"),)),
    "month end": ("domain/working_days.py", (("min(start.day, last)", "min(start.day, 28)"),)),
    "coverage's M": ("domain/clocks.py", (("max(known, default=ALWAYS)", "min(known, default=ALWAYS)"),)),
    "unless": ("domain/clocks.py", (("for key, values in clock.unless)", "for key, values in clock.unless[1:])"),)),
    "known_to of a superseded row": (
        "projections/case_view.py",
        (("row.known_to, run_id = known, row.run_id", "run_id = row.run_id"),),
    ),
    "allocation lost at reopening": (
        "domain/fold.py",
        (("(data.get(key) for key in ALLOCATION_KEYS)", "(None for key in ALLOCATION_KEYS)"),),
    ),
    "withdrawn scope start": (
        "projections/case_view.py",
        (("self._undo(self.changes[at], touched)\n        del", "del"),),
    ),
    "a waiting fact dated by the run that frees it": (
        "streams/intake.py",
        (("found, now, waiting.backfill)", "found, now, backfill)"),),
    ),
    "a live fact earlier than the last": (
        "streams/intake.py",
        (("max(now, batch.clock, case.known_at if case.version else now)", "now"),),
    ),
    "a fact of another case taken as the target": (
        "streams/intake.py",
        (("return case is not None and case.case_no == held.case_no", "return True"),),
    ),
    "a reopening taken for a move": (
        "projections/questions/flow.py",
        (("itemgetter(0, 1)", "itemgetter(0)"),),
    ),
    "what was learnt since netted into what happened": (
        "projections/questions/flow.py",
        (("_open(connection, start, by)", "_open(connection, start_known_later, by)"),),
    ),
    "findings counted for cases": (
        "projections/questions/findings.py",
        (
            (
                "yield case, {each.finding for each in findings(rules, facts, moment.on, moment.known)}",
                "yield case, [each.finding for each in findings(rules, facts, moment.on, moment.known)]",
            ),
        ),
    ),
    "then lists off by one": ("domain/fold.py", (("run[1] + 1", "run[1]"),)),
    "working days back from due": (
        "domain/working_days.py",
        (
            (
                "            day -= 1\n            count -= self.is_working(day)",
                "            count -= self.is_working(day)\n            day -= 1",
            ),
        ),
    ),
    "cleared for withdrawn": (
        "projections/questions/alerts_of_run.py",
        (("if at >= falls and row.due + 1 < row.end_day", "if at >= falls"),),
    ),
    "UTC's midnight for London's": (
        "projections/questions/alerts_of_run.py",
        (("rises = midnight(row.due + 1)", "rises = (row.due + 1 - 719_163) * 86_400_000_000"),),
    ),
    "neighbours not merged": (
        "projections/questions/alerts_of_run.py",
        (("if state == (None if last is None else last.state) or", "if (last and last[1:3] == (row, state)) or"),),
    ),
    "a window that forgets midnights": (
        "projections/questions/alerts.py",
        (("OR due + 1 BETWEEN :first AND :today OR", "OR"),),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, tmp_path: Path) -> None:
    for folder in ("domain", "projections", "streams", "casedrift", "tests/judge", "tests/worlds"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "tests/__init__.py", tmp_path / "tests")
    file, edits = FAULTS[fault]
    text = (tmp_path / file).read_text(encoding="utf-8")
    for sound, planted in edits:
        assert sound in text, f"{file} no longer says {sound!r}: plant the fault anew"
        text = text.replace(sound, planted)
    (tmp_path / file).write_text(text, encoding="utf-8")

    run = subprocess.run(
        [sys.executable, "-m", "tests.worlds", "0", str(LAST_SEED)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1, f"not found in worlds 0 to {LAST_SEED}"
    assert run.stdout.startswith("seed ") or "run id" in run.stdout or "AssertionError" in run.stderr
