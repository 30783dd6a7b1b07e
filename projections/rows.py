"""Rows on their way into the store: one batch's differences, each row written whole and once.

A row that began and ended within a batch is one write. Every row is known by its case, what it is about,
the fact that began it and the instant from which it was known.
"""

from __future__ import annotations

import hashlib
from sqlite3 import Connection
from typing import Any, Final

from domain.clocks import Rules
from domain.days import NO_DAY
from domain.fold import PLACE, STAY, Ended
from domain.vocabulary import TIERS
from projections.case_view import CaseView, Key, Row
from projections.schema import hull, write_statement
from projections.texts import Texts

TIER_NO: Final = {tier: number for number, tier in enumerate(TIERS)}
ENDINGS: Final = {None: 0, "closed": 1, "stepped_out": 2}


def run_id(case: str, clock: str, source: str, fact: str) -> int:
    """A run's id: a function of its case, its clock and the first link of the fact that began it."""
    named = "\x1f".join((case, clock, source, fact)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(named, digest_size=8).digest(), signed=True)


def format_run_id(number: int) -> str:
    """A run's id as it is shown: 16 hexadecimal digits."""
    return f"{number & 0xFFFF_FFFF_FFFF_FFFF:016x}"


class RowWriter:
    """Gathers rows and writes them in one go; the caller owns the transaction."""

    def __init__(self, connection: Connection, texts: Texts, rules: Rules, *, only_runs: bool = False) -> None:
        self._connection = connection
        self._texts = texts
        self._rules = rules
        self._only_runs = only_runs
        self._pending: dict[str, dict[Any, tuple[int, ...]]] = {"stay": {}, "place": {}, "run": {}}

    def put(self, view: CaseView, key: Key, row: Row, known_to: int) -> None:
        """Write the row as it now is; the last writing of a row within a batch counts."""
        subject, begun_by = key
        if subject >= 0:
            table, values = "run", self._run(view, subject, begun_by, row, known_to)
        elif self._only_runs:
            return
        elif subject == PLACE:
            table, values = "place", self._place(view, begun_by, row, known_to)
        else:
            assert subject == STAY
            table, values = "stay", self._stay(view, begun_by, row, known_to)
        self._pending[table][view.case_no, subject, begun_by, row.known_from] = values

    def flush(self) -> None:
        """Write what was gathered."""
        for table, rows in self._pending.items():
            if rows:
                self._connection.executemany(write_statement(table), rows.values())
                rows.clear()

    def discard(self) -> None:
        """Let go of what was gathered."""
        for rows in self._pending.values():
            rows.clear()

    def _stay(self, view: CaseView, begun_by: int, row: Row, known_to: int) -> tuple[int, ...]:
        day, (end, by, how) = row.begun.day, _end(row.ended)
        known = row.known_from, row.end_known, known_to
        return (
            view.case_no,
            begun_by,
            row.known_from,
            day,
            end,
            by,
            ENDINGS[how],
            *known[1:],
            *hull(day, end, *known),
        )

    def _place(self, view: CaseView, begun_by: int, row: Row, known_to: int) -> tuple[int, ...]:
        number = self._texts.number
        day, place = row.begun
        end, by, _ = _end(row.ended)
        known = row.known_from, row.end_known, known_to
        return (
            view.case_no, begun_by, row.known_from, day, end, by,
            place.stay, number(place.child), number(place.locality), number(place.team),
            number(place.worker), number(place.cohort), TIER_NO[place.tier], place.plans,
            row.end_known, known_to, *hull(day, end, *known),
        )  # fmt: skip

    def _run(self, view: CaseView, clock_number: int, begun_by: int, row: Row, known_to: int) -> tuple[int, ...]:
        clock = self._rules.clocks[clock_number].id
        baseline, due, measured = row.begun
        end, by, met = _end(row.ended)
        if row.run_id is None:
            row.run_id = run_id(view.subject, clock, *view.name(begun_by))
        known = row.known_from, row.end_known, known_to
        return (
            view.case_no, self._texts.number(clock), begun_by, row.known_from,
            row.run_id, baseline, due, int(measured),
            end, by, int(bool(met)), row.end_known, known_to, *hull(baseline, end, *known),
        )  # fmt: skip


def _end(ended: Ended | None) -> tuple[int, int, Any]:
    return (NO_DAY, 0, None) if ended is None else ended
