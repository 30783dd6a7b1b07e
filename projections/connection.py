"""The connection over which rows are written and questions asked, as far as anybody here may know it.

Whoever opens a store hands one in: SQLite's own, or one that says the same plain SQL to PostgreSQL. Rows come as
tuples, parameters stand as `?` or by name (`:on`), whole numbers and texts are all that is in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

Parameters = Sequence[Any] | Mapping[str, Any]


class Answer(Protocol):
    """The rows that a statement gives."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...

    @property
    def rowcount(self) -> int:
        """How many rows a change has changed."""

    @property
    def description(self) -> Any:
        """What each column is, its name first."""


class Connection(Protocol):
    """A connection to a store's database; whoever opened it begins and ends its transactions."""

    def execute(self, sql: str, parameters: Parameters = ..., /) -> Answer:
        """Run one statement."""

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> object:
        """Run one statement for each of the rows."""
