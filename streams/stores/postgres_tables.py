"""The tables of a store in PostgreSQL, and who may do what with them.

Four roles, each with no more rights than its work asks for: whoever migrates owns the tables; a worker accepts facts
and can't change one; a feed folds and sends; a reader asks. People and processes log in under names of their own that
are given one of these roles.
"""

from __future__ import annotations

import json
from typing import Final

from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore, PostgresTrackingRecorder
from psycopg.errors import LockNotAvailable

from projections.schema import ROW_TABLES
from streams.errors import OutOfReach, StoreHeld
from streams.stores.postgres_connection import PostgresConnection
from streams.stores.tables import SCHEMA, UPGRADES, tables

_META: Final = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
"""A value is kept as JSON: a number or a text."""
_TURN: Final = ("CREATE TABLE turn (number INTEGER NOT NULL)", "INSERT INTO turn VALUES (0)")
"""How many transactions the log's lock has seen."""
_ROWS: Final = ", ".join((*ROW_TABLES, "text"))
_LOG: Final = "stored_events, cases, inbox, source, meta, tracking"
_WITHOUT_RAW: Final = (
    "number, reason, detail, received_at, source, length, sha256, backfill, kafka_topic, kafka_partition, kafka_offset"
)
"""Of the quarantine, all but what was sent: there may be anything in it."""
_GRANTS: Final = {
    "casedrift_reader": (f"SELECT ON {_LOG}, {_ROWS}", f"SELECT ({_WITHOUT_RAW}) ON quarantine"),
    "casedrift_worker": (
        f"SELECT ON {_LOG}, quarantine, turn",
        "INSERT ON stored_events, inbox, cases, source, quarantine, meta, outbox",
        "UPDATE ON cases, quarantine, meta, turn",
        "DELETE ON quarantine",
        "USAGE ON ALL SEQUENCES IN SCHEMA public",
    ),
    "casedrift_feed": (
        f"SELECT ON {_LOG}, {_ROWS}, outbox, told_counts, told_alerts",
        f"SELECT ({_WITHOUT_RAW}) ON quarantine",
        f"INSERT, UPDATE, DELETE ON {_ROWS}, tracking, meta, outbox, told_counts, told_alerts",
        "USAGE ON ALL SEQUENCES IN SCHEMA public",
    ),
}
"""Of each role, what it may do. The log and the inbox are only ever added to; who is who only its owner may read."""
ROLES: Final = tuple(_GRANTS)
UPGRADES_WITHIN: Final = 10
"""Seconds that an upgrade waits for a table: behind it everybody else who opens the store waits too."""


def is_made(connection: PostgresConnection) -> bool:
    """Whether the database holds a store."""
    return connection.execute("SELECT to_regclass('public.meta')").fetchone()[0] is not None


def create(connection: PostgresConnection, datastore: PostgresDatastore) -> None:
    """Make every table, in the transaction that is open."""
    cursor = connection.raw.cursor()
    events = PostgresApplicationRecorder(datastore)
    events.sql_create_statements.pop(events.create_insert_function_statement_index)  # it would lose the views' place
    events._create_table(cursor)
    PostgresTrackingRecorder(datastore, tracking_table_name="tracking")._create_table(cursor)
    connection.execute("ALTER TABLE stored_events ALTER COLUMN originator_id TYPE TEXT")
    for statement in (_META, *_TURN, *tables()):
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('schema', ?)", (json.dumps(SCHEMA),))


def upgrade(connection: PostgresConnection, name: str) -> None:
    """Bring an older store's tables to this version, in one transaction. OutOfReach where it is a newer one; StoreHeld
    where somebody goes on using the older one's."""
    version = _version(connection)
    if version > SCHEMA:
        raise OutOfReach(
            f"{name}: made by a newer casedrift (store version {version}, this one reads {SCHEMA}); upgrade casedrift"
        )
    if version == SCHEMA:
        return
    try:
        with connection.raw.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{UPGRADES_WITHIN}s'")
            connection.execute("LOCK TABLE meta IN ACCESS EXCLUSIVE MODE")
            for each in range(_version(connection), SCHEMA):  # read again: another process may have been first
                for statement in UPGRADES[each]:
                    connection.execute(statement)
            connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (json.dumps(SCHEMA),))
    except LockNotAvailable as error:
        raise StoreHeld(
            f"{name}: its tables can't be brought to this version while another process reads or writes them (a backup,"
            " a rebuild, a long question); nothing was changed; wait for it, or end it, and try again"
        ) from error


def grant(connection: PostgresConnection) -> list[str]:
    """Make the roles that are missing and give each what it may do, in the transaction that is open; their names."""
    for role, rights in _GRANTS.items():
        there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (role,)).fetchone()
        if there is None:
            connection.execute(f"CREATE ROLE {role} NOLOGIN")
        for each in rights:
            connection.execute(f"GRANT {each} TO {role}")
        database = connection.execute("SELECT quote_ident(current_database())").fetchone()[0]
        connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}")
        connection.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    return list(_GRANTS)


def _version(connection: PostgresConnection) -> int:
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    return int(row[0]) if row else 0
