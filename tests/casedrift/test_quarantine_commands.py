"""`casedrift quarantine`, run as somebody runs it: what was refused is seen, taken in again, or let go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.casedrift.running import fact, lines, run
from tests.kit.annex_a import annex_a, row
from tests.streams.written_census import census, child, episode

OPENED = fact("1", "case-opened", "A", "2019-05-01", tier="child_in_need")
CONFLICT = fact("1", "case-opened", "A", "2019-05-02", tier="child_in_need")
WAITS = fact("2", "case-opened", "A", "2019-05-03", tier="child_in_need", corrects="none")
FREED = fact("none", "case-opened", "A", "2019-05-04", tier="looked_after")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a store of which the quarantine holds a conflict (1), a waiting fact (2) and no JSON at all (3)."""
    (tmp_path / "facts.jsonl").write_bytes(lines([OPENED, CONFLICT, WAITS]) + b"not json\n")
    told = run(tmp_path, "ingest", "facts.jsonl", "--backfill", "--json")
    assert (told.code, told.json) == (1, {"read": 4, "accepted": 1, "duplicate": 0, "refused": 2, "waiting": 1})
    return tmp_path


def reasons(folder: Path) -> dict[int, str]:
    return {each["number"]: each["reason"] for each in run(folder, "quarantine", "list", "--json").json}


def tally(folder: Path, *arguments: str) -> tuple[int, Any]:
    """The exit code, and what is printed."""
    outcome = run(folder, "quarantine", "redrive", "--json", *arguments)
    return outcome.code, json.loads(outcome.out)


def test_redrive_tells_the_tally_and_ends_with_1_while_something_is_refused(folder: Path) -> None:
    before = reasons(folder)
    assert before == {1: "conflicting-duplicate", 2: "target-unknown", 3: "not-json"}
    told = {"read": 2, "accepted": 0, "duplicate": 0, "refused": 2, "waiting": 0}
    assert tally(folder) == (1, told)
    assert tally(folder, "3") == (1, told | {"read": 1, "refused": 1})
    assert reasons(folder) == before


def test_redrive_takes_in_what_can_be_taken_in_now(folder: Path) -> None:
    """A fact that conflicted with one that waited is taken in once somebody has let go of that one."""
    (folder / "more.jsonl").write_bytes(lines([fact("2", "case-supervised", "A", "2019-06-01")]))
    assert run(folder, "ingest", "more.jsonl").code == 1
    assert reasons(folder)[4] == "conflicting-duplicate"
    assert run(folder, "quarantine", "discard", "2").code == 0
    told = {"read": 1, "accepted": 1, "duplicate": 0, "refused": 0, "waiting": 0}
    assert tally(folder, "4") == (0, told)
    assert reasons(folder) == {1: "conflicting-duplicate", 3: "not-json"}
    assert run(folder, "rebuild", "--check").code == 0


def test_redrive_for_people(folder: Path) -> None:
    outcome = run(folder, "quarantine", "redrive")
    assert outcome.code == 1
    assert [line.split()[:2] for line in outcome.out.splitlines()] == [
        ["2", "read"],
        ["0", "accepted"],
        ["2", "refused"],
    ]
    (folder / "long.jsonl").write_bytes(b'{"id": "' + b"x" * 70_000 + b'"}\n')
    assert run(folder, "ingest", "long.jsonl").code == 1
    assert "1 of these were longer than 64 KiB" in run(folder, "quarantine", "redrive").out


def test_discard_lets_go_of_what_is_named(folder: Path) -> None:
    outcome = run(folder, "quarantine", "discard", "3", "1", "3", "--json")
    assert (outcome.code, outcome.out) == (0, '{"discarded":2}\n')
    assert reasons(folder) == {2: "target-unknown"}
    assert run(folder, "quarantine", "discard", "2").out == "1 discarded.\n"
    (folder / "freed.jsonl").write_bytes(lines([FREED]))
    assert run(folder, "ingest", "freed.jsonl", "--json").json["accepted"] == 1
    assert run(folder, "status", "--json").json["facts"] == 2


def test_discard_all(folder: Path) -> None:
    assert run(folder, "quarantine", "discard", "--all", "--json").json == {"discarded": 3}
    assert run(folder, "quarantine", "discard", "--all", "--json").json == {"discarded": 0}
    assert reasons(folder) == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("discard",), "--all"),
        (("discard", "1", "--all"), "--all"),
        (("discard", "1", "9"), "there is no number 9 in quarantine"),
        (("discard", "first"), "NUMBER"),
        (("redrive", "1", "9", "8"), "there is no number 8, 9 in quarantine"),
        (("redrive", "1", "2"), "number 2 in quarantine waits"),
        (("redrive", "--all"), "--all"),
        (("redrive", "--on", "2019-06-01"), "--on"),
    ],
)
def test_wrong_use_changes_nothing(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    before = reasons(folder)
    outcome = run(folder, "quarantine", *arguments)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1), outcome
    assert words in outcome.err
    assert reasons(folder) == before


def test_without_a_store_there_is_nothing_to_redrive(tmp_path: Path) -> None:
    for command in ("redrive", "discard"):
        outcome = run(tmp_path, "quarantine", command, "1", "--store", "none.db")
        assert (outcome.code, outcome.out) == (3, ""), outcome
    assert list(tmp_path.iterdir()) == []


def listed(folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The quarantine for programs and, but for its heading, for people."""
    shown = run(folder, "quarantine", "list").out.splitlines()
    return run(folder, "quarantine", "list", "--json").json, [" ".join(line.split()) for line in shown[2:]]


def test_what_a_census_was_refused_can_be_found_again(tmp_path: Path) -> None:
    of_two = [child(episode("2025-01-06", f"soon {name}"), local_id=name) for name in ("L1", "L2")]
    nobody = child(episode("2025-01-06"), local_id="")
    (tmp_path / "census.xml").write_text(census(*of_two, nobody))
    assert run(tmp_path, "ingest", "census.xml").code == 1
    told, shown = listed(tmp_path)
    whose = [run(tmp_path, "lookup", each["child"], "--json").json["local_id"] for each in told if "child" in each]
    assert whose == ["L1", "L2"]
    assert [each["at"] for each in told] == [*["CINdetails[1]/CINclosureDate[1]"] * 2, "Child[3]"]
    place = "CINdetails[1]/CINclosureDate[1]: CINclosureDate is no day written"
    assert f" {told[0]['child']} {place}" in shown[0]
    assert " – Child[3]: " in shown[2]
    assert "soon" not in json.dumps(told)


def test_what_a_workbook_was_refused_can_be_found_again(tmp_path: Path) -> None:
    annex_a(tmp_path / "book.xlsx", {6: [row("1111", start="soon")]})
    assert run(tmp_path, "ingest", "book.xlsx").code == 1
    ((only,), (line,)) = listed(tmp_path)
    assert run(tmp_path, "lookup", only["child"], "--json").json["local_id"] == "1111"
    assert (only["sheet"], only["row"], only["column"]) == ("List_6", 2, "CIN Start Date")
    assert f" {only['child']} List_6, row 2: CIN Start Date " in line


def test_of_a_line_nothing_is_taken_for_a_place(tmp_path: Path) -> None:
    (tmp_path / "facts.jsonl").write_text('{"child": "Zebedee", "at": "home", "row": 1}\n')
    assert run(tmp_path, "ingest", "facts.jsonl").code == 1
    ((only,), (line,)) = listed(tmp_path)
    assert only.keys() == {"number", "reason", "detail", "received_at", "source", "sha256"}
    assert "Zebedee" not in line
