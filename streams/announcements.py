"""What goes out: alerts as they change, open cases as they are counted, and what was not accepted.

Each is a CloudEvent, like the facts that came in. These shapes are also what the description of the topics is made
from, so that what is sent and what is described can't part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from domain.days import format_day, format_instant
from streams.kafka.topics import CASE_ALERTS, CASE_COUNTS, QUARANTINE
from streams.outbox import Outgoing
from streams.raw import Beginning

Instant = Annotated[str, Field(description="An instant, RFC 3339 in UTC.", json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(description="A day in London.", json_schema_extra={"format": "date"})]
SOURCE: Final = "/casedrift"
"""What announcements are from, where nothing else is set."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class AlertChange(_Told):
    """A change of an alert, as a line of `casedrift alerts --json` tells it."""

    run: str = Field(description="The run that is overdue, or was; the same one always has the same id.")
    case: str
    clock: str
    due: Day
    raised_at: Instant
    state: Literal["raised", "cleared", "withdrawn"]
    state_at: Instant
    because: list[str] = Field(description="The ids of the facts on which the change rests.")
    opening: bool = Field(description="Whether it is of the opening list: raised before anybody listened.")


class OpenCases(_Told):
    """How many cases and children of a group are open on a day; the latest of a group holds."""

    locality: str | None
    tier: str
    open_cases: int
    open_children: int
    on: Day
    known_at: Instant


class Quarantined(_Told):
    """That a message was not accepted; nothing of what it says."""

    reason: str
    topic: str
    partition: int
    offset: int
    length: int = Field(description="Of the message, in bytes.")
    sha256: str
    received_at: Instant


KINDS: Final[Mapping[str, tuple[str, type[_Told]]]] = {
    "alert-raised.v1": (CASE_ALERTS, AlertChange),
    "alert-cleared.v1": (CASE_ALERTS, AlertChange),
    "alert-withdrawn.v1": (CASE_ALERTS, AlertChange),
    "open-cases-counted.v1": (CASE_COUNTS, OpenCases),
    "fact-quarantined.v1": (QUARANTINE, Quarantined),
}
"""Each type of announcement: its topic, and the shape of its `data`."""


def alert_changed(
    line: Mapping[str, Any],
    sequence: int,
    source: str = SOURCE,
    *,
    opening: bool = False,
    again_at: int | None = None,
) -> Outgoing:
    """A line of the alarm log, keyed by its case. Its id is the same whenever the same change is told, but for what is
    told again at an instant because it had been taken back: whoever drops by id must not drop that."""
    told = AlertChange(**line, opening=opening)
    again = "" if again_at is None else f"/{format_instant(again_at)}"
    identity = f"{told.run}/{told.state}/{told.state_at}{again}"
    return _event(f"alert-{told.state}.v1", told, identity, told.case, told.case, told.state_at, source, sequence)


def open_cases_counted(line: Mapping[str, Any], on: int, known: int, sequence: int, source: str = SOURCE) -> Outgoing:
    """A group's line of `casedrift counts`, on the day and as known at the instant, keyed by the group."""
    told = OpenCases(**line, on=format_day(on), known_at=format_instant(known))
    group = to_json([told.locality, told.tier]).decode()
    # with its number: history may change a count of which the instant has been told
    identity = f"{hashlib.sha256(group.encode()).hexdigest()[:16]}/{told.known_at}/{sequence}"
    return _event("open-cases-counted.v1", told, identity, group, group, told.known_at, source, sequence)


def fact_quarantined(
    reason: str, origin: tuple[str, int, int], raw: Beginning, received_at: int, source: str = SOURCE
) -> Outgoing:
    """A message that was not accepted, keyed by where it stands."""
    topic, partition, offset = origin
    told = Quarantined(
        reason=reason,
        topic=topic,
        partition=partition,
        offset=offset,
        length=raw.length,
        sha256=raw.sha256,
        received_at=format_instant(received_at),
    )
    place = f"{topic}/{partition}/{offset}"
    return _event("fact-quarantined.v1", told, f"{place}/{reason}", place, place, told.received_at, source, None)


def _event(
    kind: str, told: _Told, identity: str, key: str, subject: str, time: str, source: str, sequence: int | None
) -> Outgoing:
    event = {
        "specversion": "1.0",
        "id": identity,
        "source": source,
        "type": kind,
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
        **({} if sequence is None else {"sequence": f"{sequence:020}"}),
        "data": told.model_dump(),
    }
    return Outgoing(KINDS[kind][0], key, identity, to_json(event))
