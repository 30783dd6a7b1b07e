"""`casedrift flow`, `findings` and `drift --since`, run as somebody runs them, and their JSON as the pages have it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.casedrift.running import FACTS, Outcome, fact, lines, run

MOVED = fact("8", "case-allocated", "A", "2019-06-05", locality="Süd", team="S1", worker="w-2")
BACK = fact("9", "case-opened", "C", "2019-06-20", "2019-07-10T08:00:00Z", tier="care_leaver")
OUT = fact("10", "case-stepped-down", "B", "2019-06-25", to="early_help")
LATE = fact("11", "case-opened", "E", "2019-05-30", "2019-07-20T08:00:00Z", tier="looked_after")
MET = fact("12", "case-supervised", "A", "2019-06-12")
BOTH = ("--from", "2019-06-01", "--to", "2019-06-30")
FIGURES = ["open_from", "opened", "closed", "stepped_out", "revised", "open_to"]
BY_GROUP = ["open_from", "opened", "closed", "stepped_out", "moved_in", "moved_out", "revised", "open_to"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store, `casedrift.db`, that holds the facts as history."""
    made = tmp_path_factory.mktemp("store")
    (made / "facts.jsonl").write_bytes(lines([*FACTS, MOVED, BACK, OUT, LATE, MET]))
    assert run(made, "ingest", "facts.jsonl", "--backfill").code == 0
    return made


def asked(folder: Path, *arguments: str) -> Any:
    outcome = run(folder, *arguments, "--json")
    assert outcome.code == 0, outcome
    return outcome.json


def refused(outcome: Outcome, *words: str) -> bool:
    """Wrong use: nothing on standard output, one line on standard error that says these words."""
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1), outcome
    return all(word in outcome.err for word in words)


def figures(*values: int) -> dict[str, int]:
    return dict(zip(FIGURES if len(values) == len(FIGURES) else BY_GROUP, values, strict=True))


def test_flow_is_one_object(folder: Path) -> None:
    line = asked(folder, "flow", *BOTH)
    assert line == figures(4, 2, 1, 1, 0, 4)
    assert list(line) == FIGURES


def test_what_was_learnt_since_is_told_apart(folder: Path) -> None:
    known = ("--known-from", "2019-06-01", "--known-to", "2019-07-15")
    assert asked(folder, "flow", *BOTH, *known) == figures(3, 2, 1, 1, 0, 3)
    assert asked(folder, "flow", *BOTH, "--known-from", "2019-06-01") == figures(3, 2, 1, 1, 1, 4)
    assert asked(folder, "flow", *BOTH, "--known-to", "2019-06-01") == figures(4, 0, 0, 0, -1, 3)


def test_flow_by_group_counts_moves_but_no_reopening(folder: Path) -> None:
    by_locality = asked(folder, "flow", *BOTH, "--by", "locality")
    assert by_locality == [
        {"locality": "North"} | figures(1, 1, 0, 0, 0, 1, 0, 1),
        {"locality": "Süd"} | figures(1, 0, 0, 1, 1, 0, 0, 1),
        {"locality": None} | figures(2, 1, 1, 0, 0, 0, 0, 2),
    ]
    assert all(list(line) == ["locality", *BY_GROUP] for line in by_locality)
    by_tier = asked(folder, "flow", *BOTH, "--by", "tier")
    assert [(line["tier"], line["moved_in"], line["moved_out"]) for line in by_tier] == [
        ("care_leaver", 0, 0),
        ("child_in_need", 0, 0),
        ("looked_after", 0, 0),
    ]


def test_flow_of_one_day_and_of_days_to_come(folder: Path) -> None:
    assert asked(folder, "flow", "--from", "2019-06-20", "--to", "2019-06-20") == figures(5, 0, 0, 0, 0, 5)
    ahead = ("--from", "2019-06-30", "--to", "2199-12-31")
    assert asked(folder, "flow", *ahead) == figures(4, 0, 0, 0, 0, 4)
    assert asked(folder, "flow", "--from", "2018-01-01", "--to", "2018-02-01", "--by", "team") == []


def test_flow_for_people_adds_up(folder: Path) -> None:
    told = run(folder, "flow", *BOTH, "--known-from", "2019-06-01").out
    assert "as known at the end of 1 Jun 2019, to 30 Jun 2019, as known now" in told
    assert told.endswith("\n3 + 1 + 2 - 1 - 1 = 4\n")
    grouped = run(folder, "flow", *BOTH, "--by", "locality").out
    assert grouped.splitlines()[-3].split() == ["all", "4", "0", "+2", "-1", "-1", "+1", "-1", "4"]
    assert grouped.endswith("\n4 + 0 + 2 - 1 - 1 + 1 - 1 = 4\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "2019-06-30", "--to", "2019-06-01"), ["--from 2019-06-30 is after --to 2019-06-01"]),
        (("--from", "2019-06-30"), ["--to"]),
        (("--to", "2019-06-30"), ["--from"]),
        (("--from", "June", "--to", "2019-06-01"), ["--from"]),
        ((*BOTH, "--known-from", "2199-01-01"), ["--known-from", "later than now"]),
        ((*BOTH, "--known-to", "soon"), ["--known-to"]),
        ((*BOTH, "--on", "2019-06-30"), ["--on"]),
        ((*BOTH, "--policy", "england"), ["--policy"]),
        ((*BOTH, "--by", "colour"), ["--by"]),
    ],
)
def test_wrong_use_of_flow(folder: Path, arguments: tuple[str, ...], words: list[str]) -> None:
    assert refused(run(folder, "flow", *arguments, "--json"), *words)


