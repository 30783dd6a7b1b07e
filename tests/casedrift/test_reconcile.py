"""A file held against the store: where both agree, where they differ and why, what the file can't tell, and that
nothing of it is left behind.

The workbooks are of 30 June 2024 against what was loaded of 31 May; numbers are local ids.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from casedrift.present.paper import rendered
from casedrift.present.reconciled import show_reconciled
from tests.casedrift.held_against import differing, reconciled
from tests.casedrift.running import FACTS, lines, run
from tests.kit.annex_a import Lists, annex_a, row, without
from tests.streams.written_census import assessment, census, child, episode, protection_plan

MAY = ("--taken", "2024-05-31T12:00:00Z")
JUNE = ("--taken", "2024-06-30T12:00:00Z")
HELD: Lists = {
    4: [
        row("5", started="2024-04-02"),
        row("10", started="2024-04-02", authorised="2024-05-20"),
        row("11", started="2024-04-02"),
    ],
    6: [
        *(row(each, start="2024-04-02") for each in ("1", "2", "5", "7", "8", "10", "11")),
        row("3", start="2024-03-01"),
        row("6", start="2024-03-01", end="2024-05-10", reason="RC7"),
        row("9", start="2024-05-01"),
    ],
    7: [row("2", start="2024-04-10"), row("7", start="2024-04-10", end="2024-05-01")],
    8: [row("3", start="2024-03-05", legal_status="E1")],
}
SHOWN: Lists = {
    4: [
        row("5", started="2024-04-02", authorised="2024-05-30"),
        row("10", started="2024-04-02"),
        row("11", started="2024-05-15"),
    ],
    6: [
        *(row(each, start="2024-04-02") for each in ("2", "5", "7", "8", "10")),
        row("3", start="2024-03-01", end="2024-06-15", reason="RC7"),
        row("4", start="2024-06-03"),
        row("6", start="2024-03-01"),
        row("9", start="2024-07-05"),
        row("11", start="2024-05-15"),
    ],
    7: [
        row("2", start="2024-04-10", end="2024-06-10"),
        row("4", start="2024-06-05"),
        row("7", start="2024-04-10"),
        row("8", start="2024-06-06"),
    ],
    8: [row("3", start="2024-03-05", legal_status="E1", end="2024-06-15")],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store, `casedrift.db`, that holds May, and the two workbooks."""
    made = tmp_path_factory.mktemp("store")
    annex_a(made / "may.xlsx", HELD)
    annex_a(made / "june.xlsx", SHOWN)
    assert run(made, "ingest", "may.xlsx", *MAY, "--backfill").code == 0
    return made


@pytest.fixture(scope="module")
def june(folder: Path) -> list[dict[str, Any]]:
    """June's workbook against the store, as programs get it."""
    return reconciled(folder, "june.xlsx", *JUNE)


def figures(told: list[dict[str, Any]]) -> dict[str, tuple[int | None, int | None]]:
    return {line["measure"]: (line["theirs"], line["ours"]) for line in told}


def in_store(folder: Path) -> list[str]:
    """Everything that stands in the store and in its folder, and the key."""
    with closing(sqlite3.connect(folder / "casedrift.db")) as connection:
        rows = list(connection.iterdump())
    files = [each.name for each in sorted(folder.iterdir()) if not each.name.endswith(("-wal", "-shm"))]
    return [*rows, *files, *(key.read_text() for key in folder.glob("*.key"))]


def test_a_file_agrees_with_a_store_that_holds_it(folder: Path) -> None:
    told = reconciled(folder, "may.xlsx", *MAY, code=0)
    assert [line for line in told if line["only_theirs"] or line["only_ours"]] == []
    by_measure = figures(told)
    assert by_measure["open"] == (9, 9)
    assert by_measure["plan child_protection"] == (1, 1)
    assert by_measure["plan care"] == (1, 1)
    assert [line["measure"] for line in told][:4] == [
        "open",
        "plan child_in_need",
        "plan child_protection",
        "plan care",
    ]


def test_open_cases_that_only_one_side_has_and_why(folder: Path, june: list[dict[str, Any]]) -> None:
    assert figures(june)["open"] == (8, 9)
    assert differing(folder, june, "open") == {
        "only_theirs": {"new-1": "not known here", "6": "closed on 2024-05-10"},
        "only_ours": {"1": "not in the file", "3": "closed on 2024-06-15", "9": "opens on 2024-07-05"},
    }


