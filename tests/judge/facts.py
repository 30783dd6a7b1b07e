"""A fact as the judge holds it: what the sender wrote, its place in the order of acceptance, and since when
it has been known.

Days are London calendar days (`date`), instants are aware `datetime`s to the microsecond.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

RFC_3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))"
)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, eq=False)
class Event:
    """A well-formed fact as its sender wrote it, not yet accepted."""

    body: dict[str, Any]

    @property
    def identity(self) -> tuple[str, str]:
        return (self.body["source"], self.body["id"])

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def case(self) -> str:
        return str(self.body["subject"])

    @property
    def type(self) -> str:
        """The type without its `.vN`."""
        return str(self.body["type"]).rpartition(".")[0]

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.body["data"]
        return data

    @property
    def effective_on(self) -> date:
        return date.fromisoformat(self.data["effective_on"])

    @property
    def recorded_at(self) -> datetime:
        return read_instant(self.body["time"])

    @property
    def target(self) -> tuple[str, str] | None:
        """The identity of the fact that this one corrects or withdraws."""
        named = self.data.get("withdraws" if self.type == "fact-withdrawn" else "corrects")
        return None if named is None else (self.body["source"], named)

    @property
    def content(self) -> tuple[str, str, datetime, str]:
        """The same content: type, subject, instant of `time`, and `data` as JSON values (true is not 1)."""
        return (self.body["type"], self.case, self.recorded_at, json.dumps(self.data, sort_keys=True))


@dataclass(frozen=True, eq=False)
class Accepted(Event):
    """A fact on the record: `place` is its place in acceptance order, `root` its chain's first link's."""

    place: int
    root: int
    known_at: datetime
    live: bool


def read_instant(text: str) -> datetime:
    """RFC 3339 with an offset; what is finer than a microsecond is cut off. ValueError where it is none."""
    parts = RFC_3339.fullmatch(text)
    if parts is None:
        raise ValueError("not an instant with an offset")
    day, clock, fraction, _, sign, hours, minutes = parts.groups()
    whole = datetime.fromisoformat(f"{day}T{clock}").replace(microsecond=int((fraction or "0")[:6].ljust(6, "0")))
    if sign is None:
        return whole.replace(tzinfo=UTC)
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return whole.replace(tzinfo=timezone(-offset if sign == "-" else offset)).astimezone(UTC)


def london_day(instant: datetime) -> date:
    return instant.astimezone(LONDON).date()


def midnight(day: date) -> datetime:
    """The instant at which a London day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


def written(instant: datetime) -> str:
    """An instant in JSON: UTC with `Z`, six decimals of a second only where they are not zero."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
