"""The list that a team works through: what is on it and in which order, and that no sheet of it runs as a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from tests.casedrift.running import FACTS, fact, lines, run
from tests.casedrift.workbook import Workbook

ON = ("--on", "2019-06-30")
EVIL = '=HYPERLINK("http://evil.example","N1")'
MORE = [
    fact("8", "case-opened", "E", "2019-06-03", tier="child_in_need", locality="North", team="N1", worker="w-1"),
    fact("9", "case-opened", "F", "2019-05-20", tier="child_in_need", locality="North", team=EVIL, worker="@w"),
    fact("12", "case-opened", "I", "2019-05-22", tier="child_in_need", locality="North", team="N1", worker="w-1"),
    fact("10", "case-opened", "G", "2019-06-28", tier="assessment", locality="North", team="N1", worker="w-1"),
    fact("11", "case-opened", "H", "2019-06-29", "2019-06-29T12:00:00Z", tier="assessment", team="N1"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store, `casedrift.db`, that holds the facts as history."""
    made = tmp_path_factory.mktemp("store")
    (made / "facts.jsonl").write_bytes(lines(FACTS + MORE))
    assert run(made, "ingest", "facts.jsonl", "--backfill").code == 0
    return made


def listed(folder: Path, *arguments: str) -> Any:
    outcome = run(folder, "worklist", "--json", *arguments)
    assert outcome.code == 0, outcome
    return outcome.json


def test_a_case_is_on_it_once_with_all_there_is_to_do(folder: Path) -> None:
    of_a = next(line for line in listed(folder, *ON) if line["case"] == "A")
    assert list(of_a) == "team worker case child tier locality cohort findings overdue due_soon".split()
    assert of_a == {
        "team": "N1",
        "worker": "w-1",
        "case": "A",
        "child": "c-A",
        "tier": "child_in_need",
        "locality": "North",
        "cohort": None,
        "findings": [],
        # 20 working days from 1 May, over the bank holidays of 6 and 27 May; a month from the supervision of 3 May
        "overdue": [
            {"clock": "in-need-visit", "due": "2019-05-31", "days_overdue": 30},
            {"clock": "supervision", "due": "2019-06-03", "days_overdue": 27},
        ],
        # 45 working days from 1 May, again without those two: 5 July
        "due_soon": [{"clock": "assessment", "due": "2019-07-05", "days_overdue": -5}],
    }


def test_it_says_what_drift_and_findings_say(folder: Path) -> None:
    late, soon = (run(folder, "drift", *ON, "--json", *how).json for how in ((), ("--due-soon",)))
    open_faults = run(folder, "findings", *ON, "--json", "--by", "team").json
    told = listed(folder, *ON)
    for key, runs in (("overdue", late), ("due_soon", soon)):
        listed_runs = [(line["case"], *each.values()) for line in told for each in line[key]]
        assert sorted(listed_runs) == sorted((r["case"], r["clock"], r["due"], r["days_overdue"]) for r in runs)
    assert sum(line["cases"] for line in open_faults) == sum(len(line["findings"]) for line in told) > 0
    assert all(line["findings"] or line["overdue"] or line["due_soon"] for line in told)


def test_the_most_pressing_comes_first_within_its_group(folder: Path) -> None:
    told = [(line["team"], line["worker"], line["case"]) for line in listed(folder, *ON)]
    assert told == [
        (EVIL, "@w", "F"),
        ("N1", "w-1", "A"),  # overdue by 30 days
        ("N1", "w-1", "I"),  # by fewer
        ("N1", "w-1", "E"),  # by none, and due soon
        ("N1", None, "H"),
        ("N2", None, "D"),
        ("S1", "w-2", "B"),
    ]


def test_a_case_with_nothing_to_do_and_one_that_is_closed_are_not_on_it(folder: Path) -> None:
    cases = {line["case"] for line in listed(folder, *ON)}
    assert "C" not in cases, "it closed on 20 June"
    assert "G" not in cases, "opened two days ago, allocated, and nothing of it is due soon"
    assert "H" in cases, "nobody is named as its worker"
    assert "C" in {line["case"] for line in listed(folder, "--on", "2019-06-19")}


