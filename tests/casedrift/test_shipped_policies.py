"""The policies that ship hold what law, guidance and practice expect, and say what extracts can't tell."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from casedrift.policies import find_policy, load_policy, shipped
from domain.clocks import measured_from
from domain.policy import Clock
from domain.policy_faults import PolicyFaults, PolicyNotFound
from domain.policy_text import policy_toml, read_policy
from domain.policy_writing import limit_text

DISABLED = (("cohort", ("disabled-children",)),)


def clock(called: str) -> Clock:
    return next(each for each in load_policy("england").clocks if each.id == called)


def test_england_comes_first() -> None:
    assert shipped() == ("england", "england-annex-a", "england-census")


@pytest.mark.parametrize("name", shipped())
def test_each_reads_without_fault_and_is_named_after_its_file(name: str) -> None:
    policy = load_policy(name)
    assert policy.id == name
    assert [c.id for c in policy.clocks] == [c.id for c in load_policy("england").clocks]


@pytest.mark.parametrize("name", shipped())
def test_each_is_kept_whole_in_a_store(name: str) -> None:
    policy = load_policy(name)
    assert read_policy(policy_toml(policy), "kept", lambda *_: pytest.fail("it extends nothing")) == policy


@pytest.mark.parametrize(
    ("called", "basis", "first", "then"),
    [
        ("assessment", "guidance", "45 working_days", []),
        ("assessment-from-start", "guidance", "45 working_days", []),
        ("assessment-tier-60", "local", "60 working_days", []),
        ("initial-conference", "guidance", "15 working_days", []),
        ("protection-review", "guidance", "3 months", ["6 months"]),
        ("protection-visit", "local", "10 working_days", ["10 working_days"]),
        ("looked-after-review", "law", "20 working_days", ["3 months", "6 months"]),
        ("looked-after-visit", "law", "1 week", ["6 weeks"]),
        ("in-need-visit", "local", "20 working_days", ["20 working_days"]),
        ("in-need-review", "local", "12 weeks", ["12 weeks"]),
        ("in-need-without-improvement", "local", "9 months", ["9 months"]),
        ("supervision", "local", "1 month", ["1 month"]),
        ("assessment-update", "local", "12 months", ["12 months"]),
    ],
)
def test_the_limits_of_england(called: str, basis: str, first: str, then: list[str]) -> None:
    found = clock(called)
    assert (found.basis, limit_text(found.first), [*map(limit_text, found.then)]) == (basis, first, then)


def test_england_has_these_clocks_and_no_others_each_cited() -> None:
    clocks = load_policy("england").clocks
    assert len(clocks) == 13
    assert all(c.citation and c.title for c in clocks)
    assert all("SI 2010/959" in c.citation for c in clocks if c.basis == "law")


def test_whatever_rests_on_statutory_guidance_says_on_which_editions() -> None:
    told = {
        c.id for c in load_policy("england").clocks if re.search("Working Together|(?i:statutory guidance)", c.citation)
    }
    assert told == {
        *("assessment", "initial-conference", "protection-review", "protection-visit", "assessment-update"),
        *("in-need-visit", "in-need-review", "in-need-without-improvement", "supervision"),
    }
    undated = {c for c in told if "as in the 2018 and 2023 editions; to be verified in 2026" not in clock(c).citation}
    assert undated == set()


def test_whom_the_clocks_cover() -> None:
    assert clock("protection-review").plans == clock("protection-visit").plans == ("child_protection",)
    assert clock("looked-after-review").tiers == clock("looked-after-visit").tiers == ("looked_after",)
    assert clock("in-need-visit").unless == clock("in-need-review").unless == DISABLED
    assert clock("assessment-tier-60").tiers == ("assessment",)
    assert "assessment" in clock("assessment-update").tiers


MEASURED = {
    "england": {c.id for c in load_policy("england").clocks},
    "england-census": {
        *("assessment", "assessment-from-start", "assessment-tier-60", "assessment-update"),
        *("initial-conference", "protection-review"),
    },
    "england-annex-a": {
        *("assessment", "assessment-from-start", "assessment-tier-60", "assessment-update"),
        "initial-conference",
    },
}


@pytest.mark.parametrize("name", shipped())
def test_only_what_an_extract_can_tell_is_measured(name: str) -> None:
    policy = load_policy(name)
    measured = {c.id for c in policy.clocks if measured_from(c, policy.coverage) is not None}
    assert measured == MEASURED[name]


NEVER = {
    "england-census": [
        '{type = "case-opened", tier = "looked_after"}',
        '{type = "case-stepped-up", to = "looked_after"}',
        '{type = "case-stepped-down", to = "child_protection"}',
        '{type = "plan-started", plan = "care"}',
        '{type = "conference-held", outcome = "plan"}',
    ],
    "england-annex-a": [
        '{type = "case-stepped-down", to = "assessment"}',
        '{type = "plan-started", plan = "child_in_need"}',
    ],
}
"""A value that the extract can never tell, of a type that it does; and below, one that it may tell."""
NEVER_EITHER = [
    '{type = "case-stepped-down", to = "other_service"}',
    '{type = "strategy-discussion-held", section_47 = false}',
    '{type = "case-stepped-up", to = "care_leaver"}',
    '{type = "case-opened", tier = "care_leaver"}',
    '{type = "case-opened", tier = "family_help"}',
    '{type = "referral-received", decision = "early_help"}',
    '{type = "enquiry-ended", outcome = "conference"}',
]
AT_TIMES = {
    "england-census": [
        '"conference-held"',
        '{type = "plan-reviewed", plan = "child_protection"}',
        '{type = "case-stepped-down", to = "assessment"}',
    ],
    "england-annex-a": [
        '{type = "case-opened", tier = "looked_after"}',
        '{type = "case-stepped-down", to = "child_protection"}',
        '{type = "conference-held", outcome = "no_plan"}',
        '{type = "plan-started", plan = "care"}',
    ],
}
AT_TIMES_EITHER = [
    '{type = "case-stepped-down", to = "early_help"}',
    '{type = "case-stepped-down", to = "child_in_need"}',
    '{type = "strategy-discussion-held", section_47 = true}',
    '{type = "case-stepped-up", to = "child_protection"}',
    '{type = "case-opened", tier = "child_protection"}',
    '{type = "referral-received", decision = "no_further_action"}',
    '{type = "enquiry-ended", outcome = "no_conference"}',
    '"case-stepped-down"',
]


@pytest.mark.parametrize(
    ("name", "entry", "measured"),
    [
        *((name, entry, False) for name in NEVER for entry in (*NEVER[name], *NEVER_EITHER)),
        *((name, entry, True) for name in AT_TIMES for entry in (*AT_TIMES[name], *AT_TIMES_EITHER)),
    ],
)
def test_a_clock_that_waits_for_what_never_comes_is_not_measured(
    name: str, entry: str, measured: bool, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text(
        f'''[policy]
        id = "own"
        version = "1"
        extends = "{name}"
        [[clock]]
        id = "ours"
        title = "Something is done"
        citation = "Ours"
        basis = "local"
        severity = "low"
        tiers = ["assessment"]
        starts = ["scope"]
        met_by = [{entry}]
        first = "1 month"
        ''',
        "utf-8",
    )
    policy = load_policy(str(tmp_path / "own.toml"))
    ours = next(each for each in policy.clocks if each.id == "ours")
    assert (measured_from(ours, policy.coverage) is not None) is measured


@pytest.mark.parametrize("name", ["england-census", "england-annex-a"])
def test_the_lines_to_paste_measure_assessments_from_a_day_on(name: str, tmp_path: Path) -> None:
    text, _ = find_policy(name)
    pasted = [line[6:] for line in text.splitlines() if line.startswith("#     ")]
    assert len(pasted) >= 7
    (tmp_path / "own.toml").write_text("\n".join(pasted), "utf-8")
    own = load_policy(str(tmp_path / "own.toml"))
    dated = {c.id for c in own.clocks if measured_from(c, own.coverage)}
    assert dated == {"assessment", "assessment-from-start", "assessment-update"}
    assert {c.id for c in own.clocks if measured_from(c, own.coverage) is not None} == MEASURED[name]


def test_a_file_extends_a_shipped_policy_or_one_beside_it(tmp_path: Path) -> None:
    (tmp_path / "county").mkdir()
    (tmp_path / "county" / "devon.toml").write_text('[policy]\nextends = "england"\nid = "devon"\n', "utf-8")
    (tmp_path / "town.toml").write_text('﻿[policy]\r\nextends = "county/devon.toml"\r\ndrop = ["supervision"]', "utf-8")
    policy = load_policy(str(tmp_path / "town.toml"))
    assert policy.id == "devon"
    assert len(policy.clocks) == 12


def test_a_file_may_bear_the_name_of_what_it_extends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("england.toml").write_text('[policy]\nextends = "england"\nversion = "ours"\n', "utf-8")
    assert load_policy("england.toml").version == "ours"
    assert load_policy("england").version != "ours"


def test_a_circle_of_files_ends_however_they_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.toml").write_text('[policy]\nextends = "./b.toml"\n', "utf-8")
    Path("b.toml").write_text(f'[policy]\nextends = "../{tmp_path.name}/a.toml"\n', "utf-8")
    with pytest.raises(PolicyFaults, match="goes round in a circle"):
        load_policy("./a.toml")


@pytest.mark.parametrize(
    ("reference", "meaning"),
    [
        ("englnd", 'did you mean "england"?'),
        ("devon.toml", 'these ship: "england", "england-annex-a", "england-census"'),
        (".", "is a directory"),
        ("not-text", "it is not text in UTF-8"),
        ("a\0b", 'no policy "a'),
    ],
)
def test_a_policy_that_is_not_there_is_told_in_one_line(
    reference: str, meaning: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("not-text").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyNotFound) as absent:
        load_policy(reference)
    assert meaning in str(absent.value)
    assert os.linesep not in str(absent.value)
