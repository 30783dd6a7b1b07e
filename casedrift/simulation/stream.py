"""The whole authority as one stream: every child's rows, merged in order of when they were recorded.

Children arrive at the front door at one rate, long before the span and through it; of these, the ones still
to be seen in the span are kept until there are as many as asked for. So the caseload at the start is in
proportion to the children who come, whatever their number, and neither grows nor shrinks by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from heapq import heappop, heappush, heapreplace
from typing import Final

from casedrift.simulation.calendar import OfficeDays
from casedrift.simulation.chance import Chance
from casedrift.simulation.life import outline
from casedrift.simulation.people import People
from casedrift.simulation.rows import Row, rows
from casedrift.simulation.story import World
from domain.days import midnight
from domain.working_days import add_months

_BEFORE: Final = 120
"""Months before the span from which children may still be known: longer than nearly all involvements."""
_AFTER: Final = 60
"""Months beyond the span for which office days are laid out, so that stretches may run past its end."""
_KNOWN_FOR: Final = 10
"""Months for which a child is known on average: a rough figure, to give the authority enough desks."""
_EARLIEST: Final = date(1980, 1, 1).toordinal()
_LATEST: Final = date(2150, 1, 1).toordinal()

Waiting = tuple[int, int, list[Row]]
"""A child's next `recorded_at`, the case's number, and the rows left, the last first."""


def simulate(seed: int, start: date, months: int, children: int) -> Iterator[bytes]:
    """The authority's facts as JSON lines (CloudEvents), newline included, in order of `time` (`recorded_at`).

    The span runs from `start` (a London day) for so many months. Exactly `children` children are seen: those
    who come in the span, and those known before who are seen in it, with what was carried over of them; no
    row's `time` is after the span. The same arguments give the same bytes. Rows of one instant stand in order
    of case; a repeated row follows its like. Memory grows with the open caseload, not with the span.

    About so many facts (rows without the repeated; a few in a hundred more or less by seed), and cases open
    at the start and the end:

    | for            | start      | months | children | facts     | open cases |
    |----------------|------------|--------|----------|-----------|------------|
    | a demo         | 2019-05-01 | 6      | 6,400    | 126,000   | 4,000      |
    | a measurement  | 2018-04-01 | 18     | 8,200    | 203,000   | 3,200      |
    | a large one    | 2013-04-01 | 78     | 31,700   | 1,000,000 | 4,600      |

    Devon has had some 5,600 referrals a year and 3,900 episodes open at a year's end: 16,000 children in 36 months.

    Raises ValueError where months or children are below 1, or the span does not lie within 1980 to 2149.
    """
    return _stream(world_of(seed, start, months, children), children)


def world_of(seed: int, start: date, months: int, children: int) -> World:
    """What all the children share; ValueError as `simulate`."""
    if months < 1 or children < 1:
        raise ValueError("months and children must be 1 or more")
    if not _EARLIEST <= start.toordinal() <= add_months(start.toordinal(), months) <= _LATEST:
        raise ValueError("the span must lie within 1980 to 2149")
    return _world(seed, start.toordinal(), months, children)


def seen(world: World, children: int) -> list[tuple[int, int]]:
    """The first referral's day and the candidate's number of the children who are seen, in order of day.

    The first of them is child 1, whose case is `case-00001`.
    """
    arrivals = Chance(world.seed, "arrivals")
    first = add_months(world.begin, -_BEFORE)
    found: list[tuple[int, int]] = []
    candidate = 0
    while len(found) < children:
        candidate += 1
        day = arrivals.between(first, world.end - 1)
        while not arrivals.happens(world.days.busy(day)):
            day = arrivals.between(first, world.end - 1)
        if day >= world.begin or outline(world, candidate, day)[1].until_day >= world.begin:
            found.append((day, candidate))
    return sorted(found)


def _stream(world: World, children: int) -> Iterator[bytes]:
    scramble = Chance(world.seed, "names").between(0, 2**32 - 1)
    waiting: list[Waiting] = []
    for number, (referred_on, candidate) in enumerate(seen(world, children), start=1):
        yield from _recorded_before(midnight(referred_on), waiting)
        child = f"c-{(number * 2_654_435_761 + scramble) % 2**32:08x}"  # an odd factor: no two are alike
        left = rows(world, candidate, referred_on, f"case-{number:05d}", child)[::-1]
        heappush(waiting, (left[-1][0], number, left))
    yield from _recorded_before(midnight(world.end), waiting)


def _world(seed: int, begin: int, months: int, children: int) -> World:
    first, end = add_months(begin, -_BEFORE), add_months(begin, months)
    days = OfficeDays(first - 31, add_months(end, _AFTER))
    open_cases = children * _KNOWN_FOR // (_KNOWN_FOR + months)
    return World(seed, begin, end, days, People(seed, days, (first, end), open_cases))


def _recorded_before(instant: int, waiting: list[Waiting]) -> Iterator[bytes]:
    """Take the rows recorded before the instant, the earliest first."""
    while waiting and waiting[0][0] < instant:
        _, number, left = waiting[0]
        yield left.pop()[1]
        if left:
            heapreplace(waiting, (left[-1][0], number, left))
        else:
            heappop(waiting)
