"""The rule for one run, as a table: what was known of it, and when its alert turned.

Instants are written as hours in June 2019 (British summer time) unless said otherwise; the fold is not asked.
"""

from __future__ import annotations

import pytest

from domain.days import NO_DAY, NO_INSTANT, format_instant, parse_day, parse_instant
from projections.questions.alerts_of_run import RunRow, turns

LAST = "2019-12-31T12:00:00Z"
Known = tuple[str, str, str | None, str | None, str | None]
"""Due, known from, and so far as they are: its end, known from, and until when all this was known."""


def rows(*known: Known) -> list[RunRow]:
    return [
        RunRow(
            case_no=1,
            clock=1,
            begun_by=1,
            run_id=1,
            due=parse_day(due),
            end_day=NO_DAY if end is None else parse_day(end),
            ended_by=0 if end is None else 2,
            known_from=parse_instant(known_from),
            end_known=NO_INSTANT if end_known is None else parse_instant(end_known),
            known_to=NO_INSTANT if known_to is None else parse_instant(known_to),
        )
        for due, known_from, end, end_known, known_to in known
    ]


def told(*known: Known, until: str = LAST) -> list[tuple[str, str, str]]:
    """State, since when, and when it was raised last."""
    return [
        (turn.state, format_instant(turn.at), format_instant(turn.raised_at))
        for turn in turns(rows(*known), parse_instant(until))
    ]


NOON_1, NOON_8, NOON_9, NOON_12 = (f"2019-06-{day:02d}T12:00:00Z" for day in (1, 8, 9, 12))
MIDNIGHT_6, MIDNIGHT_11 = "2019-06-05T23:00:00Z", "2019-06-10T23:00:00Z"


@pytest.mark.parametrize(
    ("known", "log"),
    [
        pytest.param([("2019-06-05", NOON_1, None, None, None)], [("raised", MIDNIGHT_6)], id="overdue"),
        pytest.param(
            [("2019-06-05", NOON_9, None, None, None)], [("raised", NOON_9)], id="overdue when first heard of"
        ),
        pytest.param([("2019-06-05", NOON_1, "2019-06-05", NOON_1, None)], [], id="met in time"),
        pytest.param([("2019-06-05", NOON_1, "2019-06-06", NOON_1, None)], [], id="met the day after due: no day late"),
        pytest.param(
            [("2019-06-05", NOON_1, "2019-06-08", NOON_8, None)],
            [("raised", MIDNIGHT_6), ("cleared", NOON_8)],
            id="met late",
        ),
        pytest.param(
            [("2019-06-05", NOON_1, "2019-06-11", NOON_8, None)],
            [("raised", MIDNIGHT_6), ("cleared", MIDNIGHT_11)],
            id="known to end on a day to come",
        ),
        pytest.param(
            [("2019-06-05", NOON_1, "2019-06-05", NOON_8, None)],
            [("raised", MIDNIGHT_6), ("withdrawn", NOON_8)],
            id="met in time, as was learnt late",
        ),
        pytest.param(
            [("2019-06-05", NOON_1, "2019-06-08", NOON_12, None)],
            [("raised", MIDNIGHT_6), ("cleared", NOON_12)],
            id="met late, as was learnt late",
        ),
        pytest.param([("2019-06-05", NOON_9, "2019-06-08", NOON_9, None)], [], id="over before it was known"),
        pytest.param(
            [("2019-06-05", NOON_1, None, None, NOON_8)],
            [("raised", MIDNIGHT_6), ("withdrawn", NOON_8)],
            id="never began",
        ),
        pytest.param(
            [("2019-06-05", NOON_1, None, None, NOON_8), ("2019-06-07", NOON_8, None, None, None)],
            [("raised", MIDNIGHT_6)],
            id="neighbours: another due day and still overdue",
        ),
        pytest.param(
            [("2019-06-05", NOON_1, None, None, NOON_8), ("2019-06-10", NOON_8, None, None, None)],
            [("raised", MIDNIGHT_6), ("withdrawn", NOON_8), ("raised", MIDNIGHT_11)],
            id="put off, then raised again",
        ),
        pytest.param(
            [("2019-06-05", NOON_1, "2019-06-08", NOON_8, NOON_9), ("2019-06-05", NOON_9, "2019-06-05", NOON_9, None)],
            [("raised", MIDNIGHT_6), ("cleared", NOON_8), ("withdrawn", NOON_9)],
            id="cleared and later withdrawn",
        ),
        pytest.param(
            [("2019-06-05", NOON_1, "2019-06-05", NOON_8, NOON_9), ("2019-06-05", NOON_9, "2019-06-08", NOON_9, None)],
            [("raised", MIDNIGHT_6), ("withdrawn", NOON_8), ("cleared", NOON_9)],
            id="withdrawn and later cleared",
        ),
        pytest.param(
            [("2019-06-05", NOON_1, None, None, NOON_8), ("2019-06-05", NOON_9, None, None, None)],
            [("raised", MIDNIGHT_6), ("withdrawn", NOON_8), ("raised", NOON_9)],
            id="gone for an hour, then back",
        ),
    ],
)
def test_states(known: list[Known], log: list[tuple[str, str]]) -> None:
    assert [(state, at) for state, at, _ in told(*known)] == log


def test_the_latest_raising_is_kept_and_the_first_forgotten() -> None:
    again = told(("2019-06-05", NOON_1, None, None, NOON_8), ("2019-06-05", NOON_9, "2019-06-12", NOON_12, None))
    assert [raised for _, _, raised in again] == [MIDNIGHT_6, MIDNIGHT_6, NOON_9, NOON_9]


def test_the_due_day_of_a_withdrawal_is_that_of_the_line_before() -> None:
    known = rows(
        ("2019-06-05", NOON_1, None, None, NOON_8),
        ("2019-06-07", NOON_8, None, None, NOON_9),  # still overdue: no line tells of this due day
        ("2019-06-20", NOON_9, None, None, None),
    )
    log = list(turns(known, parse_instant(NOON_12)))
    assert [(turn.state, turn.due) for turn in log] == [
        ("raised", parse_day("2019-06-05")),
        ("withdrawn", parse_day("2019-06-05")),
    ]


@pytest.mark.parametrize(
    ("due", "at"),
    [
        ("2019-03-29", "2019-03-30T00:00:00Z"),
        ("2019-03-30", "2019-03-31T00:00:00Z"),  # clocks go forward at one in the morning of the 31st
        ("2019-03-31", "2019-03-31T23:00:00Z"),
        ("2019-10-25", "2019-10-25T23:00:00Z"),
        ("2019-10-26", "2019-10-26T23:00:00Z"),  # and back at two in the morning of the 27th
        ("2019-10-27", "2019-10-28T00:00:00Z"),
    ],
)
def test_it_is_raised_at_london_midnight_when_clocks_change(due: str, at: str) -> None:
    known = (due, "2019-01-01T12:00:00Z", None, None, None)
    assert told(known) == [("raised", at, at)]
    assert told(known, until=at) == [("raised", at, at)]
    just_before = format_instant(parse_instant(at) - 1)
    assert told(known, until=just_before) == []


def test_what_is_due_at_the_end_of_all_days_raises_nothing() -> None:
    assert told(("9999-12-31", NOON_1, None, None, None)) == []
