"""The picture of a case fits the paper, puts every sign in the cell of its day, and needs no colour to be read."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from casedrift.present.paper import rendered
from casedrift.present.picture import Stretch, picture_of
from casedrift.present.picture_scale import month_line, scale, year_line
from casedrift.present.picture_strip import Strip
from casedrift.present.picture_svg import drawn
from domain.days import format_day, parse_day
from tests.casedrift.explained_lives import LIFE, ON, on_record, place


def strip(answer: dict[str, Any], on: int = ON, width: int = 100) -> list[str]:
    picture = picture_of(answer, on)
    assert picture is not None
    return rendered(Strip(picture), width=width).splitlines()


def row(lines: list[str], name: str) -> str:
    (found,) = [line for line in lines if line.startswith(f"{name}  ")]
    return found[20:]


def test_a_life_of_weeks() -> None:
    lines = strip(LIFE)
    assert lines[:9] == [
        "                    2019",
        "                       Feb Mar  Apr May Jun  Jul Aug",
        "                                            ▼ 30 Jun 2019",
        "tier                AAAANNNNNNNNNNNNNNNNNNNNNNNNNNN",
        "plan child in need      ═══════════════════════════",
        "done                o   2 s                        c",
        "assessment-tier-60  ────",
        "supervision         ────███───█████████████████████",
        "A character is a week, ▼ the day asked.",
    ]
    assert lines[9:] == [
        "tier: A assessment, N child in need",
        "done: o opened, s supervised, ↑ stepped up, c closed, · other; a figure: so many in one week",
        "clocks: ─ runs, █ is overdue",
    ]


def test_a_picture_is_of_what_stands() -> None:
    nothing = {**LIFE, "facts": [{**each, "stands": False} for each in LIFE["facts"]], "places": [], "runs": []}
    assert picture_of(nothing, ON) is None
    assert "v" not in row(strip(LIFE), "done")


def test_what_goes_on_is_drawn_up_to_the_day_asked() -> None:
    opened = {**LIFE, "facts": LIFE["facts"][:1], "places": [place("2019-01-07", None, "assessment")], "runs": []}
    picture = picture_of(opened, parse_day("2019-03-01"))
    assert picture is not None
    assert format_day(picture.last) == "2019-03-01"
    assert picture.tiers[0].stretches == (Stretch(parse_day("2019-01-07"), parse_day("2019-03-02")),)


def test_the_due_day_itself_is_in_time() -> None:
    picture = picture_of(LIFE, ON)
    assert picture is not None
    (supervision,) = [each for each in picture.clocks if each.clock == "supervision"]
    told = [(format_day(late.begin), format_day(late.end)) for late in supervision.overdue]
    assert told == [("2019-02-08", "2019-02-20"), ("2019-03-21", "2019-08-12")]


@pytest.mark.parametrize(
    ("first", "last", "unit"),
    [
        ("2019-01-07", "2020-02-16", "week"),
        ("2019-01-07", "2020-03-09", "month"),
        ("2015-01-01", "2019-12-31", "month"),
        ("2015-01-01", "2020-01-01", "quarter"),
        ("2000-01-01", "2019-12-31", "half-year"),
        ("1960-01-01", "2019-12-31", "year"),
        ("1900-01-01", "2199-12-31", "five years"),
    ],
)
def test_a_scale_is_the_finest_that_there_is_room_for(first: str, last: str, unit: str) -> None:
    cut = scale(parse_day(first), parse_day(last), 60)
    assert (cut.unit, len(cut.starts) <= 60) == (unit, True)
    assert cut.starts[0] <= parse_day(first)
    assert cut.cell(parse_day(last)) == len(cut.starts) - 1
    assert len(year_line(cut, 60)) <= 60
    assert re.fullmatch(r" *\d{4}( +\d{4})*", year_line(cut, 60))


def test_months_and_quarters_stand_under_their_years() -> None:
    months = scale(parse_day("2018-11-30"), parse_day("2020-02-01"), 20)
    assert (year_line(months, 20), month_line(months, 20)) == ("  2019        2020", "NDJFMAMJJASONDJF")
    quarters = scale(parse_day("2017-05-30"), parse_day("2019-02-01"), 8)
    assert (year_line(quarters, 8), month_line(quarters, 8)) == ("   2018", "23412341")


@pytest.mark.parametrize("width", [20, 40, 80, 100, 200])
@pytest.mark.parametrize("last", ["2019-06-30", "2031-06-30", "2199-12-31"])
def test_it_fits_any_paper(width: int, last: str) -> None:
    lines = strip(LIFE, parse_day(last), width)
    assert max(map(len, lines)) <= min(width, 100)
    assert sum(line.count("▼") for line in lines if not line.startswith("A char")) >= 1


def test_several_things_in_one_cell_are_a_number() -> None:
    many = [on_record(str(n), "case-supervised", "2019-01-08") for n in range(2, 12)]
    lines = strip({**LIFE, "facts": [LIFE["facts"][0], *many[:8], LIFE["facts"][-1]]})
    assert row(lines, "done")[0] == "9"
    lines = strip({**LIFE, "facts": [LIFE["facts"][0], *many, LIFE["facts"][-1]]})
    assert row(lines, "done")[0] == "+"
    assert any("+ more than 9" in line for line in lines)


def test_the_day_asked_before_all_is_not_marked() -> None:
    assert not any("▼" in line for line in strip(LIFE, parse_day("2018-01-01"))[:3])
    picture = picture_of(LIFE, parse_day("2018-01-01"))
    assert picture is not None
    assert drawn(picture).asked is None


def test_a_drawing_stays_within_its_width_and_names_stand_apart() -> None:
    for on in ("2019-01-07", "2019-06-30", "2026-01-01", "2199-12-31"):
        picture = picture_of(LIFE, parse_day(on))
        assert picture is not None
        drawing = drawn(picture)
        marks = [mark for line in drawing.lines for mark in line.marks]
        assert all(mark.x >= 0 and mark.x + mark.width <= 100 for mark in marks)
        named = [year.x for year in drawing.years if year.name]
        assert named
        assert all(after - before > 10 for before, after in pairwise(named))


def test_a_drawing_counts_days_overdue_up_to_the_day_asked() -> None:
    picture = picture_of(LIFE, ON)
    assert picture is not None
    names = [line.name for line in drawn(picture).lines]
    assert names[-3:] == ["What was expected", "assessment-tier-60: never overdue", "supervision: 114 days overdue"]
