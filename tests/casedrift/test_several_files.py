"""Several files given at once: a bad one is named with its reason, and the rest of the load is unharmed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.casedrift.running import FACTS, Outcome, lines, run
from tests.kit.annex_a import annex_a, row
from tests.streams.written_census import HEADER, census, child, episode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two good files of facts, and bad ones of many kinds."""
    (tmp_path / "g1.jsonl").write_bytes(lines(FACTS[:3]))
    (tmp_path / "g2.jsonl").write_bytes(lines(FACTS[3:]))
    (tmp_path / "trunc.xlsx").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "trunc.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00")
    (tmp_path / "list.csv").write_bytes(b"UPN,Forename\nA850728973744,Zebedee\n")
    (tmp_path / "somedir").mkdir()
    return tmp_path


def faults(outcome: Outcome) -> list[str]:
    """The names of the files that are complained of, a line each."""
    said = outcome.err.splitlines()
    assert all(line.startswith("casedrift: ") for line in said)
    return [line.split()[1].rstrip(":") for line in said]


@pytest.mark.parametrize("bad", ["trunc.xlsx", "trunc.jsonl.gz", "list.csv", "somedir", "gone.jsonl", "gone.xlsx"])
def test_what_comes_after_a_bad_file_is_taken_in(folder: Path, bad: str) -> None:
    outcome = run(folder, "ingest", "g1.jsonl", bad, "g2.jsonl", "--json")
    assert (outcome.code, faults(outcome)) == (2, [bad]), outcome
    assert json.loads(outcome.out)["accepted"] == 7


def test_every_bad_file_has_a_line_of_its_own(folder: Path) -> None:
    outcome = run(folder, "ingest", "somedir", "g1.jsonl", "trunc.jsonl.gz", "trunc.xlsx", "g2.jsonl", "list.csv")
    assert outcome.code == 2
    assert sorted(faults(outcome)) == ["list.csv", "somedir", "trunc.jsonl.gz", "trunc.xlsx"]
    assert "7  accepted" in outcome.out


def test_where_every_file_is_bad_no_store_is_made(folder: Path) -> None:
    outcome = run(folder, "ingest", "somedir", "list.csv")
    assert (outcome.code, outcome.out, faults(outcome)) == (2, "", ["somedir", "list.csv"])
    assert not (folder / "casedrift.db").exists()


def test_wrong_use_is_said_before_anything_is_taken_in(folder: Path) -> None:
    for options in (["--format", "csv"], ["--taken", "2024-05-31"], ["--confirm-missing"]):
        outcome = run(folder, "ingest", "g1.jsonl", "somedir", "g2.jsonl", *options)
        assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1), outcome
    assert not (folder / "casedrift.db").exists()


def test_what_waits_in_one_file_for_another_is_accepted_though_one_between_them_is_bad(folder: Path) -> None:
    (folder / "g1.jsonl").write_bytes(lines(FACTS[6:]))
    (folder / "g2.jsonl").write_bytes(lines(FACTS[:6]))
    outcome = run(folder, "ingest", "g1.jsonl", "trunc.jsonl.gz", "g2.jsonl", "--json")
    assert json.loads(outcome.out) == {"read": 7, "accepted": 7, "duplicate": 0, "refused": 0, "waiting": 0}


def test_later_extracts_wait_for_one_that_is_put_right(folder: Path) -> None:
    """Taken in before it, they would shut it out: an extract from before the last one is refused."""
    (folder / "1.xml").write_text("<Message>")
    (folder / "2.xml").write_text(census(child(episode("2025-01-06"))))
    outcome = run(folder, "ingest", "1.xml", "g1.jsonl", "2.xml", "--json")
    assert (outcome.code, faults(outcome)) == (2, ["1.xml", "2.xml"])
    assert "2.xml: not taken in, for extracts come in in their order, and 1.xml before it did not" in outcome.err
    assert json.loads(outcome.out)["accepted"] == 3
    (folder / "1.xml").write_text(census(child(episode("2024-01-08")), header=HEADER.replace("2025", "2024")))
    assert run(folder, "ingest", "1.xml", "2.xml").code == 0


def test_an_extract_does_not_wait_for_one_that_comes_after_it(folder: Path) -> None:
    (folder / "1.xml").write_text(census(child(episode("2025-01-06"))))
    outcome = run(folder, "ingest", "1.xml", "gone.xml", "--json")
    assert (outcome.code, faults(outcome)) == (2, ["gone.xml"])
    assert json.loads(outcome.out)["accepted"] == 2


def test_a_load_with_too_much_missing_is_named(folder: Path) -> None:
    many = [row(str(number), start="2024-04-02") for number in range(60)]
    annex_a(folder / "may.xlsx", {6: many})
    annex_a(folder / "half.xlsx", {6: many[:30]})
    assert run(folder, "ingest", "may.xlsx").code == 0
    alone = run(folder, "ingest", "half.xlsx")
    assert (alone.code, alone.err.startswith("casedrift: nothing was loaded: 30 of 60 rows")) == (1, True), alone
    outcome = run(folder, "ingest", "half.xlsx", "g1.jsonl", "--json")
    assert (outcome.code, json.loads(outcome.out)["accepted"]) == (1, 3)
    assert outcome.err.startswith("casedrift: half.xlsx: nothing was loaded: 30 of 60 rows"), outcome


def test_where_the_store_is_out_of_reach_what_was_not_read_is_named(folder: Path) -> None:
    (folder / "key").write_text("no key\n")
    annex_a(folder / "book.xlsx", {6: [row("1", start="2024-04-02")]})
    outcome = run(folder, "ingest", "g1.jsonl", "book.xlsx", "g2.jsonl", "--json", CASEDRIFT_KEY_FILE="key")
    assert (outcome.code, json.loads(outcome.out)["accepted"]) == (3, 3)
    assert outcome.err.splitlines()[0].startswith("casedrift: g2.jsonl: not read")
