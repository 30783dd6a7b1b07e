"""What extracts have said of each child so far, kept beside the log for as long as further extracts come.

It holds what the facts hold, row by row: days, codes and who held a case, under the child's reference. It decides
nothing by itself: whatever is told is held against the log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from pydantic_core import to_json

from projections.connection import Connection
from streams.sources.records import Record, as_text, from_text

REMEMBERED: Final = """
CREATE TABLE IF NOT EXISTS remembered (
    source TEXT NOT NULL,
    reference TEXT NOT NULL,
    records TEXT NOT NULL,
    PRIMARY KEY (source, reference)
) WITHOUT ROWID
"""
"""The table, as a store makes it."""
_AT_ONCE: Final = 500


class Remembered:
    """The records of one source. What is written is left uncommitted: the caller commits."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection = connection
        self._source = source

    def of(self, references: Collection[str]) -> Mapping[str, tuple[Record, ...]]:
        """What is known of these children; those of whom nothing is known are left out."""
        found = self._connection.execute(
            "SELECT reference, records FROM remembered"
            " WHERE source = ? AND reference IN (SELECT value FROM json_each(?))",
            (self._source, to_json(sorted(references)).decode()),
        )
        return {reference: from_text(text) for reference, text in found}

    def others(self, seen: Collection[str]) -> Iterator[list[str]]:
        """All children of whom something is known but for those seen, some at a time."""
        after = ""
        while True:
            page = self._connection.execute(
                "SELECT reference FROM remembered WHERE source = ? AND reference > ? ORDER BY reference LIMIT ?",
                (self._source, after, _AT_ONCE),
            ).fetchall()
            if not page:
                return
            after = page[-1][0]
            yield [reference for (reference,) in page if reference not in seen]

    def keep(self, records: Iterable[tuple[str, Iterable[Record]]]) -> None:
        """Keep what is known now of these children."""
        self._connection.executemany(
            "INSERT INTO remembered VALUES (?, ?, ?)"
            " ON CONFLICT (source, reference) DO UPDATE SET records = excluded.records",
            [(self._source, reference, as_text(each)) for reference, each in records],
        )

    def forget(self) -> None:
        """Forget all of the source."""
        self._connection.execute("DELETE FROM remembered WHERE source = ?", (self._source,))
