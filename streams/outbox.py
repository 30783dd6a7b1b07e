"""The outbox: what is to be sent, written in the transaction of what it tells of, and sent afterwards.

So nothing is told that did not happen, and whatever happened is told, though the broker be away for a day or the
sender be killed. What is sent twice over such a death has the same id both times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from projections.connection import Connection

OUTBOX_TABLES: Final = (
    """CREATE TABLE outbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL,
        message BLOB NOT NULL)""",
    """CREATE TABLE told_counts (
        locality TEXT NOT NULL, tier TEXT NOT NULL, open_cases INTEGER NOT NULL, open_children INTEGER NOT NULL,
        PRIMARY KEY (locality, tier)) WITHOUT ROWID""",
    """CREATE TABLE told_alerts (
        run_id INTEGER PRIMARY KEY, case_no INTEGER NOT NULL, line TEXT NOT NULL)""",
    "CREATE INDEX told_alerts_case ON told_alerts (case_no)",
)
"""The tables, as a store makes them: what is to be sent; the open counts last told, each group once; and the alerts
that those who listen hold as raised."""


class Outgoing(NamedTuple):
    """One message on its way: to which topic, under which key, and what it says."""

    topic: str
    key: str
    id: str
    message: bytes


class Sent(NamedTuple):
    """A message of the outbox, with the number under which it stands there."""

    number: int
    topic: str
    key: str
    message: bytes


def put_out(connection: Connection, messages: Iterable[Outgoing]) -> None:
    """Add messages to the outbox, in the transaction that is open."""
    connection.executemany("INSERT INTO outbox (topic, key, id, message) VALUES (?, ?, ?, ?)", list(messages))


def oldest(connection: Connection, limit: int) -> list[Sent]:
    """The messages that have waited longest, in the order in which they are to be sent."""
    rows = connection.execute("SELECT number, topic, key, message FROM outbox ORDER BY number LIMIT ?", (limit,))
    return [Sent(number, topic, key, bytes(message)) for number, topic, key, message in rows]


def let_go(connection: Connection, numbers: Sequence[int]) -> None:
    """Take what was sent out of the outbox, in the transaction that is open."""
    connection.executemany("DELETE FROM outbox WHERE number = ?", [(number,) for number in numbers])


def waiting_to_be_sent(connection: Connection) -> int:
    """How many messages are in the outbox."""
    return int(connection.execute("SELECT count(*) FROM outbox").fetchone()[0])