def test_plans_that_only_one_side_has_and_why(folder: Path, june: list[dict[str, Any]]) -> None:
    assert differing(folder, june, "plan child_protection") == {
        "only_theirs": {
            "new-1": "not known here",
            "7": "plan ended on 2024-05-01",
            "8": "no such plan",
        },
        "only_ours": {"2": "plan ended on 2024-06-10"},
    }
    assert differing(folder, june, "plan care")["only_ours"] == {"3": "closed on 2024-06-15"}


def test_overdue_clocks_that_only_one_side_has_and_why(folder: Path, june: list[dict[str, Any]]) -> None:
    # 45 working days from 2 April over 6 and 27 May: 6 June; from 15 May over 27 May: 18 July
    assert differing(folder, june, "overdue assessment") == {
        "only_theirs": {"6": "closed on 2024-05-10", "10": "met on 2024-05-20"},
        "only_ours": {
            "1": "not in the file",
            "3": "closed on 2024-06-15",
            "5": "met on 2024-05-30",
            "11": "due 2024-07-18",
        },
    }


def test_what_the_file_cannot_tell_is_no_difference(folder: Path) -> None:
    told = reconciled(folder, "may.xlsx", *MAY, code=0)
    silent = {line["measure"]: line["ours"] for line in told if line["theirs"] is None}
    assert silent["overdue supervision"] > 0, "no list tells of supervision, so all of ours are overdue"
    assert "plan child_in_need" in silent
    assert "overdue assessment" not in silent
    by_annex_a = figures(reconciled(folder, "may.xlsx", *MAY, "--policy", "england-annex-a", code=0))
    assert "overdue supervision" not in by_annex_a, "neither side tells"
    assert "plan child_in_need" not in by_annex_a


def test_without_closings_a_file_does_not_say_who_is_open(folder: Path) -> None:
    annex_a(folder / "protection.xlsx", {7: HELD[7]})
    told = figures(reconciled(folder, "protection.xlsx", *MAY, code=0))
    assert told["open"] == (None, 9)
    assert told["plan child_protection"] == (1, 1)
    assert told["plan care"] == (None, 1)
    assert {theirs for measure, (theirs, _) in told.items() if measure.startswith("overdue")} == {None}


def test_without_the_column_of_closures_a_file_does_not_say_who_is_open(folder: Path) -> None:
    annex_a(folder / "no-closures.xlsx", {7: SHOWN[7]}, List_6=without(6, SHOWN[6], "end"))
    told = reconciled(folder, "no-closures.xlsx", *JUNE)
    assert {line["measure"] for line in told if line["theirs"] is not None} == {"plan child_protection"}
    shown = run(folder, "reconcile", "no-closures.xlsx", *JUNE)
    assert "List_6 has no column CIN Closure Date" in " ".join(shown.out.split())


def test_what_can_t_be_read_of_a_file_ends_with_1_though_all_else_agrees(folder: Path) -> None:
    lists = {**HELD, 4: [*HELD[4], row("12", started="soon")]}
    annex_a(folder / "may-and-a-fault.xlsx", lists)
    told = reconciled(folder, "may-and-a-fault.xlsx", *MAY, code=1)
    assert [line for line in told if line["only_theirs"] or line["only_ours"]] == []
    shown = run(folder, "reconcile", "may-and-a-fault.xlsx", *MAY)
    said = " ".join(shown.out.split())
    assert (shown.code, "1 cell, row or fact of the file can't be read" in said) == (1, True)
    assert "bad-date List_4, row 5: Continuous Assessment Start Date" in said
    assert "casedrift ingest" not in said


def test_ours_is_as_known_then(folder: Path) -> None:
    told = reconciled(folder, "may.xlsx", *MAY, "--known", "2024-05-30")
    assert figures(told)["open"] == (9, 0)
    assert set(differing(folder, told, "open")["only_theirs"].values()) == {"not known here"}


def test_nothing_is_written(folder: Path) -> None:
    before = in_store(folder)
    assert run(folder, "reconcile", "june.xlsx", *JUNE).code == 1
    assert in_store(folder) == before
    assert run(folder, "reconcile", "june.xlsx", *JUNE, CASEDRIFT_NOW="2024-07-01T09:00:00Z").code == 1


def test_for_people_the_counts_and_then_the_cases(folder: Path) -> None:
    shown = run(folder, "reconcile", "june.xlsx", *JUNE).out
    assert shown.startswith("The file and the store on 30 Jun 2024, as known now\n")
    assert "overdue supervision                  not told" in shown
    cases = [" ".join(line.split()) for line in shown.splitlines()]
    assert "plan child_protection the file new-1 (List_6, row 8) not known here" in cases
    assert any(line.startswith("plan child_protection the store case-c-") for line in cases)
    assert sum(line.endswith(" plan ended on 2024-06-10") for line in cases) == 1


