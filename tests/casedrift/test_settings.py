"""A fault in the settings is said in words of ours, with the setting that is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.casedrift.running import run


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            '[annex_a_teams]\nN1 = {localty = "North"}',
            'annex_a_teams.N1.localty: there is no such setting (did you mean "locality"?); see',
        ),
        ('[annex_a_teams]\nN1 = "North"', "annex_a_teams.N1: write it as a table, with locality and cohort; see"),
        ("annex_a_team = 1", 'annex_a_team: there is no such setting (did you mean "annex_a_teams"?); see'),
        ("qqq = 1", "qqq: there is no such setting; see"),
    ],
)
def test_a_misspelt_setting_is_said_in_words(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "casedrift.toml").write_text(written)
    outcome = run(tmp_path, "counts")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert outcome.err.startswith(f"casedrift: setting {said}")
