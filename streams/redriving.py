"""What was refused gets a second chance, or is let go: people put it right, or decide that it is of no use.

A misspelt type may be known to today's reader, a fact sent too early is so no longer, a conflict may have been
settled. What a fact that is redriven comes to is settled by the same intake as any other's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Set
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final

from projections.connection import Connection
from projections.views import CaseFacts
from streams.cloudevents import read_lines
from streams.errors import WrongInput
from streams.intake import Intake, Tally
from streams.quarantine import WAITING
from streams.raw import LONGEST
from streams.refused_rows import OF_LINES

_REDRIVEN: Final = "redriven"
"""The reason of what is being read again, within the transaction; what keeps it was accepted or known already."""
_AT_ONCE: Final = 500
"""Lines read again together; each may have 64 KiB."""


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of what was redriven, and how much of it could not be read again at all."""

    tally: Tally
    of_extracts: int
    too_long: int


def redrive(
    connection: Connection, intake: Intake, numbers: Set[int] | None, hand_on: Callable[[list[CaseFacts]], None]
) -> Redriven:
    """Read again what was refused (these numbers, or with None all), by number, each live or as history as it came.

    What is accepted now, or known already, leaves the quarantine; the rest stays under its number. One that waits is
    taken up by itself, or here, where an older program has passed it over. The caller owns the transaction. WrongInput
    for a number that is not there, or that waits.
    """
    chosen = _chosen(connection, numbers)
    whole = [(number, reason) for number, reason, length in chosen if length <= LONGEST]
    again = [(_REDRIVEN, number) for number, reason in whole if reason in OF_LINES]
    overdue = [(_REDRIVEN, number) for number in intake.overdue()] if numbers is None else []
    connection.executemany("UPDATE quarantine SET reason = ? WHERE number = ?", again + overdue)
    intake.forget()
    for lines, backfill in _batches(connection):
        hand_on(intake.take(read_lines(lines), backfill=backfill))
    connection.execute("DELETE FROM quarantine WHERE reason = ?", (_REDRIVEN,))
    left = len(chosen) - len(again)
    return Redriven(intake.tally + Tally(read=left, refused=left), len(whole) - len(again), len(chosen) - len(whole))


def discard(connection: Connection, numbers: Set[int] | None) -> int:
    """Let go of these numbers, or with None of everything; how many. One that waited lets go of its identity too.

    The caller owns the transaction. WrongInput for a number that is not there; then nothing is let go.
    """
    held = [row[0] for row in connection.execute("SELECT number FROM quarantine")]
    if numbers is not None:
        _check(numbers, held)
    gone = [(number,) for number in held if numbers is None or number in numbers]
    connection.executemany("DELETE FROM quarantine WHERE number = ?", gone)
    return len(gone)


def _chosen(connection: Connection, numbers: Set[int] | None) -> list[tuple[int, str, int]]:
    """Number, reason and length of what is named, else of all but what waits."""
    held = connection.execute("SELECT number, reason, length FROM quarantine ORDER BY number").fetchall()
    if numbers is None:
        return [row for row in held if row[1] != WAITING]
    _check(numbers, [row[0] for row in held])
    chosen = [row for row in held if row[0] in numbers]
    if waits := [number for number, reason, _ in chosen if reason == WAITING]:
        raise WrongInput(f"{_listed(waits)} in quarantine waits and is taken up by itself; leave it out")
    return chosen


def _check(numbers: Set[int], held: Collection[int]) -> None:
    if missing := set(numbers) - set(held):
        raise WrongInput(f"there is no {_listed(missing)} in quarantine; casedrift quarantine list shows what is")


def _batches(connection: Connection) -> Iterator[tuple[list[bytes], bool]]:
    """The lines to be read again, by number, cut where history and live ones meet."""
    last = 0
    while rows := connection.execute(
        "SELECT number, raw, backfill FROM quarantine WHERE reason = ? AND number > ? ORDER BY number LIMIT ?",
        (_REDRIVEN, last, _AT_ONCE),
    ).fetchall():
        last = rows[-1][0]
        for backfill, some in groupby(rows, key=itemgetter(2)):
            yield [raw for _, raw, _ in some], bool(backfill)


def _listed(numbers: Collection[int]) -> str:
    return "number " + ", ".join(map(str, sorted(numbers)))