def test_a_file_that_counts_as_taken_today_is_said_to(folder: Path) -> None:
    hint = "A workbook doesn't say when it was taken: it counts as taken today. Give --taken to say when it was."
    assert hint in " ".join(run(folder, "reconcile", "june.xlsx").out.split())
    assert "--taken" not in run(folder, "reconcile", "june.xlsx", *JUNE).out


def test_of_very_many_cases_two_hundred_are_shown() -> None:
    cases = [{"case": f"case-{number:03}", "child": "c", "reason": "not known here"} for number in range(202)]
    line = {"measure": "open", "theirs": 202, "ours": 0, "only_theirs": cases, "only_ours": []}
    shown = rendered(*show_reconciled([line], []), width=100)
    assert "case-199" in shown
    assert "case-200" not in shown
    assert "and 2 more cases; --json shows all" in shown
    assert "can't be read" not in shown


def test_a_census_is_held_against_on_the_last_day_of_its_year(tmp_path: Path) -> None:
    plan = protection_plan("2025-01-20", "", "2025-03-10")
    work = assessment("2025-01-07", "2025-02-10")
    ours = census(child(episode("2025-01-06", "", work, plan)), child(episode("2025-02-03"), local_id="L2"))
    gone = protection_plan("2025-01-20", "2025-03-20", "2025-03-10")
    theirs = census(
        child(episode("2025-01-06", "", work, gone)), child(episode("2025-02-03", "2025-04-10"), local_id="L2")
    )
    (tmp_path / "ours.xml").write_text(ours)
    (tmp_path / "theirs.xml").write_text(theirs)
    assert run(tmp_path, "ingest", "ours.xml", "--backfill").code == 0
    reconciled(tmp_path, "ours.xml", code=0)
    told = reconciled(tmp_path, "theirs.xml")
    assert figures(told)["open"] == (2, 2), "it closed after the year, on the last day of which both had it open"
    assert differing(tmp_path, told, "plan child_protection")["only_ours"] == {"L1": "plan ended on 2025-03-20"}
    assert "on 31 Mar 2025" in run(tmp_path, "reconcile", "theirs.xml").out


def test_a_store_that_knows_no_local_ids_gets_no_key(tmp_path: Path) -> None:
    (tmp_path / "facts.jsonl").write_bytes(lines(FACTS))
    (tmp_path / "file.xml").write_text(
        census(child(episode("2025-01-06")), child(episode("2025-02-03"), local_id="L2"))
    )
    assert run(tmp_path, "ingest", "facts.jsonl", "--backfill").code == 0
    before = in_store(tmp_path)
    told = reconciled(tmp_path, "file.xml")
    assert told[0]["only_theirs"] == [
        {"case": name, "child": name, "reason": "not known here", "place": place}
        for name, place in (("new-1", "Child[1]"), ("new-2", "Child[2]"))
    ]
    assert {each["case"] for each in told[0]["only_ours"]} == {"A", "B", "D"}
    assert in_store(tmp_path) == before
    assert not list(tmp_path.glob("*.key"))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["facts.jsonl"], 2, "is no extract that shows a day"),
        (["gone.xlsx"], 2, "can't be read"),
        (["broken.xlsx"], 2, "broken.xlsx: "),
        (["-", "--format", "cin-census"], 2, "read more than once"),
        (["may.xlsx", "--format", "csv"], 2, "knows no"),
        (["may.xlsx", "--known", "2999-01-01"], 2, "later than now"),
        (["may.xlsx", "--store", "other.db"], 3, "no store at other.db"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(folder: Path, arguments: list[str], code: int, says: str) -> None:
    (folder / "facts.jsonl").write_bytes(lines(FACTS))
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    outcome = run(folder, "reconcile", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert says in outcome.err
    assert outcome.err.count("\n") == 1


def test_without_its_key_a_store_is_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "file.xml").write_text(census(child(episode("2025-01-06"))))
    assert run(tmp_path, "ingest", "file.xml").code == 0
    (tmp_path / "casedrift.db.key").unlink()
    outcome = run(tmp_path, "reconcile", "file.xml")
    assert (outcome.code, outcome.out) == (3, "")
    assert "key file" in outcome.err
    assert not list(tmp_path.glob("*.key"))
