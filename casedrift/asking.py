"""What a question is about: a day, as known at an instant.

Two people who ask about the end of June mean different things if one of them was told of it in July and the
other a year later; so every question says both, or takes the present for what it leaves out.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from domain.days import end_of_day, london_day, parse_day, parse_instant
from streams.errors import WrongInput


def when(on: str | None, known: str | None, now: int) -> tuple[int, int]:
    """The day (ordinal) and the instant of knowledge (`known_at` at most; microseconds) that are asked about.

    `known` left out is `now`; `on` left out is the London day of `known`. WrongInput for a text that is no day
    or instant, and for knowledge later than `now`; a later day is a fair question.
    """
    instant = now if known is None else an_instant(known, now, "--known")
    return (london_day(instant) if on is None else a_day(on, "--on")), instant


def a_day(text: str, option: str) -> int:
    """The day (ordinal) written `YYYY-MM-DD` as an option's value, else WrongInput."""
    try:
        return parse_day(text)
    except ValueError:
        raise WrongInput(f'{option} "{text}" is no day; write it as 2019-06-30') from None


def an_instant(text: str, now: int, option: str) -> int:
    """The instant (microseconds) written in RFC 3339 with an offset, or as a day, which means its London end.

    Of today that is `now`. WrongInput for anything else, and for what is later than `now`.
    """
    with suppress(ValueError):
        day, today = parse_day(text), london_day(now)
        return _not_later(now if day == today else now + 1 if day > today else end_of_day(day), now, text, option)
    try:
        instant = parse_instant(text)
    except ValueError:
        raise WrongInput(
            f'{option} "{text}" is no instant; write a day, 2019-06-30, or 2019-06-30T17:00:00+01:00'
        ) from None
    return _not_later(instant, now, text, option)


def as_datetime(instant: int) -> datetime:
    """The instant (microseconds) as an aware datetime in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)


def _not_later(instant: int, now: int, text: str, option: str) -> int:
    if instant > now:
        raise WrongInput(f"{option} {text} is later than now; give a time that has passed, or leave it out")
    return instant
