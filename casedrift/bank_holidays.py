"""The bank holidays of England and Wales, substitute days included, from the `holidays` package."""

from __future__ import annotations

from functools import cache


@cache
def bank_holidays(year: int) -> frozenset[int]:
    """A year's bank holidays as day ordinals; none in years that the package does not know."""
    from holidays.countries import UnitedKingdom  # noqa: PLC0415 - slow to import, and most commands need few years

    return frozenset(day.toordinal() for day in UnitedKingdom(subdiv="ENG", years=year))
