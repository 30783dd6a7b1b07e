"""What the log keeps: one event for each fact accepted, in its case's own sequence.

Each stored event class has its own topic, the fact type as `docs/facts.md` names it (`case-opened.v1`),
so that moving code never touches history. An event is never changed; a correction is another event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from eventsourcing.domain import HasOriginatorIDVersion
from eventsourcing.utils import get_topic

from domain.days import format_instant, parse_day, parse_instant
from domain.facts import SHAPES
from domain.history import Fact


@dataclass
class CaseFact(HasOriginatorIDVersion[str]):
    """A fact as accepted: what its sender said, and when this system took it on."""

    TOPIC: ClassVar[str]
    kind: ClassVar[str]

    originator_id: str
    """The case (`subject`)."""
    originator_version: int
    """The fact's place in the order of acceptance within its case, from 1."""
    id: str
    source: str
    recorded_at: int
    """Instant: the sender's `time`."""
    known_at: int
    """Instant: set once, at acceptance."""
    chain: int
    """The version of the first link of the chain that this fact belongs to (its own, if it begins one)."""
    data: dict[str, Any]
    attributes: dict[str, Any]
    """CloudEvents' optional and extension attributes, as they came."""

    def as_fact(self) -> Fact:
        """The fact as the fold reads it."""
        data = self.data
        return Fact(
            self.kind,
            parse_day(data["effective_on"]),
            self.chain,
            self.originator_version,
            self.known_at,
            data,
            self.id,
            self.source,
            self.recorded_at,
            self.attributes.get("recordedafter"),
        )

    def as_cloud_event(self) -> dict[str, Any]:
        """The fact as it came, a CloudEvent, its instants in UTC."""
        attributes = dict(self.attributes)
        if "recordedafter" in attributes:
            attributes["recordedafter"] = format_instant(parse_instant(attributes["recordedafter"]))
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.TOPIC,
            "subject": self.originator_id,
            "time": format_instant(self.recorded_at),
            **attributes,
            "data": self.data,
        }


def _event_class(kind: str) -> type[CaseFact]:
    topic = f"{kind}.v1"
    name = "".join(word.capitalize() for word in kind.split("-"))
    made = type(name, (CaseFact,), {"TOPIC": topic, "kind": kind, "__module__": __name__})
    get_topic(made)  # registers the topic, so that stored events resolve to this class
    return made


EVENTS: Final[dict[str, type[CaseFact]]] = {f"{kind}.v1": _event_class(kind) for kind in SHAPES}
"""Each event class by its topic."""
