"""The peer's read side: the same rows by the same fold, kept by the library's own `ProjectionRunner`.

Stays, places and runs, from which open counts by locality and tier are answered as ours are. Each event is folded and
written in a transaction with its tracking, as the library has it. Statements are prepared, as the library's own are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection
from psycopg.rows import tuple_row

from casedrift.policies import load_policy
from casedrift.retelling import rules_of
from casedrift.standing import DEFAULT_POLICY
from domain.days import parse_day
from domain.events import CaseFact
from domain.history import Fact
from projections.connection import Answer, Parameters
from projections.views import CaseFacts, Views
from streams.histories import histories
from streams.stores.postgres_connection import said_to_postgres

_NUMBER: Final = """
    INSERT INTO cases VALUES (coalesce((SELECT max(case_no) FROM cases), 0) + 1, %s, 0, 0)
    ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject RETURNING case_no"""


class _InHand:
    """The connection of the transaction that is open, for who asks in the store's plain SQL."""

    cursor: Any = None

    def execute(self, statement: str, parameters: Parameters = (), /) -> Answer:
        """Run one statement."""
        cursor = self.cursor.connection.cursor(row_factory=tuple_row)
        done: Answer = cursor.execute(said_to_postgres(statement), parameters or None, prepare=True)
        return done

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Run one statement for each of the rows."""
        for row in rows:
            self.cursor.connection.execute(said_to_postgres(statement), row, prepare=True)


class CaseRows(PostgresTrackingRecorder):
    """The rows, and how far they have come."""

    def __init__(self, datastore: PostgresDatastore, **options: Any) -> None:
        super().__init__(datastore, **options)
        self._in_hand = _InHand()
        self._views = Views(self._in_hand, rules_of(load_policy(DEFAULT_POLICY)), self.histories)
        self._numbers: dict[str, int] = {}

    def learn(self, subject: str, fact: Fact, tracking: Tracking) -> None:
        """Fold one fact; its rows and its tracking are committed together."""
        with self.datastore.transaction(commit=True) as cursor:
            self._in_hand.cursor = cursor
            self._insert_tracking(cursor, tracking)
            self._views.apply([CaseFacts(self._number(subject), subject, [fact])])

    def histories(self, subjects: Sequence[str]) -> Mapping[str, list[Fact]]:
        """All facts of cases that are not in memory, or not far enough back: from our log."""
        return histories(self._in_hand, subjects)

    def _number(self, subject: str) -> int:
        number = self._numbers.get(subject)
        if number is None:
            row = self._in_hand.cursor.execute(_NUMBER, (subject,)).fetchone()
            number = self._numbers[subject] = int(row["case_no"])
        return number


class KeepsRows(Projection[CaseRows]):
    """Hands each event on to the rows."""

    name = "rows"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """One event: of the peer's own cases, or of our log."""
        if isinstance(domain_event, CaseFact):
            self.view.learn(domain_event.originator_id, domain_event.as_fact(), tracking)
        else:
            self._learn_of_case(domain_event, tracking)

    _subjects: Final[dict[Any, str]] = {}

    def _learn_of_case(self, told: Any, tracking: Tracking) -> None:
        subject = self._subjects.get(told.originator_id)
        if subject is None:
            subject = self._subjects[told.originator_id] = told.subject
        self.view.learn(subject, fact_of(told), tracking)


def fact_of(event: Any) -> Fact:
    """What an event of the peer's own cases tells, as the fold reads it."""
    told = event.fact
    data = told["data"]
    return Fact(
        told["kind"], parse_day(data["effective_on"]), told["chain"], event.originator_version, told["known_at"], data,
        told["id"], told["source"], told["recorded_at"], None,
    )  # fmt: skip
