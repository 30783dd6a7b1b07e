"""A case's life read back from the log, so that it can be told again: all its facts, in the order of acceptance.

Only what the fold asks for is made of what the log keeps, straight from its JSON: several times faster than whole
events, and little has to be loaded for it, which counts where several processes share the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic_core import from_json, to_json

from domain.days import parse_day
from domain.history import Fact
from projections.connection import Connection

END: Final = 1 << 62
"""Later than any position of the log."""
_COLUMNS: Final = "originator_id, originator_version, topic, state"
_OF_CASES: Final = f"""
    SELECT {_COLUMNS} FROM stored_events
    WHERE originator_id IN (SELECT value FROM json_each(?)) AND rowid <= ? ORDER BY originator_id, originator_version"""
_ALL: Final = f"SELECT {_COLUMNS} FROM stored_events ORDER BY originator_id, originator_version"


def histories(connection: Connection, subjects: Sequence[str], position: int = END) -> Mapping[str, list[Fact]]:
    """All facts of each of the cases, in acceptance order, as the log stood at the position."""
    facts: dict[str, list[Fact]] = {}
    for subject, version, topic, state in connection.execute(_OF_CASES, (to_json(list(subjects)).decode(), position)):
        facts.setdefault(subject, []).append(_fact(version, topic, state))
    return facts


def all_histories(connection: Connection) -> Iterator[tuple[str, list[Fact]]]:
    """Every case with all its facts in acceptance order, one case in memory at a time."""
    subject: str | None = None
    facts: list[Fact] = []
    for of, version, topic, state in connection.execute(_ALL):
        if of != subject:
            if subject is not None:
                yield subject, facts
            subject, facts = of, []
        facts.append(_fact(version, topic, state))
    if subject is not None:
        yield subject, facts


def _fact(version: int, topic: str, state: bytes) -> Fact:
    kept: dict[str, Any] = from_json(state)
    data = kept["data"]
    return Fact(
        topic.removesuffix(".v1"),
        parse_day(data["effective_on"]),
        kept["chain"],
        version,
        kept["known_at"],
        data,
        kept["id"],
        kept["source"],
        kept["recorded_at"],
        kept["attributes"].get("recordedafter"),
    )
