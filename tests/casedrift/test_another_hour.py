"""`CASEDRIFT_NOW`: questions are answered as they would have been at another hour, and nothing is written under it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.casedrift.alert_lines import a_store, told
from tests.casedrift.running import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_store(tmp_path)


def test_another_hour_is_for_reading_only(folder: Path) -> None:
    evening = "2019-06-03T20:00:00+01:00"
    assert run(folder, "status", "--json", CASEDRIFT_NOW=evening).json["open_cases"] == 3
    for command in (
        ("ingest", "facts.jsonl"),
        ("rebuild",),
        ("policy", "use", "england"),
        ("quarantine", "redrive"),
        ("demo",),
    ):
        outcome = run(folder, *command, CASEDRIFT_NOW=evening)
        assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1), command
        assert "CASEDRIFT_NOW" in outcome.err
    assert run(folder, "rebuild", "--check", CASEDRIFT_NOW=evening).code == 0
    (folder / "casedrift.toml").write_text(f'now = "{evening}"\n', encoding="utf-8")
    assert told(folder)[-1:] == told(folder, "--known", "2019-06-03T12:00:00Z")
    assert run(folder, "rebuild").code == 2


@pytest.mark.parametrize("hour", ["noon", "2019-06-03", "2019-06-03T12:00:00"])
def test_another_hour_that_is_none(folder: Path, hour: str) -> None:
    outcome = run(folder, "counts", CASEDRIFT_NOW=hour)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert outcome.err.startswith("casedrift: setting now: ")
