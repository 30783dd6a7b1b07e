"""`casedrift policy compare`: what each of two policies flags, run by run, before anybody decides for one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.casedrift.running import FACTS, Outcome, lines, run

POLICY = """
[policy]
id = "{id}"
version = "1"
calendar = "england-and-wales"
"""
CLOCK = """
[[clock]]
id = "{id}"
title = "A visit in time"
citation = "Local policy"
basis = "local"
severity = "medium"
tiers = ["child_in_need"]
starts = ["scope"]
met_by = ["child-visited"]
first = "{first}"
"""
MONTHLY = POLICY.format(id="monthly") + "".join(
    CLOCK.format(id=id_, first=first) for id_, first in (("visit", "30 days"), ("seen", "5 days"))
)
WEEKLY = POLICY.format(id="weekly") + "".join(
    CLOCK.format(id=id_, first=first) for id_, first in (("visit", "7 days"), ("talk", "5 days"))
)
ON = ("--on", "2019-06-16", "--known", "2019-07-11")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Cases A and B are children in need from 1 and 20 May, D from 11 June; both policies lie beside the store."""
    (tmp_path / "facts.jsonl").write_bytes(lines(FACTS))
    (tmp_path / "monthly.toml").write_text(MONTHLY)
    (tmp_path / "weekly.toml").write_text(WEEKLY)
    assert run(tmp_path, "ingest", "facts.jsonl", "--backfill").code == 0
    return tmp_path


def test_each_run_is_in_the_one_in_the_other_or_in_both(folder: Path) -> None:
    told = run(folder, "policy", "compare", "monthly.toml", "weekly.toml", *ON, "--json").json
    assert [(line["case"], line["clock"], line["in"], line["due"], line["due_b"]) for line in told] == [
        ("A", "seen", "a", "2019-05-06", None),
        ("A", "talk", "b", "2019-05-06", None),
        ("A", "visit", "both", "2019-05-31", "2019-05-08"),
        ("B", "seen", "a", "2019-05-25", None),
        ("B", "talk", "b", "2019-05-25", None),
        ("B", "visit", "b", "2019-05-27", None),
    ]


def test_its_lines_are_those_of_drift_under_each_policy(folder: Path) -> None:
    told = run(folder, "policy", "compare", "monthly.toml", "weekly.toml", *ON, "--json").json
    for name, policy, overdue in (("a", "monthly.toml", 3), ("b", "weekly.toml", 4)):
        drift = run(folder, "drift", "--policy", policy, *ON, "--json").json
        assert len(drift) == overdue
        alone = [_without(line, "in", "due_b") for line in told if line["in"] == name]
        assert [line for line in drift if line["run"] in {each["run"] for each in alone}] == alone
        assert {line["run"] for line in drift} == {line["run"] for line in told if line["in"] in (name, "both")}


def test_the_other_way_round_says_the_same_of_the_other(folder: Path) -> None:
    there = run(folder, "policy", "compare", "monthly.toml", "weekly.toml", *ON, "--json").json
    back = run(folder, "policy", "compare", "weekly.toml", "monthly.toml", *ON, "--json").json
    turned = {"a": "b", "b": "a", "both": "both"}
    assert [(line["run"], line["in"]) for line in there] == [(line["run"], turned[line["in"]]) for line in back]
    assert [line["due_b"] for line in back if line["in"] == "both"] == ["2019-05-31"]


def test_the_stores_own_policy_is_compared_too(folder: Path) -> None:
    assert run(folder, "policy", "use", "weekly.toml").code == 0
    own = run(folder, "policy", "compare", "weekly.toml", "weekly.toml", *ON, "--json").json
    assert {line["in"] for line in own} == {"both"}
    assert [_without(line, "in", "due_b") for line in own] == run(folder, "drift", *ON, "--json").json
    mixed = run(folder, "policy", "compare", "monthly.toml", "weekly.toml", *ON, "--json").json
    assert [line["in"] for line in mixed] == ["a", "b", "both", "a", "b", "b"]


def test_for_people_by_clock_and_then_the_cases_that_differ(folder: Path) -> None:
    told = run(folder, "policy", "compare", "monthly.toml", "weekly.toml", *ON)
    assert told.code == 0
    assert told.out.splitlines() == [
        "Overdue by two policies on 16 Jun 2019, as known at the end of 11 Jul 2019",
        "A is monthly, version 1, B is weekly, version 1.",
        "",
        "clock  A only  B only  both  of these due another day",
        "─────────────────────────────────────────────────────",
        "seen        2       0     0                         0",
        "talk        0       2     0                         0",
        "visit       0       1     1                         1",
        "",
        "Overdue under one of them alone",
        "case  tier           locality  team  worker  under  why",
        "──────────────────────────────────────────────────────────────────────────────────────────",
        "A     child in need  North     N1    w-1     A      seen was due 6 May 2019, 41 days ago",
        "A     child in need  North     N1    w-1     B      talk was due 6 May 2019, 41 days ago",
        "B     child in need  Süd       S1    w-2     A      seen was due 25 May 2019, 22 days ago",
        "B     child in need  Süd       S1    w-2     B      talk was due 25 May 2019, 22 days ago",
        "B     child in need  Süd       S1    w-2     B      visit was due 27 May 2019, 20 days ago",
    ]
    nothing = run(folder, "policy", "compare", "monthly.toml", "weekly.toml", "--on", "2019-04-01")
    assert nothing.out.splitlines()[-1] == "Neither flags anything."


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["england"], "argument 'B'"),
        (["england", "nowhere.toml"], 'no policy "nowhere.toml"'),
        (["england", "england", "--known", "2199-01-01"], "--known 2199-01-01 is later than now"),
        (["england", "england", "--by", "team"], "--by"),
    ],
)
def test_wrong_use_is_exit_2(arguments: list[str], said: str, folder: Path) -> None:
    outcome: Outcome = run(folder, "policy", "compare", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err


def _without(line: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key not in keys}
