"""The tables of a store, said once for every kind of database, and what brings an older store to today's.

Numbers are INTEGER, texts TEXT, bytes BLOB; `INTEGER PRIMARY KEY` numbers itself. The log's own tables are the
`eventsourcing` library's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from projections.schema import INDEXES, ROW_TABLES, TEXT, create_statements
from streams.identity import IDENTITY
from streams.outbox import OUTBOX_TABLES
from streams.sources.held import EXTRACT
from streams.sources.remembered import REMEMBERED

SCHEMA: Final = 4
"""The version of the tables; a store says which it has. An older one is brought up to it when it is opened,
a newer one is refused in words."""
META: Final = "CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
"""Values under names; a database that asks for one type of value keeps them as JSON."""
_QUARANTINE_ORIGIN: Final = ("kafka_topic TEXT", "kafka_partition INTEGER", "kafka_offset INTEGER")
"""Where a message came from that was not accepted; a line of a file came from nowhere of that kind."""
_WAITING_INDEX: Final = "CREATE INDEX quarantine_waiting ON quarantine (number) WHERE reason = 'target-unknown'"
"""Those that wait are looked up with every batch, also where a flood of others was refused."""
_TABLES: Final = (
    """CREATE TABLE cases (
        case_no INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL, known_at INTEGER NOT NULL)""",
    "CREATE TABLE source (no INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE)",
    """CREATE TABLE inbox (
        source_no INTEGER NOT NULL, id TEXT NOT NULL,
        case_no INTEGER NOT NULL, version INTEGER NOT NULL, chain INTEGER NOT NULL,
        PRIMARY KEY (source_no, id)) WITHOUT ROWID""",
    f"""CREATE TABLE quarantine (
        number INTEGER PRIMARY KEY AUTOINCREMENT, reason TEXT NOT NULL, detail TEXT NOT NULL,
        received_at INTEGER NOT NULL, source TEXT, length INTEGER NOT NULL, sha256 TEXT NOT NULL UNIQUE,
        raw BLOB NOT NULL, backfill INTEGER NOT NULL DEFAULT 0, {", ".join(_QUARANTINE_ORIGIN)})""",
    _WAITING_INDEX,
    TEXT,
    IDENTITY,
    EXTRACT,
    REMEMBERED,
    *OUTBOX_TABLES,
)
_EXTRACT_OF_3: Final = """
CREATE TABLE IF NOT EXISTS extract (
    source TEXT NOT NULL, kind TEXT NOT NULL, taken INTEGER NOT NULL, sha256 TEXT NOT NULL,
    PRIMARY KEY (source, taken)
)
"""
UPGRADES: Final = {
    1: (
        "ALTER TABLE quarantine ADD COLUMN backfill INTEGER NOT NULL DEFAULT 0",
        "DELETE FROM meta WHERE key = 'views_policy'",  # runs are named anew: the views are folded anew
        *(f"DROP INDEX IF EXISTS {table}_hull" for table in ("place", "run")),
        *(index.format(schema="") for table in ("place", "run") for index in INDEXES[table]),
    ),
    2: (
        *(f"ALTER TABLE quarantine ADD COLUMN {column}" for column in _QUARANTINE_ORIGIN),
        _WAITING_INDEX,
        IDENTITY,
        _EXTRACT_OF_3,
        *OUTBOX_TABLES,
    ),
    3: (
        "ALTER TABLE extract ADD COLUMN whole INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE extract ADD COLUMN lists TEXT NOT NULL DEFAULT '[]'",
        REMEMBERED,
    ),
}
"""What brings a store of a version to the next."""


def tables() -> Iterator[str]:
    """The statements that make a store's tables, but for `meta` and the log's own."""
    yield from _TABLES
    for table in ROW_TABLES:
        yield from create_statements(table)
