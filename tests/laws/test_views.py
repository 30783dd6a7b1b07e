"""Laws of the log and its views: what arrived is taken on once, and the views say what a whole fold would say.

The worlds are random lives of children's cases, with mishaps of recording; each law holds in every one of them,
wherever the stream is cut into batches and whatever comes again.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.days import london_day
from streams.cloudevents import read_lines
from streams.intake import Intake
from tests.judge.worlds import world
from tests.laws.desks import CASES, MIDWAY, NOW, cut, cuts, desk_of, quick, rows_of, seeds, take

LOG = "SELECT originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid"


def _text(column: str) -> str:
    return f"(SELECT text FROM text WHERE no = {column}) AS {column}"


ROWS = (
    "SELECT case_no, begun_by, known_from, from_day, end_day, ended_by, ending, end_known, known_to, lo, size"
    " FROM stay",
    "SELECT case_no, begun_by, known_from, from_day, end_day, ended_by, stay, tier, plans, end_known, known_to,"
    f" {', '.join(map(_text, ('child', 'locality', 'team', 'worker', 'cohort')))}, lo, size FROM place",
    f"SELECT case_no, {_text('clock')}, begun_by, known_from, run_id, baseline, due, measured, end_day, ended_by,"
    " met, end_known, known_to, lo, size FROM run",
)
"""Rows with the texts that their numbers stand for: numbers are given in the order of writing."""


@quick
@given(seeds, cuts)
def test_cut_anywhere_the_log_and_the_rows_are_the_same(seed: int, at: list[int]) -> None:
    lines = _lines(seed)
    with desk_of(seed) as whole, desk_of(seed) as pieces:
        assert take(whole, [lines]) == take(pieces, cut(lines, at))
        assert rows_of(whole, LOG) == rows_of(pieces, LOG)
        assert [sorted(map(repr, rows_of(whole, rows))) for rows in ROWS] == [
            sorted(map(repr, rows_of(pieces, rows))) for rows in ROWS
        ]


@quick
@given(seeds, cuts)
def test_the_same_lines_twice_change_nothing(seed: int, at: list[int]) -> None:
    lines = _lines(seed)
    with desk_of(seed) as desk:
        first = take(desk, [lines])
        before = [rows_of(desk, query) for query in (LOG, *ROWS)]
        again = take(desk, cut(lines, at))
        assert again["accepted"] == 0
        assert again["duplicate"] >= first["accepted"]
        assert [rows_of(desk, query) for query in (LOG, *ROWS)] == before
        assert desk.status()["facts"] == len(before[0])


@quick
@given(seeds, cuts)
def test_the_views_are_those_of_a_whole_fold(seed: int, at: list[int]) -> None:
    with desk_of(seed) as desk:
        take(desk, cut(_lines(seed), at))
        assert desk.rebuild(check=True, progress=lambda *_: None)["differences"] == 0
        assert desk.status()["behind"] == 0


@quick
@given(seeds, cuts)
def test_cases_recalled_before_anything_comes_to_them_go_on_as_if_they_had_never_been_away(
    seed: int, at: list[int]
) -> None:
    lines = _lines(seed)
    half = len(lines) // 2
    with desk_of(seed) as desk:
        take(desk, [lines[:half]], backfill=seed % 2 == 0)
        feed, intake = desk.standing.feed(), Intake(desk.store, lambda: NOW)
        with desk.store.folding():
            feed.recall(desk.store.connection.execute("SELECT case_no, subject FROM cases").fetchall())
        for batch in cut(lines[half:], at):
            with desk.store.writing():
                feed.hand_on(intake.take(read_lines(batch), backfill=seed % 2 == 0))
        assert desk.rebuild(check=True, progress=lambda *_: None)["differences"] == 0


@quick
@given(seeds, st.integers(0, 1_200))
def test_the_five_states_sum_to_the_cases_in_scope(seed: int, day: int) -> None:
    on = london_day(MIDWAY) - 400 + day
    with desk_of(seed) as desk:
        take(desk, [_lines(seed)])
        whole = desk.compliance(on, NOW)
        by_team = desk.compliance(on, NOW, by=("locality", "team"))
        for line in whole + by_team:
            states = [line[state] for state in ("in_time", "overdue", "done", "waiting", "not_measured")]
            assert sum(states) == line["in_scope"], line
        for line in whole:
            parts = [part["in_scope"] for part in by_team if part["clock"] == line["clock"]]
            assert sum(parts) == line["in_scope"], line["clock"]


def _lines(seed: int) -> list[bytes]:
    return list(world(seed, CASES).lines)
