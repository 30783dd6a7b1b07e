"""Days and instants. Work with children is counted in London calendar days; what is known is counted in instants.

A *day* is a proleptic Gregorian ordinal (`date.toordinal`). An *instant* is a whole number of microseconds
since 1970-01-01T00:00Z. London's midnight joins the two, summer time included.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
NO_DAY: Final = 4_000_000
"""Stands for "not yet": later than any day (31 December 9999 is 3,652,059)."""
NO_INSTANT: Final = 1 << 62
"""Stands for "not yet": later than any instant."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = 719_163
_HOUR: Final = 3_600_000_000
_DAY: Final = 24 * _HOUR
_RFC3339: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:)([0-9]{2})(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-5][0-9])"
)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@lru_cache(maxsize=1 << 14)
def parse_day(text: str) -> int:
    """The day written as `YYYY-MM-DD`; ValueError where it is no such day."""
    if not _DATE.fullmatch(text):
        raise ValueError("not a day written as YYYY-MM-DD")
    return date.fromisoformat(text).toordinal()


@lru_cache(maxsize=1 << 14)
def format_day(day: int) -> str:
    """`YYYY-MM-DD`."""
    return date.fromordinal(day).isoformat()


def instant_of(moment: datetime) -> int:
    """The instant of an aware datetime."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def parse_instant(text: str) -> int:
    """The instant written in RFC 3339 with an offset; what is finer than a microsecond is cut off.

    ValueError where it is no such instant. A leap second (`:60`) is read as the second after `:59`.
    """
    if len(text) == 20 and text[4] + text[7] + text[10] + text[13] + text[16] + text[19] == "--T::Z":
        try:  # the usual form, of whole seconds
            return _within(int(datetime.fromisoformat(text).timestamp()) * 1_000_000)
        except ValueError:
            pass  # the full reading below says what it is not
    parts = _RFC3339.fullmatch(text)
    if parts is None:
        raise ValueError("not an RFC 3339 instant with an offset")
    day, clock, second, fraction, offset = parts.groups()
    leap = second == "60"
    fraction = (fraction or "")[:7]
    moment = datetime.fromisoformat(f"{day}T{clock}{'59' if leap else second}{fraction}{offset.upper()}")
    return _within(instant_of(moment) + (1_000_000 if leap else 0))


def _within(instant: int) -> int:
    if not _FIRST <= instant < _LAST:
        raise ValueError("an instant outside the years 2 to 9998")
    return instant


def format_instant(instant: int) -> str:
    """UTC with `Z`; six decimals of a second only where they are not zero."""
    seconds, micros = divmod(instant, 1_000_000)
    days, second = divmod(seconds, 86_400)
    minutes, s = divmod(second, 60)
    h, m = divmod(minutes, 60)
    fraction = f".{micros:06d}" if micros else ""
    return f"{format_day(_EPOCH_DAY + days)}T{h:02d}:{m:02d}:{s:02d}{fraction}Z"


@lru_cache(maxsize=1 << 16)
def _offset(hour: int) -> int:
    """London's offset from UTC, in microseconds, in the given hour since 1970 (it changes on whole hours)."""
    offset = datetime.fromtimestamp(hour * 3600, LONDON).utcoffset()
    assert offset is not None
    return (offset.days * 86_400 + offset.seconds) * 1_000_000


def london_day(instant: int) -> int:
    """The London calendar day on which the instant falls; `NO_INSTANT` falls on `NO_DAY`."""
    if instant >= NO_INSTANT:
        return NO_DAY
    return _EPOCH_DAY + (instant + _offset(instant // _HOUR)) // _DAY


@lru_cache(maxsize=1 << 14)
def midnight(day: int) -> int:
    """The instant at which the London day begins; `NO_DAY` begins at `NO_INSTANT`."""
    if day >= NO_DAY:
        return NO_INSTANT
    moment = date.fromordinal(day)
    return instant_of(datetime(moment.year, moment.month, moment.day, tzinfo=LONDON).astimezone(UTC))


def end_of_day(day: int) -> int:
    """The last instant of the London day."""
    return midnight(day + 1) - 1


_FIRST: Final = instant_of(datetime(2, 1, 1, tzinfo=UTC))
_LAST: Final = instant_of(datetime(9999, 1, 1, tzinfo=UTC))
