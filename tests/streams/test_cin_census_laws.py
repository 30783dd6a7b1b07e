"""Laws of the census, on episodes drawn at random: the facts, replayed, say again what the rows said.

The replay follows docs/facts.md in a few lines; the rows are asked directly.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.days import format_day, parse_day
from streams.sources import life
from streams.sources.cin_census.rows import Assessment, Episode
from streams.sources.cin_census.tell import closings_without_place, told_of
from streams.sources.comparing import Event
from streams.sources.life import Span
from tests.streams.written_census import assessment, episode, facts_of, in_need_plan, only_child, protection_plan

FIRST = parse_day("2025-01-01")
DAYS = range(FIRST, FIRST + 12)
day = st.sampled_from(DAYS)
span = st.tuples(day, st.one_of(st.none(), st.integers(-3, 6))).map(
    lambda drawn: Span(drawn[0], None if drawn[1] is None else drawn[0] + drawn[1])
)


@st.composite
def episodes(draw: st.DrawFn) -> Episode:
    referred = draw(day)
    length = draw(st.one_of(st.none(), st.integers(-4, 6)))
    return Episode(
        referred=referred,
        no_further_action=False,
        referral_source=draw(st.sampled_from(["1A", "2A"])),
        need=None,
        closed=None if length is None else referred + length,
        reason=draw(st.sampled_from(["RC7", "RC9", None])),
        assessments=tuple(Assessment(None, each, ()) for each in draw(st.lists(day, max_size=1))),
        in_need_plans=tuple(draw(st.lists(span, max_size=1))),
        enquiries=(),
        conferences=(),
        protection_plans=tuple(draw(st.lists(span, max_size=1))),
        reviews=(),
        worked_on=True,
    )


def facts(rows: list[Episode]) -> tuple[Event, ...]:
    return facts_of("c-1", told_of(rows))


def tier_by_day(told: tuple[Event, ...], rows: list[Episode]) -> dict[int, str | None]:
    """The tier at the end of each day, None where the case is closed.

    Where every episode is closed after it begins, no opening comes while open and no closing while closed.
    """
    strict = not any(_is_backwards(row) for row in rows)
    tier: str | None = None
    by_day: dict[int, str | None] = {}
    for at in DAYS:
        for fact in told:
            if fact["data"]["effective_on"] == format_day(at):
                tier = _after(fact, tier, strict)
        by_day[at] = tier
    return by_day


def _after(fact: Event, tier: str | None, strict: bool) -> str | None:
    match fact["type"].removesuffix(".v1"):
        case "case-opened":
            assert tier is None or not strict, "opened while open"
            return str(fact["data"]["tier"]) if tier is None else tier
        case "case-closed":
            assert tier is not None or not strict, "closed while closed"
            return None
        case "case-stepped-down" | "case-stepped-up" if fact["data"]["to"] == "early_help":
            assert tier is not None or not strict, "stepped out while closed"
            return None
        case "case-stepped-down" | "case-stepped-up":
            assert tier is not None, "a step outside a stay"
            return str(fact["data"]["to"])
        case _:
            return tier


def _is_backwards(row: Episode) -> bool:
    assert row.referred is not None
    return row.closed is not None and row.closed < row.referred


def _ends(row: Episode) -> float:
    return float("inf") if row.closed is None else row.closed


def open_days(rows: list[Episode]) -> set[int]:
    """The days on which an episode is open.

    One closed before it began, outside all others, is open until the next closing of what began no earlier.
    """
    forwards = [(row.referred or 0, _ends(row)) for row in rows if not _is_backwards(row)]
    within = {at for at in DAYS for start, end in forwards if start <= at < end}
    closings = [
        end
        for start, end in forwards
        if not any((other < end or other == start) and end < until for other, until in forwards)
    ]
    for at in {row.referred or 0 for row in rows if _is_backwards(row)}:
        if not any(start <= at < end or start == at for start, end in forwards):
            until = min((end for end in closings if end > at), default=float("inf"))
            within |= {each for each in DAYS if at <= each < until}
    return within


@given(st.lists(episodes(), max_size=4))
@settings(max_examples=400, deadline=None)
def test_the_case_is_open_exactly_while_an_episode_is(rows: list[Episode]) -> None:
    assert {at for at, tier in tier_by_day(facts(rows), rows).items() if tier} == open_days(rows)


@given(st.lists(episodes(), max_size=4))
@settings(max_examples=400, deadline=None)
def test_on_every_open_day_the_tier_is_the_most_intensive_of_what_is_on(rows: list[Episode]) -> None:
    protection = [each for row in rows for each in row.protection_plans]
    in_need = [each for row in rows for each in row.in_need_plans]
    assessed = {each.authorised for row in rows for each in row.assessments}
    told = facts(rows)
    openings = [parse_day(fact["data"]["effective_on"]) for fact in told if fact["type"] == "case-opened.v1"]
    for at, tier in tier_by_day(told, rows).items():
        if tier is None:
            continue
        since = range(max(start for start in openings if start <= at), at + 1)
        if any(each.on(at) for each in protection):
            assert tier == "child_protection"
        elif (
            any(each.on(at) for each in in_need)
            or assessed & set(since)
            or {each.end for each in protection} & set(since)
        ):
            assert tier == "child_in_need"
        else:
            assert tier == "assessment"


@given(st.lists(episodes(), max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_closing_before_its_own_referral_is_told_or_refused(rows: list[Episode]) -> None:
    without_place = closings_without_place(rows)
    refused = [row for row in rows if (row.referred, row.closed) in without_place]
    assert all(_is_backwards(row) for row in refused)
    closed = {fact["data"]["effective_on"] for fact in facts(rows) if fact["type"] in _CLOSINGS}
    for row in rows:
        others = [other for other in rows if other is not row]
        if _is_backwards(row) and row.referred not in open_days(others) | {other.referred for other in others}:
            assert (row in refused) or format_day(row.closed or 0) in closed


_CLOSINGS = ("case-closed.v1", "case-stepped-down.v1")


@given(st.lists(episodes(), max_size=4).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
@settings(max_examples=200, deadline=None)
def test_the_order_of_rows_decides_nothing(drawn: tuple[list[Episode], list[Episode]]) -> None:
    rows, shuffled = drawn
    assert facts(rows) == facts(shuffled)


@given(st.lists(episodes(), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
def test_what_is_written_as_a_message_is_read_back(rows: list[Episode]) -> None:
    def text(at: int | None) -> str:
        return "" if at is None else format_day(at)

    written = [
        episode(
            text(row.referred),
            text(row.closed),
            *(assessment("", text(each.authorised)) for each in row.assessments),
            *(in_need_plan(text(each.start), text(each.end)) for each in row.in_need_plans),
            *(protection_plan(text(each.start), text(each.end)) for each in row.protection_plans),
            reason=row.reason or "",
            source=row.referral_source or "",
        ).replace("<PrimaryNeedCode>N1</PrimaryNeedCode>", "")
        for row in rows
    ]
    with TemporaryDirectory() as folder:
        read = only_child(Path(folder), *written).facts
    assert [(fact["type"], {**fact["data"], "child": ""}) for fact in read] == [
        (fact["type"], {**fact["data"], "child": ""}) for fact in facts(rows)
    ]


def test_care_outweighs_a_plan_and_leaves_a_child_in_need() -> None:
    stay = life.Stay(life.Episode(10, None), None, None)
    work = life.Work(care=(Span(12, 14),), protection=(Span(11, None),), in_need=())
    assert [(at, tier) for at, tier, _ in life.steps(stay, work)] == [
        (11, "child_protection"),
        (12, "looked_after"),
        (14, "child_protection"),
    ]
    home = life.Work(care=(Span(8, 14),))
    assert life.tier_on(10, stay, home) == "looked_after"
    assert list(life.steps(stay, home)) == [(14, "child_in_need", False)]
