"""On which day a fact was recorded, and became known: the London day, an hour ahead of UTC all summer.

Put down at 23:30 UTC in June it was half past midnight in London, and counts as the next day's.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from casedrift.desk import Desk
from domain.days import end_of_day, parse_day, parse_instant
from domain.findings import findings
from tests.casedrift.running import fact, lines
from tests.domain.short_lives import CIN, facts, opened, rules


@pytest.mark.parametrize(
    ("day", "time", "found"),
    [
        ("2019-06-03", "2019-06-10T22:59:59Z", []),  # 23:59:59 in London, the fifth working day after
        ("2019-06-03", "2019-06-10T23:30:00Z", ["recorded-late"]),  # half past midnight in London, the sixth
        ("2019-12-02", "2019-12-09T23:30:00Z", []),  # in winter London's midnight is UTC's
        ("2019-12-02", "2019-12-10T00:00:00Z", ["recorded-late"]),
        ("2019-04-12", "2019-04-23T22:30:00Z", []),  # over Easter
        ("2019-04-12", "2019-04-23T23:30:00Z", ["recorded-late"]),
        ("2019-06-11", "2019-06-10T23:30:00Z", []),  # happened on the London day on which it was put down
        ("2019-06-11", "2019-06-10T22:30:00Z", ["effective-in-future"]),
        ("2019-10-27", "2019-10-26T23:00:00Z", []),  # the first moment of the day of 25 hours
        ("2019-10-28", "2019-10-27T23:30:00Z", ["effective-in-future"]),  # and its last hour
    ],
)
def test_recorded_on_a_london_day(day: str, time: str, found: list[str]) -> None:
    assert _found(day, time) == found


def _found(day: str, time: str) -> list[str]:
    """The findings about when the one fact of a case was recorded; it is asked of a day before the case opened."""
    told_facts = facts([opened(day)], recorded=time)
    by = rules(f'{CIN}first = "1 day"')
    return [each.finding for each in findings(by, told_facts, parse_day("2000-01-01"), told_facts[0].known_at)]


@pytest.mark.parametrize(
    ("time", "first_known"),
    [
        ("2019-06-10T22:59:59Z", "2019-06-10"),
        ("2019-06-10T23:30:00Z", "2019-06-11"),
        ("2019-12-09T23:30:00Z", "2019-12-09"),
        ("2019-03-31T23:30:00Z", "2019-04-01"),  # summer time began that morning
        ("2019-10-27T23:30:00Z", "2019-10-27"),  # and ended on that one
        ("2019-10-26T23:30:00Z", "2019-10-27"),
    ],
)
def test_known_from_a_london_day_on(time: str, first_known: str, tmp_path: Path) -> None:
    opening = fact("1", "case-opened", "A", "2019-01-02", time, tier="child_in_need")
    with Desk(str(tmp_path / "store.db"), create=True, now=lambda: parse_instant("2020-01-01T00:00:00Z")) as desk:
        desk.ingest_lines(iter([lines([opening]).splitlines()]), backfill=True, progress=lambda _: None)
        day = parse_day(first_known)
        asked = [desk.counts(day, end_of_day(known))[0]["open_cases"] for known in (day - 1, day)]
    assert asked == [0, 1]
