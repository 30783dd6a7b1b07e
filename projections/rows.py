"""Rows on their way into the store: one batch's differences, each row written whole and once.

A row that began and ended within a batch is one write. Every row is known by its case, what it is about,
the fact that began it and the instant from which it was known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from domain.clocks import Rules
from domain.days import NO_DAY, london_day
from domain.fold import PLACE, STAY
from domain.vocabulary import TIERS
from projections.case_view import CaseView, Key, Row
from projections.connection import Connection
from projections.schema import hull, write_statement
from projections.texts import Texts

TIER_NO: Final = {tier: number for number, tier in enumerate(TIERS)}
ENDINGS: Final[dict[Any, int]] = {None: 0, "closed": 1, "stepped_out": 2}


def run_id(case: str, clock: str, source: str, fact: str) -> int:
    """A run's id: a function of its case, its clock and the first link of the fact that began it."""
    # each text with its length before it, so that no two lists of texts are written alike
    named = f"{len(case)}:{case}{len(clock)}:{clock}{len(source)}:{source}{fact}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(named, digest_size=8).digest(), signed=True)


def format_run_id(number: int) -> str:
    """A run's id as it is shown: 16 hexadecimal digits."""
    return f"{number & 0xFFFF_FFFF_FFFF_FFFF:016x}"


TableRows = dict[str, list[tuple[int, ...]]]
"""Rows as the tables hold them, by table."""


class RowGatherer:
    """Gathers rows, to be handed on in one go, each as it is by then."""

    def __init__(self, texts: Texts, rules: Rules, *, only_runs: bool = False) -> None:
        self._texts = texts
        self._only_runs = only_runs
        self._gathered: list[tuple[CaseView, Key, Row]] = []
        self._clocks = [clock.id for clock in rules.clocks]

    def put(self, view: CaseView, key: Key, row: Row) -> None:
        """Hand the row on with the rest; one that is put twice before then is handed on once."""
        if not row.put:
            row.put = True
            self._gathered.append((view, key, row))

    def take(self) -> TableRows:
        """What was gathered, as the tables are to hold it."""
        tables: TableRows = {"stay": [], "place": [], "run": []}
        stays, places, runs = tables.values()
        days = _Days()
        for view, (subject, begun_by), row in self._gathered:
            row.put = False
            if subject >= 0:
                runs.append(self._run(view, subject, begun_by, row, days))
            elif self._only_runs:
                continue
            elif subject == PLACE:
                places.append(self._place(view, begun_by, row, days))
            else:
                assert subject == STAY
                stays.append(self._stay(view, begun_by, row, days))
        self._gathered.clear()
        return tables

    def discard(self) -> None:
        """Let go of what was gathered."""
        for _, _, row in self._gathered:
            row.put = False
        self._gathered.clear()

    @staticmethod
    def _stay(view: CaseView, begun_by: int, row: Row, days: _Days) -> tuple[int, ...]:
        day, (end, by, how) = row.begun, row.ended or _OPEN
        known = row.known_from, row.end_known, row.known_to
        return (
            view.case_no, begun_by, row.known_from, day, end, by, ENDINGS[how],
            row.end_known, row.known_to, *hull(day, end, *known, days),
        )  # fmt: skip

    def _place(self, view: CaseView, begun_by: int, row: Row, days: _Days) -> tuple[int, ...]:
        number = self._texts.number
        (day, place), (end, by, _) = row.begun, row.ended or _OPEN
        known = row.known_from, row.end_known, row.known_to
        return (
            view.case_no, begun_by, row.known_from, day, end, by,
            place.stay, number(place.child), number(place.locality), number(place.team),
            number(place.worker), number(place.cohort), TIER_NO[place.tier], place.plans,
            row.end_known, row.known_to, *hull(day, end, *known, days),
        )  # fmt: skip

    def _run(self, view: CaseView, clock_number: int, begun_by: int, row: Row, days: _Days) -> tuple[int, ...]:
        clock = self._clocks[clock_number]
        (baseline, due, measured), (end, by, met) = row.begun, row.ended or _OPEN
        if row.run_id is None:
            row.run_id = run_id(view.subject, clock, *view.name(begun_by))
        known_from, end_known, known_to = row.known_from, row.end_known, row.known_to
        return (
            view.case_no, self._texts.number(clock), begun_by, known_from,
            row.run_id, baseline, due, int(measured),
            end, by, int(bool(met)), end_known, known_to, *hull(baseline, end, known_from, end_known, known_to, days),
        )  # fmt: skip


class RowWriter(RowGatherer):
    """Gathers rows and writes them in one go; the caller owns the transaction."""

    def __init__(self, connection: Connection, texts: Texts, rules: Rules) -> None:
        super().__init__(texts, rules)
        self._connection = connection

    def flush(self) -> None:
        """Write what was gathered."""
        self._texts.prepare(self._new_texts())
        for table, rows in self.take().items():
            self._connection.executemany(write_statement(table), rows)

    def _new_texts(self) -> Iterator[str | None]:
        """The texts that the rows of places name, and may be named for the first time."""
        for _, (subject, _), row in self._gathered:
            if subject == PLACE:
                _, place = row.begun
                yield from (place.child, place.locality, place.team, place.worker, place.cohort)


class _Days(dict[int, int]):
    """The London day of each instant that the rows of one writing name: many share one."""

    def __missing__(self, instant: int) -> int:
        day = self[instant] = london_day(instant)
        return day


_OPEN: Final = (NO_DAY, 0, None)
"""In place of an end that is not known."""
