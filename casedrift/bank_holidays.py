"""The bank holidays of England and Wales, substitute days included, from the `holidays` package."""

from __future__ import annotations

from functools import cache


@cache
def bank_holidays(year: int) -> frozenset[int]:
    """A year's bank holidays as day ordinals; none in years that the package does not know."""
    from holidays import country_holidays  # takes a while to load, and a question often needs no year

    known = country_holidays("GB", subdiv="ENG", years=year)
    return frozenset(day.toordinal() for day in known)
