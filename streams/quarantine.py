"""The quarantine: what was not accepted, kept with a reason until someone puts it right.

A correction or withdrawal whose target has not arrived waits here as `target-unknown` and is taken up by
itself; everything else was refused. The same content is kept once. Waiting facts hold their identity, so
they are also remembered by it, and by the target for which they wait.
"""

from __future__ import annotations

import hashlib
from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from domain.days import format_instant
from projections.connection import Connection
from streams.announcements import SOURCE, fact_quarantined
from streams.cloudevents import Arrived, Refused, read_lines
from streams.outbox import put_out
from streams.raw import Raw, beginning_of
from streams.refused_rows import NEVER_OF_ROWS, place_of

WAITING: Final = "target-unknown"
Identity = tuple[str, str]
"""A fact's source and id."""


class Origin(NamedTuple):
    """Where a message of a topic stands."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fact that waits for its target."""

    number: int
    fact: Arrived
    backfill: bool
    """Whether it came as history: that settles when it will have become known."""


class Quarantine:
    """The quarantine of one store; the caller owns the transaction."""

    def __init__(self, connection: Connection, announced_by: str = SOURCE) -> None:
        self._connection = connection
        self._announced_by = announced_by
        self._waiting: dict[Identity, Waiting] = {}
        self._waiters: dict[Identity, list[int]] = {}
        self._by_number: dict[int, Waiting] = {}
        self._read: dict[int, tuple[str, int]] = {}
        """What was read of those that wait: by number the digest of each, and whether it came as history."""
        self._fresh = False

    def forget(self) -> None:
        """What waits may have been changed by another process, or by a transaction that was undone."""
        self._fresh = False

    def waiting(self) -> Mapping[Identity, Waiting]:
        """The waiting facts by identity, as they now are and as they will be while this transaction lasts."""
        return self._all()

    def waiters(self, target: Identity) -> list[Waiting]:
        """The facts that wait for the target, in the order of their arrival."""
        if not self._all():
            return []
        return [self._by_number[number] for number in self._waiters.get(target, ())]

    def waiting_numbers(self) -> set[int]:
        """The numbers of the facts that wait."""
        self._all()
        return set(self._by_number)

    def refuse(self, refused: Refused, received_at: int, *, backfill: bool, origin: Origin | None = None) -> None:
        """Keep what was refused, once per content."""
        self._keep(refused.reason, refused.detail, refused.source, refused.raw, received_at, backfill, origin)

    def wait(self, fact: Arrived, received_at: int, *, backfill: bool, origin: Origin | None = None) -> int:
        """Keep a fact whose target has not arrived; its number."""
        detail = f"waits for the fact that it {'withdraws' if 'withdraws' in fact.data else 'corrects'}"
        self._all()
        number = self._keep(WAITING, detail, fact.source, fact.raw, received_at, backfill, origin)
        self._read[number] = hashlib.sha256(fact.raw).hexdigest(), int(backfill)
        self._remember(Waiting(number, fact, backfill))
        return number

    def take_up(self, waiting: Waiting) -> None:
        """The waiting fact is accepted: it leaves the quarantine."""
        self._connection.execute("DELETE FROM quarantine WHERE number = ?", (waiting.number,))
        self._let_go(waiting)

    def turn_away(self, waiting: Waiting, reason: str, detail: str) -> None:
        """The waiting fact can't be accepted after all: it stays, refused, and holds no identity any more."""
        self._connection.execute(
            "UPDATE quarantine SET reason = ?, detail = ? WHERE number = ?", (reason, detail, waiting.number)
        )
        self._let_go(waiting)

    def _keep(
        self,
        reason: str,
        detail: str,
        source: str | None,
        raw: Raw,
        received_at: int,
        backfill: bool,
        origin: Origin | None,
    ) -> int:
        of = beginning_of(raw)
        kept = (reason, detail, received_at, source, of.length, of.sha256, of.start, int(backfill))
        row = self._connection.execute(_KEEP, (*kept, *(origin or _NOWHERE))).fetchone()
        if origin is not None:
            put_out(self._connection, [fact_quarantined(reason, origin, of, received_at, self._announced_by)])
        return int(row[0])

    def _all(self) -> dict[Identity, Waiting]:
        if not self._fresh:
            there = {number: (digest, backfill) for number, digest, backfill in self._connection.execute(_WAITING)}
            for number in [number for number, read in self._read.items() if there.get(number) != read]:
                self._forget_one(number)
            if new := there.keys() - self._read.keys():
                self._read_on(min(new) - 1)
            self._fresh = True
        return self._waiting

    def _read_on(self, after: int) -> None:
        """Read those that wait and were not read yet, some at a time: there may be very many."""
        while rows := self._connection.execute(_WAITING_AFTER, (after, _AT_ONCE)).fetchall():
            after = rows[-1][0]
            new = [row for row in rows if row[0] not in self._read]
            facts = read_lines([bytes(raw) for _, raw, _, _ in new])
            for (number, _, digest, backfill), fact in zip(new, facts, strict=True):
                self._read[number] = digest, backfill
                if isinstance(fact, Arrived):  # else a newer program than this one let it wait, and will take it up
                    self._remember(Waiting(number, fact, bool(backfill)))

    def _remember(self, waiting: Waiting) -> None:
        fact = waiting.fact
        assert fact.target is not None
        self._waiting[fact.source, fact.id] = waiting
        insort(self._waiters.setdefault((fact.source, fact.target), []), waiting.number)
        self._by_number[waiting.number] = waiting

    def _forget_one(self, number: int) -> None:
        """It does not wait any more, or another does under its number."""
        waiting = self._by_number.get(number)
        if waiting is None:
            del self._read[number]
        else:
            self._let_go(waiting)

    def _let_go(self, waiting: Waiting) -> None:
        fact = waiting.fact
        assert fact.target is not None
        del self._waiting[fact.source, fact.id], self._by_number[waiting.number], self._read[waiting.number]
        waiters = self._waiters[fact.source, fact.target]
        waiters.remove(waiting.number)
        if not waiters:
            del self._waiters[fact.source, fact.target]


