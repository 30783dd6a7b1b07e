"""Cases told again from nothing: to prove the rows that are kept, to put them right, or under another policy.

A case's fold knows nothing of any other case, so these work on some cases at a time, and several processes can share
them out. Runs under another policy than the store's go to a temporary table that hides the store's own, so that
every question is asked of them unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.clocks import Rules
from domain.days import NO_INSTANT
from domain.fold import fold
from domain.history import Fact, standing
from projections.case_view import CaseView, Row, in_groups, net
from projections.connection import Connection
from projections.questions.moment import PLACES, WITH_SIZES, Moment
from projections.rows import RowGatherer, RowWriter, TableRows
from projections.schema import ROW_TABLES, create_statements, write_statement
from projections.texts import Texts


class Told(NamedTuple):
    """A case and all its facts, in acceptance order."""

    case_no: int
    subject: str
    facts: Sequence[Fact]


RunRow = tuple[int, ...]
"""A row of the table of runs."""


def open_cases(connection: Connection, moments: Sequence[Moment]) -> list[tuple[int, str, int]]:
    """Number, reference and facts of the cases open at any of the moments, the only ones that a clock can hold."""
    found: set[tuple[int, str, int]] = set()
    query = (
        f"{WITH_SIZES} SELECT case_no, subject, version FROM cases WHERE case_no IN (SELECT p.case_no FROM {PLACES})"
    )
    for moment in moments:
        found.update(connection.execute(query, moment.parameters))
    return sorted(found)


def runs_on(rules: Rules, texts: Texts, cases: Iterable[Told], days: Sequence[int], known: int) -> list[RunRow]:
    """The rows of the cases' runs that are on on any of the days, as known at the instant, and not before."""
    gatherer = RowGatherer(texts, rules, only_runs=True)
    for case_no, subject, facts in cases:
        _, changes = fold(rules, standing(facts, known))
        view = CaseView(case_no, subject)
        for (clock, begun_by), (begun, ended) in net(change for each in changes for change in each).items():
            if clock < 0:
                continue
            if any(begun.baseline <= day and (ended is None or ended[0] > day) for day in days):
                first = facts[begun_by - 1]
                view.names[begun_by] = first.source, first.id
                row = Row(begun, ended, known, NO_INSTANT if ended is None else known)
                gatherer.put(view, (clock, begun_by), row)
    return gatherer.take()["run"]


def rows_of(rules: Rules, texts: Texts, cases: Iterable[Told], *, only_runs: bool = False) -> TableRows:
    """All rows of the cases, with all that was ever known of them, and when."""
    gatherer = RowGatherer(texts, rules, only_runs=only_runs)
    for case_no, subject, facts in cases:
        view = CaseView(case_no, subject)
        for group in in_groups(facts):
            view.learn(rules, group, gatherer)
    return gatherer.take()


def write_anew(connection: Connection, rules: Rules, cases: Sequence[Told]) -> None:
    """Put the rows of the cases in the place of those that are kept; the caller owns the transaction."""
    erase(connection, [case.case_no for case in cases])
    writer = RowWriter(connection, Texts(connection), rules)
    for case_no, subject, facts in cases:
        view = CaseView(case_no, subject)
        for group in in_groups(facts):
            view.learn(rules, group, writer)
    writer.flush()


def erase(connection: Connection, case_nos: Iterable[int] | None = None) -> None:
    """Take out every row of the cases, or with None of all; the caller owns the transaction."""
    for table in ROW_TABLES:
        if case_nos is None:
            connection.execute(f"DELETE FROM {table}")
        else:
            connection.executemany(f"DELETE FROM {table} WHERE case_no = ?", [(number,) for number in case_nos])


def hide_runs(connection: Connection) -> None:
    """Make an empty temporary table of runs, which from now on is meant wherever the store's own is named."""
    show_runs(connection)
    for statement in create_statements("run", temporary=True):
        connection.execute(statement)


def add_runs(connection: Connection, rows: Iterable[RunRow]) -> None:
    """Add rows to the table of runs that is meant."""
    connection.executemany(write_statement("run"), rows)


def show_runs(connection: Connection) -> None:
    """Drop the temporary table of runs, if there is one: the store's own is meant again."""
    connection.execute("DROP TABLE IF EXISTS temp.run")


def switch_runs(connection: Connection) -> None:
    """Put the temporary runs in the place of the store's own; the caller owns the transaction."""
    connection.execute("DELETE FROM main.run")
    connection.execute("INSERT INTO main.run SELECT * FROM temp.run")


class PassingTexts(Texts):
    """Numbers for rows that nobody keeps: what the store has numbered keeps its number, the rest gets one below zero.

    Processes that share such rows agree on the numbers `given` to some texts.
    """

    def __init__(self, connection: Connection, given: Mapping[str, int] | None = None) -> None:
        super().__init__(connection)
        self._numbers.update(given or {})

    def number(self, text: str | None) -> int:
        number = self._numbers.get(text)
        if number is None:
            assert text is not None
            number = self._numbers[text] = self._find(text) or -len(self._numbers)
        return number

    def known(self, text: str) -> int | None:
        return self.number(text)

    def text(self, number: int) -> str | None:
        """The text to which this number was given."""
        return next((text for text, given in self._numbers.items() if given == number), None)
