"""Where a row that is kept is not what the facts say: which case it is about, what is wrong, and by which facts.

Somebody has to look into each such difference, so it is told in words: the values that differ, and the facts that
began and ended what the row is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from domain.clocks import Rules, plans_on
from domain.days import NO_DAY, NO_INSTANT, format_day, format_instant
from domain.vocabulary import ALLOCATION_KEYS, TIERS
from projections.connection import Connection
from projections.rows import ENDINGS, format_run_id
from projections.schema import ROW_TABLES
from projections.texts import Texts
from projections.whole import PassingTexts, Told, rows_of

Values = tuple[int, ...]
Words = dict[str, str | None]
_KEY: Final = {"stay": 3, "place": 3, "run": 4}
"""How many columns, the first of each table, say which row it is."""
_OF_NO_INTEREST: Final = frozenset(("case_no", "clock", "lo", "size"))
"""Of a row that is missing, or is too many: what is told already, or only says where to find it."""


class Difference(NamedTuple):
    """A row that is kept, and what the facts say of it; None where the one or the other has no such row."""

    table: str
    case_no: int
    kept: Values | None
    folded: Values | None


class DifferenceInWords(NamedTuple):
    """The same for people; of two rows only the values that differ."""

    table: str
    case: str
    clock: str | None
    kept: Words | None
    folded: Words | None
    because: tuple[str, ...]
    """The ids of the facts (the first links of their chains) that began and ended what the row is about."""


def differences(
    connection: Connection, rules: Rules, texts: Texts, cases: Iterable[Told], numbers: range
) -> list[Difference]:
    """What differs between the rows kept of the cases of these numbers and a whole fold of the cases.

    Rows of a case that is none of the cases are among them.
    """
    found = []
    for table, folded in rows_of(rules, texts, cases).items():
        kept = connection.execute(
            f"SELECT * FROM {table} WHERE case_no >= ? AND case_no < ?", (numbers.start, numbers.stop)
        )
        length = _KEY[table]
        ours = {row[:length]: row for row in kept}
        theirs = {row[:length]: row for row in folded}
        if ours != theirs:
            keys = sorted(key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key))
            found += [Difference(table, key[0], ours.get(key), theirs.get(key)) for key in keys]
    return found


def in_words(
    connection: Connection, texts: PassingTexts, cases: Iterable[Told], found: Iterable[Difference]
) -> list[DifferenceInWords]:
    """The differences told for people."""
    by_number = {case.case_no: case for case in cases}
    columns = {table: _columns(connection, table) for table in ROW_TABLES}
    names = _Names(connection, texts)
    return [
        _told(difference, by_number.get(difference.case_no), columns[difference.table], names) for difference in found
    ]


def _told(difference: Difference, case: Told | None, columns: Sequence[str], names: _Names) -> DifferenceInWords:
    table, case_no, *both = difference
    rows = [dict(zip(columns, values, strict=True)) for values in both if values is not None]
    if len(rows) == 1:
        differ = [column for column in columns if column not in _OF_NO_INTEREST]
    else:
        differ = [column for column in columns if rows[0][column] != rows[1][column]]
    kept, folded = (
        None if values is None else {column: names.word(column, row[column]) for column in differ}
        for values in both
        for row in [dict(zip(columns, values or (), strict=False))]
    )
    facts = {} if case is None else {fact.version: fact.id for fact in case.facts}
    by = [rows[0]["begun_by"], *sorted({row["ended_by"] for row in rows})]
    return DifferenceInWords(
        table,
        f"number {case_no}" if case is None else case.subject,
        names.word("clock", rows[0]["clock"]) if table == "run" else None,
        kept,
        folded,
        tuple(facts[version] for version in by if version in facts),
    )


def _columns(connection: Connection, table: str) -> list[str]:
    return [column[0] for column in connection.execute(f"SELECT * FROM {table} LIMIT 0").description]


class _Names:
    """Values of rows in words; one that can't be read as what it should be is told as the number that it is."""

    def __init__(self, connection: Connection, texts: PassingTexts) -> None:
        self._connection = connection
        self._texts = texts

    def word(self, column: str, value: int) -> str | None:
        if column in _TEXTS:
            return self._text(value)
        with suppress(ValueError, OverflowError, LookupError):
            return _WORDS[column](value)
        return str(value)

    def _text(self, number: int) -> str | None:
        if number == 0:
            return None
        row = self._connection.execute("SELECT text FROM text WHERE no = ?", (number,)).fetchone()
        return self._texts.text(number) or str(number) if row is None else str(row[0])


def _day(day: int) -> str | None:
    return None if day == NO_DAY else format_day(day)


def _instant(instant: int) -> str | None:
    return None if instant == NO_INSTANT else format_instant(instant)


def _truth(value: int) -> str:
    return {0: "no", 1: "yes"}[value]


_TEXTS: Final = frozenset(("child", *ALLOCATION_KEYS, "clock"))
_WORDS: Final[Mapping[str, Callable[[int], str | None]]] = {
    **dict.fromkeys(("from_day", "end_day", "baseline", "due"), _day),
    **dict.fromkeys(("known_from", "end_known", "known_to"), _instant),
    **dict.fromkeys(("measured", "met"), _truth),
    "run_id": format_run_id,
    "tier": lambda number: TIERS[number],
    "plans": lambda mask: ", ".join(plans_on(mask)) or None,
    "ending": lambda number: {no: how for how, no in ENDINGS.items()}[number],
}
