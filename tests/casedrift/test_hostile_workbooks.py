"""Files that are no Annex A workbook, or were made to do harm, at the command line: one line that says why, exit code
2, and a store that holds nothing of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.casedrift.running import run
from tests.kit.annex_a import annex_a, row
from tests.kit.workbooks import packed, workbook_parts, write_workbook

GOOD = {3: [row(on="2024-06-03")]}


def _truncated(path: Path) -> None:
    whole = annex_a(path, GOOD).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _entities(path: Path) -> None:
    parts = workbook_parts({"List_3": [["Child Unique ID", "Date of referral"], ["1", "03/06/2024"]]})
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    sheet = next(name for name in parts if name.endswith("sheet1.xml"))
    path.write_bytes(packed({**parts, sheet: bomb + parts[sheet]}))


def _macros(path: Path) -> None:
    parts = workbook_parts({"List_3": [["Child Unique ID", "Date of referral"]]})
    path.write_bytes(packed({**parts, "xl/vbaProject.bin": b"\x00" * 64}))


def _a_bomb(path: Path) -> None:
    parts = workbook_parts({"List_3": [["Child Unique ID", "Date of referral"]]})
    path.write_bytes(packed({**parts, "xl/sharedStrings.xml": b"<sst>" + b" " * (300 * 1024 * 1024) + b"</sst>"}))


def _old_excel(path: Path) -> None:
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 1_024)


def _no_list(path: Path) -> None:
    write_workbook(path, {"Sheet1": [["Name", "Age"], ["x", 1]]})


def _twice(path: Path) -> None:
    rows = [["Child Unique ID", "Date of referral"], ["1", "03/06/2024"]]
    write_workbook(path, {"List_3": rows, "List 3 (2)": rows})


def _no_date_column(path: Path) -> None:
    write_workbook(path, {"List_3": [["Child Unique ID", "Referral"], ["1", "03/06/2024"]]})


def _empty(path: Path) -> None:
    annex_a(path, {3: []})


HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "truncated": (_truncated, "x.xlsx: "),
    "entities": (_entities, "x.xlsx: "),
    "macros": (_macros, ".xlsx"),
    "a zip bomb": (_a_bomb, "x.xlsx: "),
    "an .xls": (_old_excel, ".xlsx"),
    "no list": (_no_list, "no Annex A workbook"),
    "a list twice": (_twice, "are both list 3"),
    "no column for the date": (_no_date_column, "Date of referral can't be found"),
    "no row": (_empty, "hold no row at all"),
    "a directory": (Path.mkdir, "can't be read"),
    "a pipe": (os.mkfifo, "more than once, so not from standard input or a pipe"),
}


def test_a_page_that_is_named_as_a_workbook_is_no_census(tmp_path: Path) -> None:
    (tmp_path / "x.xls").write_text("<html><table><tr><td>1111</td></tr></table></html>")
    told = run(tmp_path, "ingest", "x.xls")
    assert (told.code, told.err.count("\n")) == (2, 1)
    assert "x.xls: this is no Excel workbook" in told.err


@pytest.mark.parametrize(("write", "why"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(tmp_path: Path, write: Callable[[Path], None], why: str) -> None:
    write(tmp_path / "x.xlsx")
    told = run(tmp_path, "ingest", "x.xlsx", "--format", "annex-a", "--json")
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1), told
    assert why in told.err
    assert run(tmp_path, "status", "--json").code in (0, 3)
    if (tmp_path / "casedrift.db").exists():
        assert run(tmp_path, "status", "--json").json["facts"] == 0


def test_a_word_in_place_of_a_child_s_number_is_refused_and_costs_nothing_else(tmp_path: Path) -> None:
    unborn = [row("Unborn", started=f"2024-06-{1 + nth % 28:02}") for nth in range(3_000)]
    annex_a(tmp_path / "x.xlsx", {3: [row("1", on="2024-06-03")], 4: unborn})
    outcome = run(tmp_path, "ingest", "x.xlsx", "--taken", "2024-06-30", "--json")
    assert (outcome.code, outcome.json["accepted"], outcome.json["refused"]) == (1, 2, 1)
    (kept,) = run(tmp_path, "quarantine", "list", "--json").json
    assert kept["reason"] == "too-much"
    assert "row 2: Child Unique ID is the same in 3000 rows of the book" in kept["detail"]
    assert "Unborn" not in str(kept)
