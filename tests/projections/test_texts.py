"""Texts as numbers: one number each, given once, however many are asked for together."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from projections.schema import TEXT
from projections.texts import Texts


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:")
    opened.execute(TEXT)
    yield opened
    opened.close()


def test_those_asked_for_together_are_numbered_in_their_order(connection: sqlite3.Connection) -> None:
    texts = Texts(connection)
    north = texts.number("North")
    texts.prepare(["worker", None, "North", "child", "worker"])
    assert [texts.number(text) for text in ("worker", "child")] == [north + 1, north + 2]
    assert texts.number(None) == 0
    assert connection.execute("SELECT count(*) FROM text").fetchone() == (3,)


def test_whoever_comes_after_finds_the_same_numbers(connection: sqlite3.Connection) -> None:
    first, second = Texts(connection), Texts(connection)
    first.prepare(["a", "b"])
    second.prepare(["c", "b", "a"])
    assert [second.number(text) for text in "abc"] == [first.number(text) for text in "abc"]


def test_what_was_undone_is_numbered_anew(connection: sqlite3.Connection) -> None:
    texts = Texts(connection)
    connection.commit()
    texts.prepare(["a"])
    connection.rollback()
    texts.forget()
    assert texts.known("a") is None
    texts.prepare(["b", "a"])
    assert texts.known("a") == texts.number("a") != texts.number("b")
