"""Days and times as workbooks keep them: a number of days since the end of 1899, or since 1904.

What stands for no day of any calendar stays the number that it is: 29 February 1900, which Excel believes in, days
before the count begins, and years beyond 9999.
"""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import Final

from streams.workbook.formats import Shown

_FROM_1900: Final = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 - as written, of no zone
_FROM_1904: Final = datetime.datetime(1904, 1, 1)  # noqa: DTZ001
_NO_DAY: Final = 60
"""29 February 1900: Excel counts it, so that its days before are one further on."""
_A_DAY: Final = 86_400_000
"""Milliseconds: Excel itself keeps no finer time."""

Moment = datetime.date | datetime.datetime | datetime.time | datetime.timedelta


@lru_cache(maxsize=65_536)  # the days of a few years, again and again
def moment(number: int | float, shown: Shown, *, from_1904: bool) -> Moment | int | float:
    """The day, day and time, time of day or length of time that a number of days means; else the number itself."""
    days, thousandths = divmod(round(number * _A_DAY), _A_DAY) if abs(number) < 1e9 else (0, 0)
    if abs(number) >= 1e9:
        return number
    if shown == "length":
        return datetime.timedelta(days, milliseconds=thousandths)
    if days == 0 and not (from_1904 and not thousandths):
        return (_FROM_1904 + datetime.timedelta(milliseconds=thousandths)).time()
    if days < 0 or (days == _NO_DAY and not from_1904):
        return number
    return _day(number, days, thousandths, from_1904=from_1904)


def _day(number: int | float, days: int, thousandths: int, *, from_1904: bool) -> Moment | int | float:
    begin = _FROM_1904 if from_1904 else _FROM_1900
    ahead = 1 if days < _NO_DAY and not from_1904 else 0
    try:
        when = begin + datetime.timedelta(days + ahead, milliseconds=thousandths)
    except OverflowError:
        return number
    return when if thousandths else when.date()


def written(text: str) -> Moment | str:
    """The day or moment that is written as ISO 8601, as some programs store it; the text itself where it is none."""
    try:
        if "T" in text:
            return datetime.datetime.fromisoformat(text).replace(tzinfo=None)
        return datetime.time.fromisoformat(text) if ":" in text else datetime.date.fromisoformat(text)
    except ValueError:
        return text
