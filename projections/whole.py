"""Whole folds of a store's cases: rows folded anew and held against those that are kept, or under another policy.

They go to temporary tables that hide the store's own, so that every question is asked of them unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from sqlite3 import Connection
from typing import Final

from domain.clocks import Rules
from domain.days import NO_INSTANT
from domain.fold import fold
from domain.history import Fact, standing
from projections.case_view import CaseView, Row, in_groups, net
from projections.rows import RowWriter
from projections.schema import ROW_TABLES, create_statements
from projections.texts import Texts

History = tuple[str, list[Fact]]
"""A case and all its facts, in acceptance order."""
_KEYS: Final = {
    "stay": "case_no, begun_by, known_from",
    "place": "case_no, begun_by, known_from",
    "run": "case_no, clock, begun_by, known_from",
}
_AT_ONCE: Final = 500
"""Cases folded between two writings."""


def fold_anew(
    connection: Connection,
    rules: Rules,
    cases: Mapping[str, int],
    histories: Iterable[History],
    progress: Callable[[int, int], None],
) -> int:
    """Fold every case from nothing into temporary tables beside the store's own; the number of facts."""
    _make_beside(connection, ROW_TABLES)
    writer = RowWriter(connection, Texts(connection), rules)
    facts_read = 0
    for done, (subject, facts) in enumerate(histories, start=1):
        view = CaseView(cases[subject], subject)
        for group in in_groups(facts):
            view.learn(rules, group, writer)
        facts_read += len(facts)
        if done % _AT_ONCE == 0:
            writer.flush()
            progress(done, len(cases))
    writer.flush()
    progress(len(cases), len(cases))
    return facts_read


def differences(connection: Connection) -> int:
    """How many rows of the store differ from those folded anew: other, missing or too many."""
    total = 0
    for table, key in _KEYS.items():
        kept, anew = f"SELECT * FROM main.{table}", f"SELECT * FROM temp.{table}"
        total += connection.execute(
            f"SELECT count(*) FROM (SELECT {key} FROM ({kept} EXCEPT {anew})"
            f" UNION SELECT {key} FROM ({anew} EXCEPT {kept}))"
        ).fetchone()[0]
    return total


def switch(connection: Connection) -> None:
    """Put the rows folded anew in the place of the store's own; the caller commits."""
    for table in ROW_TABLES:
        connection.execute(f"DELETE FROM main.{table}")
        connection.execute(f"INSERT INTO main.{table} SELECT * FROM temp.{table}")


def drop_beside(connection: Connection) -> None:
    """Drop the temporary tables; questions see the store's own rows again."""
    for table in ROW_TABLES:
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")


def runs_under(
    connection: Connection,
    rules: Rules,
    texts: Texts,
    cases: Mapping[str, int],
    histories: Iterable[History],
    known: int,
) -> None:
    """The runs of another policy, as known at the instant, in a temporary table in place of the store's own."""
    _make_beside(connection, ["run"])
    writer = RowWriter(connection, texts, rules, only_runs=True)
    for done, (subject, facts) in enumerate(histories, start=1):
        stood = standing(facts, known)
        if not stood:
            continue
        _, changes = fold(rules, stood)
        view = CaseView(cases[subject], subject)
        view.names = {fact.version: (fact.source, fact.id) for fact in facts}
        for key, (begun, ended) in net(change for each in changes for change in each).items():
            row = Row(begun, ended, known, NO_INSTANT if ended is None else known)
            writer.put(view, key, row)
        if done % _AT_ONCE == 0:
            writer.flush()
    writer.flush()


class PassingTexts(Texts):
    """Numbers for one question: what the store has numbered keeps its number, the rest gets one below zero."""

    def number(self, text: str | None) -> int:
        number = self._numbers.get(text)
        if number is None:
            assert text is not None
            number = self._numbers[text] = self._find(text) or -len(self._numbers)
        return number

    def known(self, text: str) -> int | None:
        return self.number(text)


def _make_beside(connection: Connection, tables: Iterable[str]) -> None:
    drop_beside(connection)
    for table in tables:
        for statement in create_statements(table, temporary=True):
            connection.execute(statement)
