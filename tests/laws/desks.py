"""A desk with a random authority's policy, and random lives of children's cases to lay on it, for the laws.

The worlds are those of the judge: a seed tells the same lives, mishaps of recording and expectations again.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st

from casedrift.desk import Desk
from domain.days import instant_of
from domain.policy import Policy
from domain.policy_text import read_policy
from streams.stores.sqlite import SQLiteStore
from tests.judge.world_policies import policy_text
from tests.judge.worlds import AFTERWARDS

NOW = instant_of(AFTERWARDS)
MIDWAY = instant_of(datetime(2019, 6, 1, tzinfo=UTC))
"""About the middle of what the worlds tell."""
CASES = 12

seeds = st.integers(0, 10_000)
cuts = st.lists(st.integers(0, 400), max_size=6)
quick = settings(max_examples=25, phases=(Phase.explicit, Phase.generate), deadline=None, derandomize=True)
"""The lives are random already, and a seed repeats them: nothing is gained by shrinking it."""


@contextmanager
def desk_of(seed: int, now: list[int] | None = None, url: str | None = None) -> Iterator[Desk]:
    """An empty store under the seed's policy, a file or the database of the URL; `now` holds the hour (instant),
    which the test may move."""
    at = now or [NOW]
    with (
        tempfile.TemporaryDirectory() as folder,
        Desk(url or str(Path(folder) / "store.db"), create=True, now=lambda: at[0], by_store_clock=False) as desk,
    ):
        if url is None:
            desk.store.connection.execute("PRAGMA synchronous = OFF")
        desk.use_policy(policy_of(seed))
        yield desk


def file_connection(desk: Desk) -> sqlite3.Connection:
    """The connection of a store in a file, with all that SQLite offers."""
    assert isinstance(desk.store, SQLiteStore)
    return desk.store.connection


def policy_of(seed: int) -> Policy:
    """The seed's random expectations."""
    return read_policy(policy_text(seed), "world.toml", _extends_nothing)


def cut(lines: Sequence[bytes], at: Sequence[int]) -> list[list[bytes]]:
    """The lines in batches, cut at these places so far as there are so many."""
    edges = sorted({0, len(lines), *(place for place in at if place < len(lines))})
    return [list(lines[start:end]) for start, end in pairwise(edges)]


def take(desk: Desk, batches: Sequence[list[bytes]], *, backfill: bool = True) -> dict[str, int]:
    """Take the batches in, in one run; its tally."""
    return desk.ingest_lines(iter(batches), backfill=backfill, progress=lambda _: None).as_dict()


def rows_of(desk: Desk, query: str) -> list[Any]:
    """All that the query finds in the store."""
    return desk.store.connection.execute(query).fetchall()


def _extends_nothing(reference: str, of_name: str) -> tuple[str, str]:
    raise AssertionError(f"{of_name} extends {reference}")
