"""Days and instants: which London day a moment falls on, and how moments are written and read.

Summer time moves London's midnight; a visit recorded late in the evening belongs to the London day, not UTC's.
"""

from __future__ import annotations

import pytest

from domain.days import end_of_day, format_day, format_instant, london_day, midnight, parse_day, parse_instant


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        ("2019-03-31", "2019-03-31T00:00:00Z"),  # the clocks go forward at 01:00 on this day
        ("2019-04-01", "2019-03-31T23:00:00Z"),
        ("2019-10-27", "2019-10-26T23:00:00Z"),  # and back at 02:00 on this one
        ("2019-10-28", "2019-10-28T00:00:00Z"),
        ("2020-02-29", "2020-02-29T00:00:00Z"),
    ],
)
def test_london_midnight(day: str, begins: str) -> None:
    assert format_instant(midnight(parse_day(day))) == begins
    assert format_day(london_day(parse_instant(begins))) == day
    assert london_day(parse_instant(begins) - 1) == parse_day(day) - 1
    assert end_of_day(parse_day(day) - 1) == parse_instant(begins) - 1


@pytest.mark.parametrize(("day", "hours"), [("2019-03-31", 23), ("2019-10-27", 25), ("2019-06-03", 24)])
def test_length_of_a_day(day: str, hours: int) -> None:
    assert midnight(parse_day(day) + 1) - midnight(parse_day(day)) == hours * 3_600_000_000


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("2019-06-03T09:12:00Z", "2019-06-03T09:12:00Z"),
        ("2019-06-03t09:12:00z", "2019-06-03T09:12:00Z"),
        ("2019-06-03T09:12:00+01:00", "2019-06-03T08:12:00Z"),
        ("2019-06-03T23:30:00-05:30", "2019-06-04T05:00:00Z"),
        ("2019-06-03T09:12:00.5Z", "2019-06-03T09:12:00.500000Z"),
        ("2019-06-03T09:12:00.1234569Z", "2019-06-03T09:12:00.123456Z"),  # cut, not rounded
        ("2019-06-03T09:12:00.0000009Z", "2019-06-03T09:12:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
    ],
)
def test_instants_read(text: str, means: str) -> None:
    assert format_instant(parse_instant(text)) == means


NO_INSTANT = "^not an RFC 3339 instant with an offset$"
FAR_AWAY = "^an instant outside the years 2 to 9998$"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2019-06-03T09:12:00", NO_INSTANT),
        ("2019-06-03", NO_INSTANT),
        ("2019-06-31T09:12:00Z", "^day is out of range for month$"),
        ("2019-06-03T24:12:00Z", "^hour must be in 0..23"),
        ("2019-06-03T09:12Z", NO_INSTANT),
        ("2019-06-03T09:12:00.Z", NO_INSTANT),
        ("0001-01-01T00:00:00Z", FAR_AWAY),
        ("9999-12-31T00:00:00Z", FAR_AWAY),
        ("", NO_INSTANT),
    ],
)
def test_instants_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_instant(text)


NO_DAY = "^not a day written as YYYY-MM-DD$"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2019-02-29", "^day is out of range for month$"),
        ("2019-13-01", "^month must be in 1..12"),
        ("20190603", NO_DAY),
        ("2019-6-3", NO_DAY),
        ("2019-W23-1", NO_DAY),
        ("", NO_DAY),
    ],
)
def test_days_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_day(text)
