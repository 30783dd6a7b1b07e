"""Which extract a store holds. An extract tells everything anew, so the next one means something only beside
the last.

The same file may be loaded again: it tells the same facts, at the same instant, and changes nothing.
"""

from __future__ import annotations

from typing import Final

from domain.days import format_instant
from projections.connection import Connection
from streams.sources.extract import Extract

EXTRACT: Final = """
CREATE TABLE IF NOT EXISTS extract (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    taken INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (source, taken)
)
"""
"""The table, as a store makes it."""


class ExtractNotTaken(Exception):
    """The store holds another extract, so that this one is not loaded (exit 2); the message says which."""


class ExtractsHeld:
    """The extracts that a store holds, in its table. What is recorded is left uncommitted: the caller commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, extract: Extract) -> Extract:
        """The extract to load: as it is on a first load; with its first T where this very file is held
        already.

        ExtractNotTaken where the store holds another kind, another extract of this kind, or this one as taken at
        another instant than was asked. One of which nothing was accepted is as if it had never come. To be called,
        and committed, before any fact of it is taken on: a load that was cut short may then be run again.
        """
        rows = self._connection.execute("SELECT source, kind, taken, sha256 FROM extract ORDER BY taken").fetchall()
        for source, kind, taken, sha256 in rows:
            same = (source, kind, sha256) == (extract.source, extract.kind, extract.sha256)
            if same and (extract.taken_by != "asked" or extract.taken == taken):
                return extract.as_taken(taken)
            if self._accepted(source):
                raise ExtractNotTaken(_why_not(extract, source, kind, taken, same))
            self._connection.execute("DELETE FROM extract WHERE source = ? AND taken = ?", (source, taken))
        self._connection.execute(
            "INSERT INTO extract VALUES (?, ?, ?, ?)",
            (extract.source, extract.kind, extract.taken, extract.sha256),
        )
        return extract

    def holds(self, extract: Extract) -> bool:
        """Whether it is still the one that was taken: until something of it is accepted, another may take its place."""
        found = "SELECT 1 FROM extract WHERE source = ? AND taken = ? AND sha256 = ?"
        row = self._connection.execute(found, (extract.source, extract.taken, extract.sha256)).fetchone()
        return row is not None

    def _accepted(self, source: str) -> bool:
        found = "SELECT 1 FROM source JOIN inbox ON inbox.source_no = source.no WHERE source.source = ? LIMIT 1"
        return self._connection.execute(found, (source,)).fetchone() is not None


def _why_not(extract: Extract, source: str, kind: str, taken: int, same: bool) -> str:
    if kind != extract.kind:
        return f"this store holds extracts of the kind {kind}, not {extract.kind}"
    if same:
        return (
            f"this store holds this very extract as taken at {format_instant(taken)}, which --taken can't change; "
            "leave --taken out, or load it into a store of its own"
        )
    return (
        f"later loads are not supported yet: this store holds another extract, of {source}; "
        "load this one into a store of its own"
    )
