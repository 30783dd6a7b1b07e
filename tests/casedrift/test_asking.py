"""What is meant by the words of a question: which day, and as known at which instant."""

from __future__ import annotations

import pytest

from casedrift.asking import a_day, an_instant, when
from domain.days import format_day, format_instant, parse_day, parse_instant
from streams.errors import WrongInput

NOW = parse_instant("2019-07-05T09:30:00Z")
"""10:30 on a summer's morning in London."""


@pytest.mark.parametrize(
    ("on", "known", "day", "instant"),
    [
        (None, None, "2019-07-05", "2019-07-05T09:30:00Z"),
        ("2019-06-30", None, "2019-06-30", "2019-07-05T09:30:00Z"),
        (None, "2019-06-30", "2019-06-30", "2019-06-30T22:59:59.999999Z"),
        ("2019-06-01", "2019-06-30", "2019-06-01", "2019-06-30T22:59:59.999999Z"),
        # in winter London is on UTC; on the day on which clocks go back, the day ends at UTC midnight again
        (None, "2019-01-31", "2019-01-31", "2019-01-31T23:59:59.999999Z"),
        (None, "2018-10-28", "2018-10-28", "2018-10-28T23:59:59.999999Z"),
        (None, "2019-03-31", "2019-03-31", "2019-03-31T22:59:59.999999Z"),
        # an instant's London day, not its UTC day or that of its own offset
        (None, "2019-06-30T23:30:00Z", "2019-07-01", "2019-06-30T23:30:00Z"),
        (None, "2019-01-31T23:30:00Z", "2019-01-31", "2019-01-31T23:30:00Z"),
        (None, "2019-06-30T23:30:00-05:00", "2019-07-01", "2019-07-01T04:30:00Z"),
        # of today, a day means now; and now itself is not later than now
        (None, "2019-07-05", "2019-07-05", "2019-07-05T09:30:00Z"),
        (None, "2019-07-05T10:30:00+01:00", "2019-07-05", "2019-07-05T09:30:00Z"),
        # a later day is a fair question
        ("2030-01-01", None, "2030-01-01", "2019-07-05T09:30:00Z"),
    ],
)
def test_what_is_asked(on: str | None, known: str | None, day: str, instant: str) -> None:
    asked_day, asked_instant = when(on, known, NOW)
    assert (format_day(asked_day), format_instant(asked_instant)) == (day, instant)


def test_today_is_londons_today() -> None:
    just_after_midnight = parse_instant("2019-07-04T23:10:00Z")
    assert when(None, "2019-07-05", just_after_midnight) == (parse_day("2019-07-05"), just_after_midnight)


@pytest.mark.parametrize(
    "known", ["2019-07-06", "2019-07-05T09:30:00.000001Z", "2019-07-05T10:30:01+01:00", "9999-12-31"]
)
def test_knowledge_later_than_now_is_wrong_use(known: str) -> None:
    with pytest.raises(WrongInput, match=r"--known .* is later than now"):
        when(None, known, NOW)


@pytest.mark.parametrize(
    "text",
    ["", "30/06/2019", "2019-6-30", "2019-02-29", "2019-06-30T10:00:00", "2019-06-30 ", "yesterday", "20190630"],
)
def test_what_is_no_instant_is_wrong_use(text: str) -> None:
    with pytest.raises(WrongInput, match="is no instant"):
        an_instant(text, NOW, "--known")


@pytest.mark.parametrize("text", ["", "30/06/2019", "2019-6-30", "2019-02-29", "2019-06-30T10:00:00Z"])
def test_what_is_no_day_is_wrong_use(text: str) -> None:
    with pytest.raises(WrongInput, match=r"--on .* is no day"):
        a_day(text, "--on")
