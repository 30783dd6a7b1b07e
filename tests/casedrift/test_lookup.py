"""Who is it: a child looked up by whoever may know, and the list that leads into the case system."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path

import pytest

from tests.casedrift.running import FACTS, lines, run
from tests.casedrift.workbook import Workbook
from tests.streams.written_census import census, child, episode

LINK = "https://cases.example/child/{local_id}?from=casedrift"
BY_REFERENCE = "https://cases.example/{reference}"
SECRET = "SECRET/1 é"
ENCODED = "SECRET%2F1%20%C3%A9"
ON = ("--on", "2025-05-01")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store, `casedrift.db`, that holds a census of two children and facts of others."""
    made = tmp_path_factory.mktemp("store")
    (made / "facts.jsonl").write_bytes(lines(FACTS))
    children = (child(episode("2025-01-06"), local_id=each) for each in (SECRET, "1111"))
    (made / "census.xml").write_text(census(*children), "utf-8")
    assert run(made, "ingest", "facts.jsonl", "census.xml", "--backfill").code == 0
    return made


@pytest.mark.parametrize("local_id", [SECRET, f" {SECRET} ", "1111", "1111.0"])
def test_from_a_local_id_and_back(folder: Path, local_id: str) -> None:
    told = run(folder, "lookup", local_id, "--json").json
    assert list(told) == ["local_id", "reference", "case", "link"]
    assert (told["local_id"], told["link"]) == (SECRET if "SECRET" in local_id else "1111", None)
    assert told["case"] == f"case-{told['reference']}"
    for name in ("reference", "case"):
        assert run(folder, "lookup", told[name], "--json").json == told
    assert run(folder, "explain", told["case"], "--json").code == 0
    assert run(folder, "lookup", "-", "--json", stdin=f"{local_id}\nmore\n".encode()).json == told


def test_with_the_way_to_the_case_system(folder: Path) -> None:
    told = run(folder, "lookup", SECRET, "--json", CASEDRIFT_CASE_LINK=LINK).json
    assert told["link"] == f"https://cases.example/child/{ENCODED}?from=casedrift"
    shown = run(folder, "lookup", SECRET, CASEDRIFT_CASE_LINK=LINK)
    assert [line.split("  ")[0] for line in shown.out.splitlines()] == ["local id", "reference", "case", "link"]
    assert told["link"] in shown.out


@pytest.mark.parametrize("nobody", ["A-N-Other", "c-0000000000000000", "case-c-0", "case-A", "A", "9 9"])
def test_nobody_is_one_line_and_makes_nobody(folder: Path, nobody: str) -> None:
    before = known(folder)
    outcome = run(folder, "lookup", nobody, "--json")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1), outcome
    assert nobody not in outcome.err.replace("casedrift: nobody is known here by that local id, reference or case", "")
    assert known(folder) == before == 2


@pytest.mark.parametrize(
    ("asked", "stdin"), [("", b""), (" ", b""), ("-", b""), ("-", b"\n"), ("-", b"\xff\xfe\n"), ("-", b"1\0\n")]
)
def test_no_id_at_all_is_wrong_use(folder: Path, asked: str, stdin: bytes) -> None:
    outcome = run(folder, "lookup", asked, stdin=stdin)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1), outcome


def test_a_store_that_no_extract_came_to_says_so(tmp_path: Path) -> None:
    (tmp_path / "facts.jsonl").write_bytes(lines(FACTS))
    assert run(tmp_path, "ingest", "facts.jsonl", "--backfill").code == 0
    outcome = run(tmp_path, "lookup", "1111")
    assert (outcome.code, "no extract" in outcome.err, outcome.err.count("\n")) == (2, True, 1), outcome
    assert not list(tmp_path.glob("*.key*")), "looking somebody up makes no key"
    assert run(tmp_path, "worklist", "--links", CASEDRIFT_CASE_LINK=LINK).code == 2
    assert "https://cases.example/c-A" in run(tmp_path, "worklist", "--links", CASEDRIFT_CASE_LINK=BY_REFERENCE).out


def test_without_the_key_nobody_is_looked_up(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "casedrift.db").write_bytes((folder / "casedrift.db").read_bytes())
    for arguments in (("lookup", "1111"), ("worklist", "--links"), ("key", "rotate")):
        outcome = run(tmp_path, *arguments, CASEDRIFT_CASE_LINK=LINK)
        assert (outcome.code, "is missing" in outcome.err, outcome.err.count("\n")) == (3, True, 1), outcome
    elsewhere = str(folder / "casedrift.db.key")
    assert run(tmp_path, "lookup", "1111", CASEDRIFT_KEY_FILE=elsewhere).code == 0


def test_the_worklist_shows_links_only_where_asked(folder: Path) -> None:
    assert run(folder, "worklist", *ON, "--links").code == 2, "no template is set"
    for arguments in ((), ("--json",), ("--csv", "-")):
        assert "SECRET" not in run(folder, "worklist", *ON, *arguments, CASEDRIFT_CASE_LINK=LINK).out
    told = run(folder, "worklist", *ON, "--links", "--json", CASEDRIFT_CASE_LINK=LINK).json
    assert list(told[0])[-1] == "link"
    by_child = {line["child"]: line["link"] for line in told}
    assert by_child["c-A"] is None
    assert sorted(each for each in by_child.values() if each) == [
        "https://cases.example/child/1111?from=casedrift",
        f"https://cases.example/child/{ENCODED}?from=casedrift",
    ]
    assert ENCODED in run(folder, "worklist", *ON, "--links", CASEDRIFT_CASE_LINK=LINK).out


def test_a_sheet_leads_into_the_case_system(folder: Path) -> None:
    assert (
        run(folder, "worklist", *ON, "--links", "--csv", "l.csv", "--xlsx", "l.xlsx", CASEDRIFT_CASE_LINK=LINK).code
        == 0
    )
    rows = list(csv.DictReader(io.StringIO((folder / "l.csv").read_text("utf-8-sig"))))
    links = [row["link"] for row in rows if row["link"]]
    assert len(links) == 2
    book = Workbook(folder / "l.xlsx")
    assert sorted(book.links) == sorted(links)
    assert not book.formulas


def test_a_key_is_changed_and_everybody_stays_who_they_are(folder: Path) -> None:
    before = {each: run(folder, "lookup", each, "--json").json for each in (SECRET, "1111")}
    key = (folder / "casedrift.db.key").read_text()
    told = run(folder, "key", "rotate", "--json").json
    assert told == {"children": 2, "key_file": "casedrift.db.key", "old_key_file": None}
    assert (folder / "casedrift.db.key").read_text() != key
    shown = run(folder, "key", "rotate", "--keep-old", "earlier.key")
    assert shown.code == 0
    assert "2 children are under a new key now" in shown.out
    assert "earlier.key" in shown.out
    assert {each: run(folder, "lookup", each, "--json").json for each in before} == before
    assert run(folder, "ingest", "census.xml", "--backfill", "--json").json["duplicate"] == 4
    at_another_hour = run(folder, "key", "rotate", CASEDRIFT_NOW="2025-06-01T00:00:00Z")
    assert (at_another_hour.code, at_another_hour.err.count("\n")) == (2, 1)


def known(folder: Path) -> int:
    """How many children the store knows."""
    connection = sqlite3.connect(folder / "casedrift.db")
    (count,) = connection.execute("SELECT count(*) FROM identity").fetchone()
    connection.close()
    return int(count)
