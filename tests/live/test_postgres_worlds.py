"""PostgreSQL = SQLite: the judge's worlds are answered by a database as they are by a file, and row by row.

`CASEDRIFT_WORLDS` sets how many worlds the files are asked; a database is asked a tenth of them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.judge.worlds import questions, world
from tests.kit.postgres import PostgresServer
from tests.laws.desks import CASES, cut, cuts, desk_of, quick, rows_of, seeds, take
from tests.laws.test_views import LOG, ROWS
from tests.worlds.held import disagreements, explanations, load

WORLDS = int(os.environ.get("CASEDRIFT_WORLDS", "200")) // 10


@pytest.mark.parametrize("seed", range(WORLDS))
def test_a_database_answers_as_the_judge_does(seed: int, tmp_path: Path, postgres_url: str) -> None:
    for pair in load(seed, tmp_path, postgres_url):
        assert list(disagreements(pair)) == []
        assert [line for asked in questions(seed, count=2) for line in explanations(pair, asked)] == []
        proof = pair.desk.rebuild(check=True, progress=lambda *_: None)
        assert proof == {"facts": len(pair.acceptance.accepted), "differences": 0}


def test_a_database_holds_the_log_and_the_rows_that_a_file_holds(postgres_server: PostgresServer) -> None:
    @quick
    @given(seeds, cuts, st.booleans())
    def the_same(seed: int, at: list[int], backfill: bool) -> None:
        lines = list(world(seed, CASES).lines)
        with desk_of(seed) as file, desk_of(seed, url=postgres_server.create_database()) as database:
            assert take(file, cut(lines, at), backfill=backfill) == take(database, cut(lines, at), backfill=backfill)
            assert _log(rows_of(file, LOG)) == _log(rows_of(database, LOG))
            for rows in ROWS:
                assert sorted(map(repr, rows_of(file, rows))) == sorted(map(repr, rows_of(database, rows)))
            assert file.quarantined() == database.quarantined()

    the_same()


def _log(events: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The events, without the places at which their text is kept."""
    return [(case, version, topic, bytes(state)) for case, version, topic, state in events]  # type: ignore[call-overload]