def test_findings_by_case_and_finding(folder: Path) -> None:
    found = asked(folder, "findings", "--on", "2019-06-30")
    assert {"finding": "recorded-late", "case": "E", "facts": ["11"]} in found
    assert {"finding": "missing-team", "case": "C", "facts": ["9"]} in found
    assert all(list(line) == ["finding", "case", "facts"] for line in found)
    order = [(line["case"], line["finding"], line["facts"]) for line in found]
    assert order == sorted(order)
    explained = [each for case in "ABCDE" for each in asked(folder, "explain", case, "--on", "2019-06-30")["findings"]]
    assert found == explained
    assert asked(folder, "findings", "--on", "2019-06-30", "--known", "2018-01-01") == []


def test_findings_go_by_the_policy(folder: Path) -> None:
    (folder / "patient.toml").write_text(
        '[policy]\nid = "patient"\nversion = "1"\nextends = "england"\nrecording_lag = 400\n'
    )
    found = asked(folder, "findings", "--on", "2019-06-30", "--policy", "patient.toml")
    assert "recorded-late" not in {line["finding"] for line in found}


def test_findings_by_group_count_open_cases(folder: Path) -> None:
    found = asked(folder, "findings", "--on", "2019-06-30", "--by", "locality,team")
    assert found[0] == {"locality": "North", "team": "N2", "finding": "missing-worker", "cases": 1}
    assert {"locality": None, "team": None, "finding": "recorded-late", "cases": 2} in found
    assert [line["locality"] for line in found] == sorted((x["locality"] for x in found), key=lambda x: (x is None, x))
    assert asked(folder, "findings", "--on", "2018-01-01", "--by", "tier") == []


def test_findings_for_people(folder: Path) -> None:
    told = run(folder, "findings", "--on", "2019-06-30").out
    assert ["E", "recorded-late", "recorded", "late", "11"] in [line.split() for line in told.splitlines()]
    assert run(folder, "findings", "--on", "2019-06-30", "--known", "2018-01-01").out.endswith("\nNone.\n")
    assert "cases" in run(folder, "findings", "--on", "2019-06-30", "--by", "team").out


SINCE = ("drift", "--clock", "supervision", "--on", "2019-06-26", "--since")


def test_drift_since_tells_new_stays_and_gone(folder: Path) -> None:
    told = asked(folder, *SINCE, "2019-06-05")
    before = asked(folder, "drift", "--clock", "supervision", "--on", "2019-06-05")
    now = asked(folder, "drift", "--clock", "supervision", "--on", "2019-06-26")
    assert [line["case"] for line in before] == ["A"]
    assert told == [before[0] | {"change": "gone", "why": "met", "end": "2019-06-12"}]
    assert now == []
    assert list(told[0])[-3:] == ["change", "why", "end"]
    told = asked(folder, *SINCE, "2019-06-22")
    assert [(line["case"], line["change"], line["why"], line["end"]) for line in told] == [
        ("B", "gone", "ended", "2019-06-25")
    ]


def test_drift_since_the_same_day_only_stays(folder: Path) -> None:
    on = ("--on", "2019-08-01")
    now = asked(folder, "drift", *on)
    assert now
    assert asked(folder, "drift", *on, "--since", "2019-08-01") == [line | {"change": "stays"} for line in now]
    fresh = asked(folder, "drift", *on, "--since", "2019-01-01")
    assert fresh == [line | {"change": "new"} for line in now]


def test_drift_since_by_another_policy(folder: Path) -> None:
    """Folded on the fly it tells the same of the clocks that both have."""
    (folder / "fewer.toml").write_text(
        '[policy]\nid = "fewer"\nversion = "1"\nextends = "england"\ndrop = ["supervision"]\n'
    )
    asks = ("drift", "--on", "2019-06-26", "--since", "2019-06-20")
    told = asked(folder, *asks)
    others = [line for line in told if line["clock"] != "supervision"]
    assert {line["change"] for line in others} == {"stays", "gone"}
    assert asked(folder, *asks, "--policy", "fewer.toml") == others


def test_drift_since_for_people(folder: Path) -> None:
    told = run(folder, *SINCE, "2019-06-05").out
    assert "New since 5 Jun 2019: 0" in told
    assert "supervision was due 3 Jun 2019, met 12 Jun 2019, 9 days late" in told
    assert "Overdue already on 5 Jun 2019: 0" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--since", "2019-07-01", "--on", "2019-06-30"), ["--since 2019-07-01 is after", "2019-06-30"]),
        (("--since", "2019-06-01", "--on", "2019-06-30", "--due-soon"), ["--due-soon"]),
        (("--since", "then"), ["--since"]),
    ],
)
def test_wrong_use_of_since(folder: Path, arguments: tuple[str, ...], words: list[str]) -> None:
    assert refused(run(folder, "drift", *arguments, "--json"), *words)
