"""Working days and limits: how long a piece of work may take, and when it is due.

Working days skip Saturdays, Sundays and bank holidays; which days those are comes in from outside
(`BankHolidays`), so that the same policy gives the same due day on every machine.
Statutory limits here count so too, e.g. 45 working days for an assessment (Working Together).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date

from domain.policy import Limit
from domain.vocabulary import Counting

BankHolidays = Callable[[int], frozenset[int]]
"""A year's bank holidays as day ordinals, substitute days included; none in years not known."""


class WorkingDays:
    """The working days of one calendar, counted one way (`exclude-start` or `include-start`)."""

    def __init__(self, bank_holidays: BankHolidays, counting: Counting) -> None:
        self._bank_holidays = bank_holidays
        self._include_start = counting == "include-start"
        self._years: dict[int, frozenset[int]] = {}

    def is_working(self, day: int) -> bool:
        if (day - 1) % 7 >= 5:  # ordinal 1 was a Monday
            return False
        year = date.fromordinal(day).year
        holidays = self._years.get(year)
        if holidays is None:
            holidays = self._years[year] = self._bank_holidays(year)
        return day not in holidays

    def after(self, baseline: int, count: int) -> int:
        """The day that is working day `count` from the baseline.

        With `exclude-start` the first working day after the baseline is day 1; with `include-start`
        the baseline itself, or else the next working day, is.
        """
        day = baseline - 1 if self._include_start else baseline
        while count:
            day += 1
            count -= self.is_working(day)
        return day

    def before(self, day: int, count: int) -> int:
        """`count` working days back from the day, itself not counted."""
        while count:
            day -= 1
            count -= self.is_working(day)
        return day


def add_months(day: int, months: int) -> int:
    """The same day of the month, or the month's last day; `months` may be negative."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)).toordinal()


def due_day(limit: Limit, baseline: int, days: WorkingDays) -> int:
    """The last day in time: baseline + limit. Due days do not roll."""
    match limit.unit:
        case "days":
            return baseline + limit.count
        case "weeks":
            return baseline + 7 * limit.count
        case "months":
            return add_months(baseline, limit.count)
        case "working_days":
            return days.after(baseline, limit.count)


def warn_day(limit: Limit, due: int, days: WorkingDays) -> int:
    """The first day of "due soon": due - warn; working days are counted back from the due day."""
    match limit.unit:
        case "days":
            return due - limit.count
        case "weeks":
            return due - 7 * limit.count
        case "months":
            return add_months(due, -limit.count)
        case "working_days":
            return days.before(due, limit.count)
