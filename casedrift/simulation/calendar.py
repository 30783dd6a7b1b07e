"""The days on which the offices are staffed: no work on weekends and bank holidays, but for emergencies.

Days are ordinals (`date.toordinal`), London calendar days throughout.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final

import holidays

from domain.working_days import WorkingDays

# Referrals follow schools: few in August and at Christmas, most in full term (per month, January first).
_SEASON: Final = (0.95, 0.97, 1.0, 0.85, 0.97, 0.97, 0.95, 0.75, 0.92, 1.0, 1.0, 0.82)
_EMERGENCY: Final = 0.06
"""How busy the front door is on a day without offices, against a working day."""


@cache
def bank_holidays(year: int) -> frozenset[int]:
    """The bank holidays of England in the year, as day ordinals."""
    return frozenset(day.toordinal() for day in holidays.country_holidays("GB", subdiv="ENG", years=year))


class OfficeDays:
    """The office days between two days, both included; a day outside them is taken as the nearer one."""

    def __init__(self, first: int, last: int) -> None:
        working = WorkingDays(bank_holidays, "exclude-start")
        self._first, self._last = first, last
        self._offices = [day for day in range(first, last + 1) if working.is_working(day)]
        self._next: list[int] = []
        for place, office in enumerate(self._offices):
            self._next += [place] * (office - first + 1 - len(self._next))
        self._next += [len(self._offices) - 1] * (last - first + 1 - len(self._next))

    def _place(self, day: int) -> int:
        return self._next[min(max(day, self._first), self._last) - self._first]

    def is_office(self, day: int) -> bool:
        """Whether the offices are staffed on that day."""
        return self._offices[self._place(day)] == day

    def from_(self, day: int) -> int:
        """The day itself where it is an office day, else the next one."""
        return self._offices[self._place(day)]

    def after(self, day: int, count: int) -> int:
        """The office day that is `count` office days after the day (before it where negative; 0 = `from_`).

        Counted from a day without offices, the next office day is day 1.
        """
        place = self._place(day)
        if count > 0 and self._offices[place] != day:
            place -= 1
        return self._offices[min(max(place + count, 0), len(self._offices) - 1)]

    def busy(self, day: int) -> float:
        """How likely a referral is on the day, against the busiest day of all (0 to 1)."""
        share = _SEASON[date.fromordinal(day).month - 1]
        return share if self.is_office(day) else share * _EMERGENCY
