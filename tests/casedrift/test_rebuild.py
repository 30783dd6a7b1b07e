"""`casedrift rebuild`: what the views say and the facts don't is found, named with its facts, and put right."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from casedrift.desk import Desk
from casedrift.now import now
from projections.differences import DifferenceInWords
from tests.casedrift.running import FACTS, lines, run
from tests.streams.written_facts import fact

SUPERVISION = "clock = (SELECT no FROM text WHERE text = 'supervision')"
OF_A = "case_no = (SELECT case_no FROM cases WHERE subject = 'A')"
PLANTED = {
    "a day too late": (
        f"UPDATE run SET due = due + 1 WHERE {OF_A} AND {SUPERVISION} AND begun_by = 2",
        DifferenceInWords("run", "A", "supervision", {"due": "2019-06-04"}, {"due": "2019-06-03"}, ("2",)),
    ),
    "met by nothing": (
        f"UPDATE run SET met = 0 WHERE {OF_A} AND {SUPERVISION} AND begun_by = 1",
        DifferenceInWords("run", "A", "supervision", {"met": "no"}, {"met": "yes"}, ("1", "2")),
    ),
    "in another team": (
        f"UPDATE place SET team = (SELECT no FROM text WHERE text = 'S1') WHERE {OF_A}",
        DifferenceInWords("place", "A", None, {"team": "S1"}, {"team": "N1"}, ("1",)),
    ),
    "at no tier and in a team without a name": (
        f"UPDATE place SET tier = 99, team = 4444 WHERE {OF_A}",
        DifferenceInWords(
            "place", "A", None, {"team": "4444", "tier": "99"}, {"team": "N1", "tier": "child_in_need"}, ("1",)
        ),
    ),
    "never open": (
        f"DELETE FROM stay WHERE {OF_A}",
        DifferenceInWords(
            "stay",
            "A",
            None,
            None,
            {
                "begun_by": "1",
                "known_from": "2019-05-01T12:00:00Z",
                "from_day": "2019-05-01",
                "end_day": None,
                "ended_by": "0",
                "ending": None,
                "end_known": None,
                "known_to": None,
            },
            ("1",),
        ),
    ),
    "where no question finds it": (
        f"UPDATE stay SET lo = lo + 400 WHERE {OF_A}",
        DifferenceInWords("stay", "A", None, {"lo": "737580"}, {"lo": "737180"}, ("1",)),
    ),
    "of a case that is none": (
        "INSERT INTO stay SELECT 77, 1, known_from, from_day, end_day, 0, ending, end_known, known_to, lo, size"
        f" FROM stay WHERE {OF_A}",
        DifferenceInWords(
            "stay",
            "number 77",
            None,
            {
                "begun_by": "1",
                "known_from": "2019-05-01T12:00:00Z",
                "from_day": "2019-05-01",
                "end_day": None,
                "ended_by": "0",
                "ending": None,
                "end_known": None,
                "known_to": None,
            },
            None,
            (),
        ),
    ),
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "facts.jsonl").write_bytes(lines(FACTS))
    assert run(tmp_path, "ingest", "facts.jsonl", "--backfill").code == 0
    return tmp_path / "casedrift.db"


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_difference_is_found_named_and_put_right(planted: str, store: Path) -> None:
    statement, expected = PLANTED[planted]
    _plant(store, statement)
    with Desk(str(store), now=now) as desk:
        facts = desk.status()["facts"]
        for check in (True, False):
            found: list[DifferenceInWords] = []
            answer = desk.rebuild(check=check, progress=lambda *_: None, found=found.append)
            assert (answer, found) == ({"facts": facts, "differences": 1}, [expected])
        assert desk.rebuild(check=False, progress=lambda *_: None) == {"facts": facts, "differences": 0}


def test_rebuild_says_which_case_what_is_wrong_and_by_which_facts(store: Path) -> None:
    _plant(store, PLANTED["a day too late"][0])
    told = run(store.parent, "rebuild", "--check")
    assert told.code == 1
    first, *_, line = told.out.splitlines()
    assert first == "7 facts folded anew: 1 difference."
    assert re.split("  +", line) == ["run", "A", "supervision", "due 2019-06-04", "due 2019-06-03", "2"]
    assert run(store.parent, "rebuild", "--json").out == '{"facts":7,"differences":1}\n'
    assert run(store.parent, "rebuild").out == "7 facts folded anew: no differences.\n"


def test_of_very_many_differences_some_are_shown(store: Path) -> None:
    _plant(store, "DELETE FROM run")
    with Desk(str(store), now=now) as desk:
        count = desk.rebuild(check=True, progress=lambda *_: None)["differences"]
    told = run(store.parent, "rebuild")
    assert told.code == 1
    shown = told.out.splitlines()
    assert shown[0] == f"7 facts folded anew: {count} differences. The views are put right now."
    assert shown[-1] == f"and {count - 20} more"
    assert sum(line.startswith("run ") for line in shown) == 20


def test_a_case_that_comes_while_the_rows_are_compared_is_no_difference(store: Path) -> None:
    opening = fact("new", "case-opened.v1", subject="new", tier="assessment")
    with Desk(str(store), now=now) as desk, Desk(str(store), now=now) as other:
        listed = desk.standing.cases()
        desk.standing.cases = lambda: listed  # type: ignore[method-assign] # a moment before the new one came
        assert other.ingest_lines([[opening]], backfill=False, progress=lambda _: None).accepted == 1
        assert desk.rebuild(check=True, progress=lambda *_: None) == {"facts": 8, "differences": 0}


def _plant(store: Path, statement: str) -> None:
    connection = sqlite3.connect(store)
    assert connection.execute(statement).rowcount > 0
    connection.commit()
    connection.close()
