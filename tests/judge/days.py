"""How long a limit is: calendar days, weeks, months and working days, counted on the fingers.

`docs/policies.md`, "Due days". Every working day is looked up one by one in England's bank holidays.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)
UNITS = ("days", "weeks", "months", "working_days")


@dataclass(frozen=True)
class Limit:
    count: int
    unit: str


def read_limit(text: str) -> Limit:
    """ "N days | weeks | months | working_days, N from 1"; one of a unit may be written in the singular."""
    count, unit = text.split(" ")
    plural = unit if unit.endswith("s") else unit + "s"
    if plural not in UNITS or not count.isdecimal() or int(count) < 1:
        raise ValueError(f"not a limit: {text}")
    return Limit(int(count), plural)


@lru_cache
def _bank_holidays(year: int) -> frozenset[date]:
    """The `holidays` package, GB, ENG, substitute days included."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year, observed=True))


def is_working_day(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in _bank_holidays(day.year)


def after(baseline: date, limit: Limit, counting: str) -> date:
    """The due day: "baseline + limit"."""
    if limit.unit == "working_days":
        return working_days_after(baseline, limit.count, counting)
    if limit.unit == "months":
        return months_from(baseline, limit.count)
    return baseline + ONE_DAY * limit.count * (7 if limit.unit == "weeks" else 1)


def before(due: date, warn: Limit) -> date:
    """The first day of `due - warn`: "working days of `warn` are counted back from the due day, itself not
    counted, whatever `counting` says"."""
    if warn.unit == "months":
        return months_from(due, -warn.count)
    if warn.unit != "working_days":
        return due - ONE_DAY * warn.count * (7 if warn.unit == "weeks" else 1)
    day, counted = due, 0
    while counted < warn.count:
        day -= ONE_DAY
        counted += is_working_day(day)
    return day


def working_days_after(start: date, count: int, counting: str) -> date:
    """ "with `exclude-start` the first working day after the baseline is day 1"; with "include-start": the
    start day, or else the next working day, is working day 1". No working days after a day is that day."""
    day, counted = start, 0
    if count and counting == "include-start" and is_working_day(start):
        counted = 1
    while counted < count:
        day += ONE_DAY
        counted += is_working_day(day)
    return day


def months_from(day: date, count: int) -> date:
    """ "Months keep the day of the month, or take the month's last day." """
    year, month0 = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))
