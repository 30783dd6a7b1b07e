"""The tables of what we know: stays, places and runs, all in integers, and the texts that they number.

Days are ordinals, instants microseconds, texts and clocks numbers of `text` (0 = none). A row held from its
first day to its end (`end_day` excluded), and each became known at an instant: as known at K it stands if
`known_from <= K < known_to`, and its end counts only if `end_known <= K`, else it is still open.

Any question (on a day, as known at K) asks each table at one point p = min(on, London day of K): a row can
only matter where its hull, from `lo` and narrower than 2^`size` days, holds p. So a question costs by the
size of its answer and not by the history.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from domain.days import NO_DAY, NO_INSTANT

OPEN_SIZE: Final = 31
"""The size of a hull that has no end."""

TEXT: Final = "CREATE TABLE text (no INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)"
ROW_TABLES: Final = {
    "stay": """
        CREATE {temp} TABLE stay (
            case_no INTEGER NOT NULL, begun_by INTEGER NOT NULL, known_from INTEGER NOT NULL,
            from_day INTEGER NOT NULL, end_day INTEGER NOT NULL, ended_by INTEGER NOT NULL,
            ending INTEGER NOT NULL, end_known INTEGER NOT NULL, known_to INTEGER NOT NULL,
            lo INTEGER NOT NULL, size INTEGER NOT NULL,
            PRIMARY KEY (case_no, begun_by, known_from)) WITHOUT ROWID""",
    "place": """
        CREATE {temp} TABLE place (
            case_no INTEGER NOT NULL, begun_by INTEGER NOT NULL, known_from INTEGER NOT NULL,
            from_day INTEGER NOT NULL, end_day INTEGER NOT NULL, ended_by INTEGER NOT NULL,
            stay INTEGER NOT NULL, child INTEGER NOT NULL, locality INTEGER NOT NULL, team INTEGER NOT NULL,
            worker INTEGER NOT NULL, cohort INTEGER NOT NULL, tier INTEGER NOT NULL, plans INTEGER NOT NULL,
            end_known INTEGER NOT NULL, known_to INTEGER NOT NULL,
            lo INTEGER NOT NULL, size INTEGER NOT NULL,
            PRIMARY KEY (case_no, begun_by, known_from)) WITHOUT ROWID""",
    "run": """
        CREATE {temp} TABLE run (
            case_no INTEGER NOT NULL, clock INTEGER NOT NULL, begun_by INTEGER NOT NULL,
            known_from INTEGER NOT NULL, run_id INTEGER NOT NULL, baseline INTEGER NOT NULL,
            due INTEGER NOT NULL, measured INTEGER NOT NULL,
            end_day INTEGER NOT NULL, ended_by INTEGER NOT NULL, met INTEGER NOT NULL,
            end_known INTEGER NOT NULL, known_to INTEGER NOT NULL,
            lo INTEGER NOT NULL, size INTEGER NOT NULL,
            PRIMARY KEY (case_no, clock, begun_by, known_from)) WITHOUT ROWID""",
}
_ASKED: Final = {
    "stay": "",
    "place": ", from_day, end_day, end_known, known_to, child, locality, team, worker, cohort, tier, plans",
    "run": ", baseline, due, measured, end_day, end_known, known_to, run_id",
}
"""What questions ask of the rows that a hull finds. Standing in its index, it spares a search of the table for each,
which costs ten times as much as reading on."""
_SUPERSEDED: Final = f"CREATE INDEX {{schema}}run_superseded ON run (known_to) WHERE known_to < {NO_INSTANT}"
"""A run that something else took the place of after it was long over lies in no hull of that day; they are few."""
INDEXES: Final = {
    table: [f"CREATE INDEX {{schema}}{table}_hull ON {table} (size, lo{asked})"] for table, asked in _ASKED.items()
}
INDEXES["run"].append(_SUPERSEDED)
_COLUMNS: Final = {table: re.findall(r"(\w+) INTEGER NOT NULL", create) for table, create in ROW_TABLES.items()}
_KEYS: Final = {table: re.findall(r"PRIMARY KEY \((.+?)\)", create)[0] for table, create in ROW_TABLES.items()}


def create_statements(table: str, *, temporary: bool = False) -> list[str]:
    """The statements that make a row table and its indexes; a temporary one hides the store's own."""
    create = ROW_TABLES[table].format(temp="TEMP" if temporary else "")
    schema = "temp." if temporary else ""
    return [create, *(index.format(schema=schema) for index in INDEXES[table])]


def write_statement(table: str) -> str:
    """Writes a row whole, over the one with the same key."""
    columns, key = _COLUMNS[table], _KEYS[table]
    told = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in key.split(", "))
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {told}"


def hull(
    first_day: int, end_day: int, known_from: int, end_known: int, known_to: int, london_days: Mapping[int, int]
) -> tuple[int, int]:
    """`lo` and `size` of a row: it can matter only at points p with lo <= p < lo + 2^size.

    `london_days` gives the London day of each instant. A question at (on, K) has p = min(on, day(K)). Where the
    row stands, on >= first_day and day(K) >= day(known_from), so p >= lo; day(K) <= day(known_to), and either
    the end counts and on < end_day, or K < end_known; so p < hi.
    """
    known_day = london_days[known_from]
    lo = first_day if first_day < known_day else known_day
    if end_day >= NO_DAY and known_to >= NO_INSTANT:
        return lo, OPEN_SIZE
    hi = min(max(end_day, london_days[end_known] + 1), london_days[known_to] + 1)
    return lo, OPEN_SIZE if hi >= NO_DAY else (hi - lo).bit_length()
