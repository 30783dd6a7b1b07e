"""What an extract said of a child, row by row, as far as it is read: days, codes, yes and no.

A case system hands over only the last months, or the last year. What it said before is kept as such records, so that
a referral that has left its window still opens the case, and a row that is gone can be told from one that was put
right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Self

from pydantic_core import from_json, to_json


@dataclass(frozen=True, slots=True)
class Record:
    """One row of one table of an extract; `table` is its short name there. Days among the values are ordinals."""

    table: str
    values: Mapping[str, Any]
    displaced: bool = False
    """True: a later row of the same child took its place, so that no extract has to hold it any more."""
    unconfirmed: int = 0
    """The day of the last extract that held it, where one after that should have and didn't, but didn't reach back far
    enough to say that it is gone; nor can a later one, until one holds it again. 0 of all others."""
    unread: frozenset[str] = field(default=frozenset(), compare=False)
    """Of a row that was just read: the values that it could not say, for want of the column or of a cell that can be
    read. Not remembered: the row says them as they were known."""

    def day(self, name: str) -> int | None:
        """The day of that name; None where the row has none."""
        value: int | None = self.values.get(name)
        return value

    def with_values(self, **values: Any) -> Self:
        """The same record, with these values instead."""
        return replace(self, values={**self.values, **values})

    def as_known(self, before: Record) -> Self:
        """The row as read, but for what it could not say, which is as it was known."""
        return self.with_values(**{name: before.values[name] for name in self.unread if name in before.values})

    def said_without(self, names: Set[str]) -> Mapping[str, Any]:
        """What it says, but for these values."""
        return {name: value for name, value in self.values.items() if name not in names}

    @property
    def order(self) -> tuple[str, bytes, bool, int]:
        """By table and content, so that the order of rows in a file decides nothing."""
        return self.table, to_json(self.values), self.displaced, self.unconfirmed


def as_text(records: Iterable[Record]) -> str:
    """The records as they are kept in a store."""
    return to_json([[each.table, each.values, *_standing(each)] for each in records]).decode()


def from_text(text: str) -> tuple[Record, ...]:
    """The records that were kept."""
    return tuple(_record(*each) for each in from_json(text))


def _standing(record: Record) -> list[int]:
    flags = [int(record.displaced), record.unconfirmed]
    return flags if record.unconfirmed else flags[: record.displaced]


def _record(table: str, values: Mapping[str, Any], displaced: int = 0, unconfirmed: int = 0) -> Record:
    return Record(table, values, bool(displaced), unconfirmed)