_AT_ONCE: Final = 1_000
"""Waiting facts read together."""
_NOWHERE: Final = (None, None, None)
# the reason stands in the statement, so that the index of those that wait is known to serve it
_WAITING: Final = f"SELECT number, sha256, backfill FROM quarantine WHERE reason = '{WAITING}'"
_WAITING_AFTER: Final = f"""
    SELECT number, raw, sha256, backfill FROM quarantine
    WHERE reason = '{WAITING}' AND number > ? ORDER BY number LIMIT ?"""
_KEEP: Final = """
    INSERT INTO quarantine (reason, detail, received_at, source, length, sha256, raw, backfill,
        kafka_topic, kafka_partition, kafka_offset)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (sha256) DO UPDATE SET reason = excluded.reason, detail = excluded.detail, backfill = excluded.backfill
    RETURNING number"""


def kept(connection: Connection, *, places: bool = True) -> list[dict[str, Any]]:
    """What is in quarantine, by number, as `casedrift quarantine list --json` prints it.

    What came as a message also says where it stands on its topic; what came in an extract, whose it is, and where it
    stands there, unless `places` are not to be read: they lie in what was sent.
    """
    of_facts = ", ".join(f"'{reason}'" for reason in sorted(NEVER_OF_ROWS))
    raw = f"CASE WHEN reason NOT IN ({of_facts}) THEN raw END" if places else "NULL"
    rows = connection.execute(
        "SELECT number, reason, detail, received_at, source, sha256, kafka_topic, kafka_partition, kafka_offset,"
        f" {raw} FROM quarantine ORDER BY number"
    )
    return [
        {
            "number": number,
            "reason": reason,
            "detail": detail,
            "received_at": format_instant(received_at),
            "source": source,
            "sha256": sha256,
        }
        | ({} if topic is None else {"topic": topic, "partition": partition, "offset": offset})
        | ({} if raw is None else place_of(reason, bytes(raw)))
        for number, reason, detail, received_at, source, sha256, topic, partition, offset, raw in rows
    ]


def may_read_what_was_sent(connection: Connection) -> bool:
    """Whether the role of a PostgreSQL database that asks has the right to it."""
    row = connection.execute("SELECT has_column_privilege('quarantine', 'raw', 'SELECT')").fetchone()
    return bool(row[0])


def tally(connection: Connection) -> tuple[int, int]:
    """How many are in quarantine, and how many of them wait."""
    row = connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE reason = ?) FROM quarantine", (WAITING,)
    ).fetchone()
    return int(row[0]), int(row[1])
