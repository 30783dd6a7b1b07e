"""The peer's own write side: a case as an aggregate of the `eventsourcing` library, as its documentation builds one.

One event a fact. An aggregate knows the identities it has taken, so that a message that comes twice is taken once; it
is kept in the library's cache, so that it need not be read from the log for each fact. A fact is saved by itself.
"""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event

from streams.cloudevents import Arrived


class Case(Aggregate):
    """A case and the identities of its facts, each with its place and that of the first link of its chain."""

    @event("Begun")
    def __init__(self, subject: str, fact: dict[str, Any]) -> None:
        self.subject = subject
        self.links: dict[str, int] = {}
        self._link(fact)

    @staticmethod
    def create_id(subject: str, fact: dict[str, Any]) -> UUID:  # noqa: ARG004 - the library hands over both
        """The id of the case of that reference."""
        return uuid5(NAMESPACE_URL, f"/cases/{subject}")

    @event("Told")
    def tell(self, fact: dict[str, Any]) -> None:
        """Take a fact on."""
        self._link(fact)

    def _link(self, fact: dict[str, Any]) -> None:
        self.links[fact["id"]] = fact["chain"]


class Cases(Application[UUID]):
    """The application: a fact that arrives is taken into its case."""

    name = "cases"

    def take(self, fact: Arrived, known_at: int) -> bool:
        """Take a fact in, known from the instant (microseconds); False where it is known already, or waits."""
        try:
            case: Case = self.repository.get(Case.create_id(fact.subject, {}))
        except AggregateNotFoundError:
            if fact.target is not None:
                return False
            self.save(Case(fact.subject, _told(fact, known_at, 1)))
            return True
        if fact.id in case.links or (fact.target is not None and fact.target not in case.links):
            return False
        chain = case.version + 1 if fact.target is None else case.links[fact.target]
        case.tell(_told(fact, known_at, chain))
        self.save(case)
        return True


def _told(fact: Arrived, known_at: int, chain: int) -> dict[str, Any]:
    return {
        "kind": fact.topic.removesuffix(".v1"),
        "id": fact.id,
        "source": fact.source,
        "recorded_at": fact.recorded_at,
        "known_at": known_at,
        "chain": chain,
        "data": fact.data,
    }
