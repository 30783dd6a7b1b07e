"""From Kafka to rows: everything that is published, until the last row is written, by one worker and one feed.

The clock runs from the start of the worker's process; the pace without the start of the programs is told beside it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from bench.live.bare_batches import TABLE
from bench.live.cost import Busy, busy, since
from bench.live.ground import WITHIN, Ground, accepted_of, ground, without_early
from tests.kit.parts import Part, wait_until

ACCEPTED: Final = "SELECT max(notification_id) FROM stored_events"
FOLDED: Final = "SELECT max(notification_id) FROM tracking WHERE application_name = 'views'"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast messages went through. `seconds` is all of it, `steady` facts a second once the first were through."""

    facts: int
    seconds: float
    steady: float
    busy: Busy

    @property
    def a_second(self) -> float:
        """Facts a second, the start of the programs included."""
        return self.facts / self.seconds

    @property
    def a_busy_second(self) -> float:
        """Facts a second of a processor; 0 where the system does not tell."""
        used = sum(self.busy.values())
        return self.facts / used if used else 0.0


_SILENT: Final = (
    "from casedrift.serving.feeding import Feeder; Feeder.pass_time = lambda self: None; "
    "Feeder.seconds_to_wait = lambda self, most: most; "
)
"""Said to a feed before it starts: it keeps the rows and tells nobody, as before a store is live."""


def through(folder: Path, lines: Sequence[bytes], *, silent: bool = False) -> Pace:
    """Our worker and our feed; `silent`: rows are kept and nothing is told, as it is with the peer."""
    with ground(folder) as live:
        live.publish(lines)
        begun = time.monotonic()
        with live.command("worker") as worker, live.command("feed", prelude=_SILENT if silent else "") as feed:
            return paced(live, begun, accepted_of(lines), FOLDED, {"worker": worker, "feed": feed})


def bare(folder: Path, lines: Sequence[bytes]) -> Pace:
    """The ceiling: Faust's batches put into a plain table."""
    with ground(folder) as live:
        live.publish(lines)
        with psycopg.connect(live.url) as connection:
            connection.execute(TABLE)
        begun = time.monotonic()
        with live.program("bench.live.bare_batches") as worker:
            return paced(live, begun, len(lines), "SELECT max(number) FROM bare", {"worker": worker})


def one_by_one(folder: Path, lines: Sequence[bytes]) -> Pace:
    """The peer: an agent that takes one event at a time, and the library's runner behind it."""
    lines = without_early(lines)
    with ground(folder) as live:
        live.publish(lines)
        begun = time.monotonic()
        with (
            live.program("bench.live.peer", "take") as agent,
            live.program("bench.live.peer", "keep", "cases") as runner,
        ):
            wait_until(lambda: _is_there(live.url), "the peer has made its tables", WITHIN)
            parts = {"agent": agent, "runner": runner}
            return paced(live, begun, accepted_of(lines), "SELECT max(notification_id) FROM rows_tracking", parts)


def paced(live: Ground, begun: float, facts: int, reached: str, programs: dict[str, Part]) -> Pace:
    """Watch until the query gives so many facts; the programs, and the database, are what it costs."""
    parts = {name: part.process.pid for name, part in {**programs, "PostgreSQL": live.server.part}.items()}
    before = busy(parts)
    seen: list[tuple[float, int]] = []
    with psycopg.connect(live.url, autocommit=True) as connection:

        def there() -> bool:
            ended = [part.last_words() for part in programs.values() if not part.runs]
            assert not ended, "\n".join(ended)
            row = connection.execute(reached.encode()).fetchone()
            if row and row[0] and (not seen or row[0] > seen[-1][1]):
                seen.append((time.monotonic(), row[0]))
            return bool(seen) and seen[-1][1] >= facts

        wait_until(there, f"{facts} facts are through", WITHIN)
    (first, some), (last, every) = seen[0], seen[-1]
    steady = (every - some) / (last - first) if last > first else 0.0
    return Pace(every, last - begun, steady, since(before, busy(parts)))


def _is_there(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT to_regclass('public.rows_tracking')").fetchone()
    return row is not None and row[0] is not None