def test_it_is_as_known_then_and_by_the_policy_asked(folder: Path) -> None:
    assert "C" in {line["case"] for line in listed(folder, *ON, "--known", "2019-07-05")}, "the closing came later"
    (folder / "lax.toml").write_text(
        '[policy]\nid = "lax"\nversion = "1"\nextends = "england"\ndrop = ["supervision"]\n'
    )
    clocks = {run["clock"] for line in listed(folder, *ON, "--policy", "lax.toml") for run in line["overdue"]}
    assert "in-need-visit" in clocks
    assert "supervision" not in clocks


def test_it_is_grouped_as_asked(folder: Path) -> None:
    told = listed(folder, *ON, "--by", "locality")
    assert next(iter(told[0])) == "locality"
    assert [line["locality"] for line in told] == ["North"] * 5 + ["Süd", None]


def test_for_people_each_case_has_its_reasons(folder: Path) -> None:
    shown = run(folder, "worklist", *ON).out
    assert shown.startswith("Worklist on 30 Jun 2019, as known now\n")
    (of_a,) = (line for line in shown.splitlines() if " A  " in line)
    assert "supervision was due 3 Jun 2019, 27 days ago" in of_a
    assert "assessment is due 5 Jul 2019, in 5 days" in of_a
    assert "no worker named" in shown
    assert run(folder, "worklist", "--on", "2018-01-01").out.endswith("\nNone.\n")


def test_a_sheet_of_csv_runs_no_formula(folder: Path) -> None:
    told = listed(folder, *ON)
    outcome = run(folder, "worklist", *ON, "--csv", "-")
    assert outcome.code == 0
    assert run(folder, "worklist", *ON, "--csv", "list.csv").out == (
        f"Worklist on 30 Jun 2019, as known now, {len(told)} cases, is written to list.csv.\n"
    )
    written = (folder / "list.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert written.count(b"\r\n") == len(told) + 1
    assert written.decode("utf-8-sig").replace("\r\n", "\n") == outcome.out.replace("\r\n", "\n")
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert [row["case"] for row in rows] == [line["case"] for line in told]
    (of_f,) = (row for row in rows if row["case"] == "F")
    assert (of_f["team"], of_f["worker"], of_f["tier"]) == (f"'{EVIL}", "'@w", "child in need")
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    (of_a,) = (row for row in rows if row["case"] == "A")
    assert (of_a["days overdue"], of_a["next due"]) == ("30", "2019-07-05")


def test_a_workbook_holds_texts_numbers_and_days_and_no_formula(folder: Path) -> None:
    told = listed(folder, *ON)
    assert run(folder, "worklist", *ON, "--xlsx", "list.xlsx").code == 0
    book = Workbook(folder / "list.xlsx")
    assert not book.formulas
    assert (book.filtered, book.frozen_rows) == (f"A1:L{len(told) + 1}", 1)
    titles, *rows = book.rows
    where = "team worker case child locality cohort tier".split()
    assert titles == [*where, "days overdue", "overdue", "next due", "due soon", "the record"]
    by_case = {row[2]: row for row in rows}
    assert by_case["F"][:2] == [EVIL, "@w"]
    assert by_case["A"][7:10:2] == [30.0, 43651.0], "5 July 2019 as Excel counts days"
    assert by_case["H"][1] is None


def test_the_same_list_is_the_same_workbook(folder: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        assert run(folder, "worklist", *ON, "--known", "2019-07-31", "--xlsx", name).code == 0
    assert (folder / "one.xlsx").read_bytes() == (folder / "two.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--csv", "-", "--json"), 2),
        (("--xlsx", "-"), 2),
        (("--csv", ""), 2),
        (("--csv", "nowhere/list.csv"), 3),
        (("--by", "ward"), 2),
    ],
)
def test_what_can_t_be_written_is_said_in_a_line(folder: Path, arguments: tuple[str, ...], code: int) -> None:
    outcome = run(folder, "worklist", *ON, *arguments)
    assert (outcome.code, outcome.err.count("\n")) == (code, 1), outcome
