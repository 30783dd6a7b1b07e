"""Which extract a store holds. An extract tells everything anew, so the next one means something only beside
the last.

The same file may be loaded again: it tells the same facts, at the same instant, and changes nothing.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from streams.sources.extract import Extract

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS extract (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    taken INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (source, taken)
)
"""


class ExtractNotTaken(Exception):
    """The store holds another extract, so that this one is not loaded (exit 2); the message says which."""


class ExtractsHeld:
    """The extracts that a store's SQLite holds. What it records is left uncommitted: the caller commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute(_TABLE)

    def take(self, extract: Extract) -> Extract:
        """The extract to load: as it is on a first load; with its first T where this very file is held
        already.

        ExtractNotTaken where the store holds another kind, or another extract of this kind. To be called, and
        committed, before any fact of it is taken on: a load that was cut short may then be run again.
        """
        rows = self._connection.execute("SELECT source, kind, taken, sha256 FROM extract ORDER BY taken").fetchall()
        for source, kind, taken, sha256 in rows:
            if kind != extract.kind:
                raise ExtractNotTaken(f"this store holds extracts of the kind {kind}, not {extract.kind}")
            if (source, sha256) == (extract.source, extract.sha256):
                return extract.as_taken(taken)
        if rows:
            raise ExtractNotTaken(
                f"later loads are not supported yet: this store holds another extract, of {rows[-1][0]}; "
                "load this one into a store of its own"
            )
        self._connection.execute(
            "INSERT INTO extract VALUES (?, ?, ?, ?)",
            (extract.source, extract.kind, extract.taken, extract.sha256),
        )
        return extract
