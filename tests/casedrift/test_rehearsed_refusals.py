"""What would be refused is told by the rehearsal itself, for the quarantine that could be asked stays empty."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from casedrift.present.paper import rendered
from casedrift.present.refused import show_refused
from tests.casedrift.running import fact, lines, run
from tests.kit.annex_a import annex_a, row
from tests.streams.written_census import census, child, episode


def rehearsed(folder: Path, *arguments: str) -> tuple[list[dict[str, Any]], str]:
    """What would be refused, for programs; and all that is said for people, on one line."""
    for_people = run(folder, "ingest", "--dry-run", *arguments)
    assert (for_people.code, for_people.err) == (1, "")
    told = json.loads(run(folder, "ingest", "--dry-run", "--json", *arguments).out)
    assert told["refused"] == len(told["refusals"])
    return told["refusals"], " ".join(for_people.out.split())


def test_of_lines_file_and_line_are_told(tmp_path: Path) -> None:
    opened = fact("1", "case-opened", "A", "2019-05-01", tier="child_in_need")
    conflict = fact("1", "case-opened", "A", "2019-05-02", tier="child_in_need")
    elsewhere = fact("2", "case-closed", "B", "2019-05-02", corrects="3", reason="moved")
    freeing = fact("3", "case-opened", "A", "2019-05-03", tier="child_in_need")
    (tmp_path / "a.jsonl").write_bytes(b"\n" + lines([opened, conflict, elsewhere]))
    (tmp_path / "b.jsonl").write_bytes(b"not json\n" + lines([freeing]))
    told, shown = rehearsed(tmp_path, "a.jsonl", "b.jsonl")
    assert [(each["reason"], each["file"], each["line"]) for each in told] == [
        ("conflicting-duplicate", "a.jsonl", 3),
        ("not-json", "b.jsonl", 1),
        ("target-elsewhere", "a.jsonl", 4),
    ]
    assert "conflicting-duplicate a.jsonl, line 3: its id and source belong to a fact that says otherwise" in shown
    assert "quarantine" not in shown


def test_of_an_extract_place_and_child_are_told(tmp_path: Path) -> None:
    annex_a(tmp_path / "may.xlsx", {6: [row("1111", start="2024-04-02")]})
    assert run(tmp_path, "ingest", "may.xlsx", "--taken", "2024-05-31").code == 0
    known = run(tmp_path, "lookup", "1111", "--json").json["reference"]
    listed = [row("1111", start="2024-04-02", end="soon"), row("2222", start="2024-06-03", end="later")]
    annex_a(tmp_path / "june.xlsx", {6: [*listed, row("3333", start="never")]})
    told, shown = rehearsed(tmp_path, "june.xlsx", "--taken", "2024-06-30")
    assert [(each.get("child"), each["sheet"], each["row"], each["column"]) for each in told] == [
        (known, "List_6", 2, "CIN Closure Date"),
        ("new-1", "List_6", 3, "CIN Closure Date"),
        (None, "List_6", 4, "CIN Start Date"),
    ]
    assert f"bad-date {known} List_6, row 2: CIN Closure Date" in shown
    assert "bad-date – List_6, row 4: CIN Start Date" in shown
    assert "quarantine" not in shown
    assert run(tmp_path, "quarantine", "list", "--json").json == []


def test_of_a_census_the_place_within_the_child_is_told(tmp_path: Path) -> None:
    (tmp_path / "census.xml").write_text(census(child(episode("2025-01-06", "soon"))))
    (only,), shown = rehearsed(tmp_path, "census.xml")
    assert (only["child"], only["at"]) == ("new-1", "CINdetails[1]/CINclosureDate[1]")
    assert "bad-date new-1 Child[1]/CINdetails[1]/CINclosureDate[1]: CINclosureDate is no day" in shown


def test_one_who_is_not_known_yet_can_be_found_in_the_file(tmp_path: Path) -> None:
    children = [child(episode("2025-01-06", "soon"), local_id=name) for name in ("L1", "L2")]
    (tmp_path / "one.xml").write_text(census(children[0]))
    assert run(tmp_path, "ingest", "one.xml").code == 1
    (tmp_path / "both.xml").write_text(census(*children))
    told = json.loads(run(tmp_path, "ingest", "both.xml", "--dry-run", "--json").out)
    assert {(each["case"], each["place"]) for each in told["changes"]} == {("new-1", "Child[2]")}
    assert [each.get("place") for each in told["refusals"]] == [None, "Child[2]"]
    assert "new-1 (Child[2])" in run(tmp_path, "ingest", "both.xml", "--dry-run").out
    annex_a(tmp_path / "book.xlsx", {3: [row("5", on="2024-05-02")], 6: [row("6", start="2024-04-02")]})
    told = json.loads(run(tmp_path, "ingest", "book.xlsx", "--dry-run", "--json", "--store", "other.db").out)
    assert {(each["case"], each["place"]) for each in told["changes"]} == {
        ("new-1", "List_3, row 2"),
        ("new-2", "List_6, row 2"),
    }


def test_of_very_many_two_hundred_are_shown() -> None:
    many = [{"reason": "not-json", "detail": "none", "file": "f", "line": number} for number in range(1, 203)]
    shown = rendered(*show_refused(many, "--json shows all"), width=100)
    assert "f, line 200: none" in shown
    assert "f, line 201" not in shown
    assert "and 2 more; --json shows all" in shown


def test_lines_are_counted_on_from_batch_to_batch(tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_bytes(b"not json\n" * 10_001)
    told, shown = rehearsed(tmp_path, "many.jsonl")
    assert [each["line"] for each in told] == list(range(1, 10_002))
    assert "and 9,801 more; --json shows all" in shown
