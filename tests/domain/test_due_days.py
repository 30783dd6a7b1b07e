"""When a piece of work is due, and from when it is due soon: worked examples with the bank holidays in them.

Easter, the days that stand in for a Saturday's or Sunday's holiday, moved and one-off holidays, month ends, leap days.
"""

from __future__ import annotations

import pytest

from domain.days import format_day, parse_day
from tests.domain.short_lives import CIN, opened, rules, runs


@pytest.mark.parametrize(
    ("limit", "begins", "due"),
    [
        ("10 working_days", "2019-04-12", "2019-04-30"),  # Good Friday, Easter Monday
        ("1 working_days", "2019-04-18", "2019-04-23"),  # Maundy Thursday
        ("1 working_days", "2021-12-24", "2021-12-29"),  # substitute days, 27 and 28 December
        ("1 working_days", "2020-12-24", "2020-12-29"),  # one substitute day, Monday 28 December
        ("1 working_days", "2022-12-23", "2022-12-28"),  # Christmas on a Sunday: Boxing Day, then its substitute
        ("1 working_days", "2021-12-31", "2022-01-04"),  # New Year on a Saturday
        ("2 working_days", "2020-05-06", "2020-05-11"),  # the early May holiday moved to Friday 8 May
        ("1 working_days", "2020-05-01", "2020-05-04"),  # so that its Monday was a working day
        ("1 working_days", "2022-06-01", "2022-06-06"),  # the Platinum Jubilee, two days
        ("1 working_days", "2023-05-05", "2023-05-09"),  # the coronation
        ("45 working_days", "2019-03-01", "2019-05-08"),  # an assessment across Easter and early May
        ("1 working_days", "2019-06-01", "2019-06-03"),  # from a Saturday
        ("1 month", "2019-01-31", "2019-02-28"),
        ("1 month", "2020-01-31", "2020-02-29"),
        ("1 month", "2019-02-28", "2019-03-28"),  # the day of the month is kept, not the month's end
        ("1 month", "2019-03-31", "2019-04-30"),
        ("6 months", "2019-08-31", "2020-02-29"),
        ("12 months", "2020-02-29", "2021-02-28"),
        ("2 months", "2019-12-31", "2020-02-29"),
        ("10 days", "2019-04-11", "2019-04-21"),  # due days do not roll: Easter Sunday
        ("1 day", "2020-02-28", "2020-02-29"),
        ("2 weeks", "2020-02-20", "2020-03-05"),
        ("1 day", "2019-03-30", "2019-03-31"),  # the day of 23 hours is a day
        ("1 week", "2019-10-24", "2019-10-31"),  # and so is that of 25
    ],
)
def test_due_days(limit: str, begins: str, due: str) -> None:
    assert runs(f'{CIN}first = "{limit}"', [opened(begins)]) == [(begins, due, None, None)]


@pytest.mark.parametrize(
    ("limit", "begins", "due"),
    [
        ("1 working_days", "2019-04-12", "2019-04-12"),  # the day itself is working day 1
        ("1 working_days", "2019-04-19", "2019-04-23"),  # Good Friday is none: the next working day is
        ("1 working_days", "2019-06-01", "2019-06-03"),  # nor is a Saturday
        ("2 working_days", "2019-04-18", "2019-04-23"),
        ("10 working_days", "2019-04-12", "2019-04-29"),
        ("45 working_days", "2019-03-01", "2019-05-07"),
        ("10 days", "2019-04-12", "2019-04-22"),  # only working days are counted so
        ("1 month", "2019-01-31", "2019-02-28"),
    ],
)
def test_due_days_where_the_start_is_included(limit: str, begins: str, due: str) -> None:
    assert runs(f'{CIN}first = "{limit}"', [opened(begins)], "include-start") == [(begins, due, None, None)]


@pytest.mark.parametrize("counting", ["exclude-start", "include-start"])
@pytest.mark.parametrize(
    ("warn", "due", "since"),
    [
        ("1 working_days", "2019-04-23", "2019-04-18"),  # over Easter, the due day itself not counted
        ("5 working_days", "2022-01-04", "2021-12-23"),  # over Christmas and its substitute days
        ("5 days", "2019-04-23", "2019-04-18"),
        ("1 week", "2020-03-05", "2020-02-27"),
        ("1 month", "2019-03-31", "2019-02-28"),
        ("1 month", "2020-03-31", "2020-02-29"),
    ],
)
def test_due_soon_from(warn: str, due: str, since: str, counting: str) -> None:
    (clock,) = rules(f'{CIN}first = "1 day"\nwarn = "{warn}"', counting).clocks
    assert format_day(clock.soon_from(parse_day(due))) == since
