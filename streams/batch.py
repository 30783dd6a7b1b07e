"""One batch's knowledge of the store: its cases, and which identities have been accepted, looked up in one go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pydantic_core import to_json

from domain.events import CaseFact
from streams.cloudevents import Arrived
from streams.quarantine import Identity, Quarantine
from streams.store import CLOCK, Store


@dataclass(slots=True)
class Case:
    case_no: int
    version: int
    known_at: int
    is_new: bool = False


@dataclass(slots=True)
class Held:
    """Where an accepted identity is found in the log."""

    case_no: int
    version: int
    chain: int
    event: CaseFact | None = None
    """The event itself, where this batch brought it."""


@dataclass(slots=True)
class Batch:
    """What one batch needs to know, read at its beginning, and what it adds."""

    cases: dict[str, Case]
    inbox: dict[tuple[str, str], Held]
    next_case: int
    clock: int
    events: list[CaseFact] = field(default_factory=list)
    """What it adds, in acceptance order."""


class Lookup:
    """Looks up what batches need to know; remembers the numbers of sources."""

    def __init__(self, store: Store, quarantine: Quarantine) -> None:
        self._store = store
        self._quarantine = quarantine
        self._sources: dict[str, int] = {}

    def forget(self) -> None:
        """What is remembered may have been undone."""
        self._sources.clear()

    def prepare(self, facts: Sequence[Arrived]) -> Batch:
        """Look up what the store knows of the batch's cases and identities (and of what may be taken up)."""
        connection = self._store.connection
        wanted: dict[str, set[str]] = {}
        subjects = {fact.subject for fact in facts}
        for fact in facts:
            ids = wanted.setdefault(fact.source, set())
            ids.add(fact.id)
            if fact.target is not None:
                ids.add(fact.target)
        for fact in self._may_be_taken_up(facts):
            subjects.add(fact.subject)
        cases = {
            row[0]: Case(row[1], row[2], row[3])
            for row in connection.execute(
                "SELECT subject, case_no, version, known_at FROM cases"
                " WHERE subject IN (SELECT value FROM json_each(?))",
                (_json(subjects),),
            )
        }
        inbox = {
            (source, row[0]): Held(row[1], row[2], row[3])
            for source, ids in wanted.items()
            for row in connection.execute(
                "SELECT id, case_no, version, chain FROM inbox WHERE source_no = ?"
                " AND id IN (SELECT value FROM json_each(?))",
                (self.source_no(source), _json(ids)),
            )
        }
        next_case = connection.execute("SELECT coalesce(max(case_no), 0) + 1 FROM cases").fetchone()[0]
        return Batch(cases, inbox, next_case, self._store.meta(CLOCK) or 0)

    def is_accepted(self, identity: Identity) -> bool:
        """Whether the log holds a fact of the identity."""
        row = self._store.connection.execute(
            "SELECT 1 FROM inbox JOIN source ON source.no = inbox.source_no WHERE source.source = ? AND inbox.id = ?",
            identity,
        ).fetchone()
        return row is not None

    def _may_be_taken_up(self, facts: Iterable[Arrived]) -> Iterable[Arrived]:
        """The waiting facts that the batch may set free, one after another (some may wait for one another)."""
        ready = list(facts)
        met: set[int] = set()
        while ready:
            fact = ready.pop()
            for waiting in self._quarantine.waiters((fact.source, fact.id)):
                if waiting.number not in met:
                    met.add(waiting.number)
                    yield waiting.fact
                    ready.append(waiting.fact)

    def source_no(self, source: str) -> int:
        """The number of a source, given now if it has none."""
        number = self._sources.get(source)
        if number is None:
            connection = self._store.connection
            connection.execute("INSERT INTO source (source) VALUES (?) ON CONFLICT DO NOTHING", (source,))
            number = connection.execute("SELECT no FROM source WHERE source = ?", (source,)).fetchone()[0]
            self._sources[source] = number
        return number


def _json(texts: set[str]) -> str:
    return to_json(sorted(texts)).decode()
