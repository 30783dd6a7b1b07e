"""Laws of the log and its views: what arrived is taken on once, and the views say what a whole fold would say.

The worlds are random lives of children's cases, with mishaps of recording; each law holds in every one of them,
wherever the stream is cut into batches and whatever comes again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from casedrift.desk import Desk
from domain.days import instant_of, london_day
from domain.policy_text import read_policy
from tests.judge.world_policies import policy_text
from tests.judge.worlds import world

NOW = instant_of(datetime(2022, 6, 1, tzinfo=UTC))
EARLIER = instant_of(datetime(2019, 6, 1, tzinfo=UTC))
CASES = 12
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
seeds = st.integers(0, 10_000)
cuts = st.lists(st.integers(0, 400), max_size=6)
quick = settings(max_examples=25, phases=(Phase.explicit, Phase.generate), deadline=None, derandomize=True)


@quick
@given(seeds, cuts)
def test_cut_anywhere_the_log_and_the_rows_are_the_same(seed: int, at: list[int]) -> None:
    lines = _lines(seed)
    with _desk(seed) as whole, _desk(seed) as cut:
        assert _take(whole, [lines]) == _take(cut, _cut(lines, at))
        assert _all(whole, LOG) == _all(cut, LOG)
        assert [sorted(map(repr, _all(whole, rows))) for rows in ROWS] == [
            sorted(map(repr, _all(cut, rows))) for rows in ROWS
        ]


@quick
@given(seeds, cuts)
def test_the_same_lines_twice_change_nothing(seed: int, at: list[int]) -> None:
    lines = _lines(seed)
    with _desk(seed) as desk:
        first = _take(desk, [lines])
        before = [_all(desk, query) for query in (LOG, *ROWS)]
        again = _take(desk, _cut(lines, at))
        assert again["accepted"] == 0
        assert again["duplicate"] >= first["accepted"]
        assert [_all(desk, query) for query in (LOG, *ROWS)] == before
        assert desk.status()["facts"] == len(before[0])


@quick
@given(seeds, cuts)
def test_the_views_are_those_of_a_whole_fold(seed: int, at: list[int]) -> None:
    with _desk(seed) as desk:
        _take(desk, _cut(_lines(seed), at))
        assert desk.rebuild(check=True, progress=lambda *_: None)["differences"] == 0
        assert desk.status()["behind"] == 0


@quick
@given(seeds, st.integers(10, 200))
def test_an_answer_as_known_then_stays_as_it_was(seed: int, at: int) -> None:
    lines = _lines(seed)
    now = [EARLIER * 2]  # past 2068: no time lies ahead of it
    with _desk(seed, now) as desk:
        _take(desk, [lines[:at]], backfill=False)
        known, on = now[0], london_day(EARLIER)
        answers = _answers(desk, on, known)
        now[0] += 1
        _take(desk, [lines[at:]], backfill=False)
        assert _answers(desk, on, known) == answers


@quick
@given(seeds, st.integers(0, 1_200))
def test_the_five_states_sum_to_the_cases_in_scope(seed: int, day: int) -> None:
    on = london_day(EARLIER) - 400 + day
    with _desk(seed) as desk:
        _take(desk, [_lines(seed)])
        whole = desk.compliance(on, NOW)
        by_team = desk.compliance(on, NOW, by=("locality", "team"))
        for line in whole + by_team:
            states = [line[state] for state in ("in_time", "overdue", "done", "waiting", "not_measured")]
            assert sum(states) == line["in_scope"], line
        for line in whole:
            parts = [part["in_scope"] for part in by_team if part["clock"] == line["clock"]]
            assert sum(parts) == line["in_scope"], line["clock"]


@quick
@given(seeds, cuts)
def test_every_line_read_is_counted_once_and_every_refusal_is_kept(seed: int, at: list[int]) -> None:
    lines = _lines(seed)
    with _desk(seed) as desk:
        tally = _take(desk, _cut(lines, at))
        assert tally["accepted"] + tally["duplicate"] + tally["refused"] + tally["waiting"] == tally["read"]
        assert tally["read"] == len(lines)
        reasons = [each["reason"] for each in desk.quarantined()]
        assert reasons.count("target-unknown") == tally["waiting"]
        assert len(reasons) <= tally["waiting"] + tally["refused"]
        assert (len(reasons) > tally["waiting"]) == (tally["refused"] > 0)
        assert all(each["reason"] and each["detail"] for each in desk.quarantined())


@contextmanager
def _desk(seed: int, now: list[int] | None = None) -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        policy = read_policy(policy_text(seed), "world.toml", _extends_nothing)
        at = now or [NOW]
        with Desk(str(Path(folder) / "store.db"), create=True, now=lambda: at[0]) as desk:
            desk.store.connection.execute("PRAGMA synchronous = OFF")
            desk.use_policy(policy)
            yield desk


def _lines(seed: int) -> list[bytes]:
    return list(world(seed, CASES).lines)


def _cut(lines: list[bytes], at: list[int]) -> list[list[bytes]]:
    edges = sorted({0, len(lines), *(cut for cut in at if cut < len(lines))})
    return [lines[start:end] for start, end in pairwise(edges)]


def _take(desk: Desk, batches: list[list[bytes]], *, backfill: bool = True) -> dict[str, int]:
    return desk.ingest_lines(iter(batches), backfill=backfill, progress=lambda _: None).as_dict()


def _all(desk: Desk, query: str) -> list[Any]:
    return desk.store.connection.execute(query).fetchall()


def _answers(desk: Desk, on: int, known: int) -> list[Any]:
    return [
        desk.counts(on, known, ("locality", "tier")),
        desk.drift(on, known),
        desk.drift(on, known, due_soon=True),
        desk.compliance(on, known, by=("team",)),
    ]


def _extends_nothing(reference: str, of_name: str) -> tuple[str, str]:
    raise AssertionError(f"{of_name} extends {reference}")
