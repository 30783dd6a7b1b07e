"""One moment of a question, (on a day, as known at an instant), and how the rows that stood then are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.days import london_day
from domain.vocabulary import TIERS, GroupKey
from projections.connection import Connection
from projections.schema import OPEN_SIZE

_SIZES: Final = ",".join(f"({size},{1 << size})" for size in range(OPEN_SIZE)) + f",({OPEN_SIZE},{1 << 40})"
WITH_SIZES: Final = f"WITH sized(size, width) AS (VALUES {_SIZES})"


@dataclass(frozen=True, slots=True)
class Moment:
    """On a day (ordinal), as known at an instant (microseconds)."""

    on: int
    known: int

    @property
    def parameters(self) -> dict[str, int]:
        """What the conditions below name."""
        return {"on": self.on, "known": self.known, "point": min(self.on, london_day(self.known))}


def near(table: str, alias: str) -> str:
    """Joins a table's rows that can matter at the moment, by their hull."""
    return (
        f"sized CROSS JOIN {table} AS {alias} ON {alias}.size = sized.size"
        f" AND {alias}.lo BETWEEN :point - sized.width AND :point"
    )


def stands(alias: str, first_day: str) -> str:
    """Whether a row, as known at the instant, holds on the day."""
    return (
        f"{alias}.known_from <= :known AND {alias}.known_to > :known AND {alias}.{first_day} <= :on"
        f" AND ({alias}.end_day > :on OR {alias}.end_known > :known)"
    )


PLACES: Final = f"{near('place', 'p')} WHERE {stands('p', 'from_day')}"
"""The places of the cases open on the day: one a case."""
RUNS: Final = f"{near('run', 'r')} WHERE {stands('r', 'baseline')}"
"""The runs that are on at the end of the day."""


def columns(by: Sequence[GroupKey]) -> str:
    """The columns of a grouping."""
    return ", ".join(f"p.{key}" for key in by)


class Names(dict[int, str | None]):
    """What the numbers in rows stand for, looked up once each."""

    def __init__(self, connection: Connection) -> None:
        super().__init__({0: None})
        self._connection = connection

    def __missing__(self, number: int) -> str | None:
        name: str
        (name,) = self._connection.execute("SELECT text FROM text WHERE no = ?", (number,)).fetchone()
        self[number] = name
        return name

    def group(self, by: Sequence[GroupKey], numbers: Sequence[int]) -> dict[str, str | None]:
        """A group's values by their keys."""
        return {key: TIERS[number] if key == "tier" else self[number] for key, number in zip(by, numbers, strict=True)}


def in_group_order(by: Sequence[GroupKey], row: Mapping[str, Any]) -> tuple[tuple[bool, str], ...]:
    """The order of groups: by their values, null last; text by code point."""
    return tuple((row[key] is None, row[key] or "") for key in by)
