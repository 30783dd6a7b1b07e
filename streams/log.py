"""The log: every fact accepted, in the order of acceptance; the only truth, never changed.

Events go to and from the `eventsourcing` library's tables through its mapper; the JSON is written and read by
pydantic's own, several times faster than the standard library's.
"""

from __future__ import annotations

from typing import Any, Final, cast

from eventsourcing.persistence import Mapper, StoredEvent, Transcoder
from eventsourcing.utils import TopicError
from pydantic_core import from_json, to_json

from domain.events import CaseFact
from projections.connection import Connection
from streams.errors import OutOfReach


class PlainJSON(Transcoder):
    """An event's state as plain JSON: texts, numbers, truths, lists and objects."""

    def encode(self, obj: Any) -> bytes:
        return to_json(obj)

    def decode(self, data: bytes) -> Any:
        return from_json(data)


_MAPPER: Final[Mapper[str]] = Mapper(transcoder=PlainJSON())
_OF_CASES: Final = """
    SELECT originator_id, originator_version, topic, state FROM stored_events
    WHERE originator_id IN (SELECT value FROM json_each(?)) ORDER BY originator_id, originator_version"""
_AFTER: Final = """
    SELECT rowid, originator_id, originator_version, topic, state FROM stored_events
    WHERE rowid > ? ORDER BY rowid LIMIT ?"""


def to_stored(event: CaseFact) -> StoredEvent:
    """The event as the log keeps it."""
    return _MAPPER.to_stored_event(event)


def from_stored(subject: str, version: int, topic: str, state: bytes) -> CaseFact:
    """The event that the log kept. OutOfReach where it is of a type that only a newer program knows."""
    try:
        return cast(CaseFact, _MAPPER.to_domain_event(StoredEvent(subject, version, topic, state)))
    except TopicError:
        raise OutOfReach(
            f"the log holds facts of a type that a newer casedrift took ({topic}); upgrade casedrift"
        ) from None


def events_of(connection: Connection, subject: str) -> list[CaseFact]:
    """All events of a case, in acceptance order."""
    return [from_stored(*row) for row in connection.execute(_OF_CASES, (to_json([subject]).decode(),))]


def after(connection: Connection, position: int, limit: int) -> list[tuple[int, CaseFact]]:
    """The events after a position of the log, at most `limit`, with their positions."""
    return [(row[0], from_stored(*row[1:])) for row in connection.execute(_AFTER, (position, limit))]


def known_after(connection: Connection, position: int) -> int | None:
    """When the first fact after a position of the log became known (`known_at`); None where none follows."""
    following = after(connection, position, 1)
    return following[0][1].known_at if following else None
