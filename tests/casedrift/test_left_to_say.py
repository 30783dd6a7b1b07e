"""After a load is said what the store's policy does not say yet: which policy is made for it, and what to paste."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.casedrift.running import run
from tests.kit.annex_a import annex_a, row
from tests.streams.written_census import census, child, episode

HINT = "casedrift policy use england-annex-a"
BASE = '[policy]\nid = "own"\nversion = "1"\nextends = "{}"\n'
LATE = """[[coverage]]
facts = ["case-assessed"]
from = 2024-01-07
[[coverage]]
facts = [{type = "case-assessed", progress = "improved"}, {type = "case-assessed", progress = "static"},
         {type = "case-assessed", progress = "worse"}]
"""
NO_SUPERVISION = '[[coverage]]\nfacts = ["case-supervised"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a workbook."""
    annex_a(
        tmp_path / "june.xlsx",
        {4: [row("1", started="2024-06-05", authorised="2024-06-20")], 6: [row("1", start="2024-06-05")]},
    )
    return tmp_path


def said(folder: Path, policy: str | None, *options: str) -> str:
    """What is said of the workbook, loaded under the policy; its words one after another."""
    if policy is not None:
        assert run(folder, "policy", "use", policy).code == 0
    loaded = run(folder, "ingest", "june.xlsx", "--taken", "2024-06-30", *options)
    assert loaded.code == 0
    return " ".join(loaded.out.split())


def own(folder: Path, text: str) -> str:
    (folder / "own.toml").write_text(text)
    return "own.toml"


def test_under_another_policy_all_of_it_is_said(folder: Path) -> None:
    for told in (said(folder, None, "--dry-run"), said(folder, None)):
        assert HINT in told
        assert "challenge-recorded" in told
        assert '"case-supervised", ' in told
        assert "measure from 2024-01-06 on" in told


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_under_the_policy_made_for_it_only_what_that_lacks_is_said(folder: Path, options: list[str]) -> None:
    told = said(folder, "england-annex-a", *options)
    assert "england-annex-a" not in told
    assert "case-supervised" not in told
    assert "held none of: referral-received" in told, "which other workbooks hold"
    assert "measure from 2024-01-06 on" in told


def test_what_a_policy_that_extends_it_has_is_left_out(folder: Path) -> None:
    told = said(folder, own(folder, BASE.format("england-annex-a") + LATE))
    assert HINT not in told
    assert "measure from" not in told


def test_a_policy_of_ones_own_with_the_same_coverage_needs_no_other(folder: Path) -> None:
    shipped = (Path(__file__).parents[2] / "casedrift/policies/england-annex-a.toml").read_text()
    coverage = shipped[shipped.index("\n[[coverage]]") :]
    assert HINT not in said(folder, own(folder, BASE.format("england") + coverage))


def test_one_that_has_a_part_of_it_is_told_the_rest(folder: Path) -> None:
    told = said(folder, own(folder, BASE.format("england") + NO_SUPERVISION))
    assert HINT in told
    assert "case-supervised" not in told
    assert "challenge-recorded" in told


def test_so_is_a_census(tmp_path: Path) -> None:
    (tmp_path / "census.xml").write_text(census(child(episode("2025-01-06"))))
    assert "policy use england-census" in " ".join(run(tmp_path, "ingest", "census.xml").out.split())
    assert run(tmp_path, "policy", "use", "england-census").code == 0
    assert "england-census" not in run(tmp_path, "ingest", "census.xml").out
