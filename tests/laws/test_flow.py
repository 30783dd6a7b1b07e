"""Law 6 for flow: whatever the days, the instants and the grouping, what came and went accounts for every change.

The counts at both ends are held against `counts`, and the movements are counted apart from them, so that a sum can
be wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casedrift.desk import Desk
from domain.days import end_of_day
from domain.vocabulary import GROUP_KEYS, GroupKey
from tests.judge.worlds import world
from tests.laws.desks import CASES, NOW, desk_of, quick, rows_of, seeds, take

Line = dict[str, Any]
Moment = tuple[int, int]
"""A day, as known at an instant."""
Share = tuple[int, float]
"""Which of the world's days, and how far into the time in which it became known."""
few = settings(quick, max_examples=15)
shares = st.tuples(st.integers(0, 10_000), st.floats(0, 1))
pairs = st.lists(st.tuples(shares, shares), min_size=3, max_size=6)
groupings = st.lists(st.sampled_from(GROUP_KEYS), unique=True, max_size=5)
MOVEMENTS = ("opened", "closed", "stepped_out", "moved_in", "moved_out")


@few
@given(seeds, pairs, groupings)
def test_what_came_and_went_accounts_for_every_change(
    seed: int, asked: list[tuple[Share, Share]], by: list[GroupKey]
) -> None:
    with _laden(seed) as desk:
        for two in asked:
            start, end = sorted(_moment(desk, seed, share) for share in two)
            lines = desk.flow(start, end, by)
            for line in lines:
                assert line["open_from"] + line["revised"] + _came_and_went(line) == line["open_to"], (start, end, line)
            assert _by_group(lines, "open_from", by) == _counted(desk, start, by)
            assert _by_group(lines, "open_to", by) == _counted(desk, end, by)
            assert sum(line.get("moved_in", 0) for line in lines) == sum(line.get("moved_out", 0) for line in lines)


@few
@given(seeds, st.lists(shares, min_size=3, max_size=3), groupings)
def test_two_spans_after_one_another_move_as_much_as_both_together(
    seed: int, asked: list[Share], by: list[GroupKey]
) -> None:
    with _laden(seed) as desk:
        moments = [_moment(desk, seed, share) for share in asked]
        known = moments[0][1]
        first, middle, last = sorted((day, known) for day, _ in moments)
        apart = [*desk.flow(first, middle, by), *desk.flow(middle, last, by)]
        whole = desk.flow(first, last, by)
        for figure in MOVEMENTS:
            assert _by_group(apart, figure, by) == _by_group(whole, figure, by), figure
        assert all(line["revised"] == 0 for line in [*apart, *whole])


@few
@given(seeds, pairs, groupings)
def test_groups_add_up_to_the_whole(seed: int, asked: list[tuple[Share, Share]], by: list[GroupKey]) -> None:
    with _laden(seed) as desk:
        for two in asked:
            start, end = sorted(_moment(desk, seed, share) for share in two)
            (whole,) = desk.flow(start, end)
            lines = desk.flow(start, end, by)
            assert whole == {figure: sum(line[figure] for line in lines) for figure in whole}


def test_the_worlds_know_every_movement() -> None:
    """The laws above are not laws of nothing."""
    found: Counter[str] = Counter()
    for seed in range(8):
        with _laden(seed) as desk:
            days = [day.toordinal() for day in world(seed, CASES).days]
            first, last = days[len(days) // 3], days[-1]
            for line in desk.flow((first, end_of_day(first)), (last, NOW), GROUP_KEYS):
                found.update({figure: abs(line[figure]) for figure in (*MOVEMENTS, "revised")})
    assert min(found.values()) > 3, found


@contextmanager
def _laden(seed: int) -> Iterator[Desk]:
    with desk_of(seed) as desk:
        take(desk, [list(world(seed, CASES).lines)])
        yield desk


def _moment(desk: Desk, seed: int, share: Share) -> Moment:
    days = world(seed, CASES).days
    first, last = rows_of(desk, "SELECT min(known_at), max(known_at) FROM cases")[0]
    number, of_time = share
    return days[number % len(days)].toordinal(), int(first + (last - first) * of_time)


def _came_and_went(line: Line) -> int:
    moved = line.get("moved_in", 0) - line.get("moved_out", 0)
    return int(line["opened"] - line["closed"] - line["stepped_out"] + moved)


def _by_group(lines: Sequence[Line], figure: str, by: Sequence[GroupKey]) -> Counter[tuple[Any, ...]]:
    """The figure by group, zeros left out."""
    counted: Counter[tuple[Any, ...]] = Counter()
    for line in lines:
        counted[tuple(line[key] for key in by)] += line.get(figure, 0)
    return +counted


def _counted(desk: Desk, moment: Moment, by: Sequence[GroupKey]) -> Counter[tuple[Any, ...]]:
    return _by_group(desk.counts(*moment, by), "open_cases", by)
