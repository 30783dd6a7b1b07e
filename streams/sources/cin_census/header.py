"""What the census says of itself: whose return it is, of which year, and when it was taken.

Whoever loads it may say otherwise. A time that can't be read, or that has not come yet, is never passed over unsaid:
every fact of the census bears it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from domain.days import LONDON, format_day, instant_of, parse_day
from streams.intake import AHEAD
from streams.sources.cin_census.cells import day_of, mapped_columns
from streams.sources.cin_census.message import Row
from streams.sources.extract import RefusedRow, TakenBy, UnreadableExtract
from streams.sources.merging import Window

_LEA: Final = re.compile(r"[0-9A-Za-z]{1,10}")
_YEAR: Final = re.compile(r"(?:19|20|21)[0-9]{2}")
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2199


@dataclass(frozen=True, slots=True)
class Taken:
    """The instant T (microseconds since 1970), by whose word, and what of the header was refused."""

    instant: int
    by: TakenBy
    refused: tuple[RefusedRow, ...] = ()


def taken_of(header: Row, asked: datetime | None, now: datetime) -> Taken:
    """T: as asked, else the header's `DateTime` (London where it has no offset), else now.

    UnreadableExtract where that `DateTime` lies more than 5 minutes ahead of now.
    """
    if asked is not None:
        return Taken(instant_of(asked), "asked")
    text = header.text("DateTime")
    written = None if text is None else _instant(text)
    if written is not None and written > instant_of(now) + AHEAD:
        raise UnreadableExtract(
            "its header's DateTime lies ahead of now; say with --taken when the census was taken", header.line
        )
    if written is not None:
        return Taken(written, "header")
    return Taken(instant_of(now), "now", () if text is None else (_no_time(header),))


def year_of(header: Row) -> Window | None:
    """The days of the year of which the census tells, from 1 April to 31 March. None where it doesn't say."""
    last = day_of(header.text("ReferenceDate") or "")
    year = header.text("Year") or "" if last is None else format_day(last)[:4]
    if not _YEAR.fullmatch(year):
        return None
    return Window(parse_day(f"{int(year) - 1}-04-01"), parse_day(f"{year}-03-31"))


def source_of(header: Row) -> str:
    """The `source` of its facts: the authority's, by its number."""
    lea = header.text("LEA") or ""
    return f"/cin-census/{lea}" if _LEA.fullmatch(lea) else "/cin-census"


def _instant(text: str) -> int | None:
    """The instant that is written; None where it is no such time, or one of no census's years."""
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        return None
    if written.year < _FIRST_YEAR:
        return None
    if written.year > _LAST_YEAR:  # ahead of every now, and too near the end of all years to be reckoned with
        written = written.replace(year=_LAST_YEAR, day=1)
    return instant_of(written if written.utcoffset() is not None else written.replace(tzinfo=LONDON).astimezone(UTC))


def _no_time(header: Row) -> RefusedRow:
    row = Row(header.line, {"DateTime": header.texts["DateTime"]})
    what = "the header's DateTime is no date and time; the facts are held to be recorded when it was first loaded"
    return RefusedRow("bad-date", what, {"at": "Header/Source/DateTime[1]", **mapped_columns(row)})
