"""How the open cases of one day became those of another: opened, closed, stepped out, moved, or known better since.

A manager who saw 168 in March and sees 175 in September can account for every one of them. Each figure is counted
for itself: nothing is worked out from the others, so that their sum proves them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from domain.days import NO_DAY
from domain.vocabulary import GroupKey
from projections.connection import Connection
from projections.questions.moment import PLACES, WITH_SIZES, Moment, Names, columns, in_group_order
from projections.rows import ENDINGS

Group = tuple[int, ...]
"""A group's values as numbers, in the order of the grouping."""
Figures = dict[str, Counter[Group]]
MOVES: Final = ("moved_in", "moved_out")
FIGURES: Final = ("open_from", "opened", "closed", "stepped_out", *MOVES, "revised", "open_to")
_HOW: Final = {number: how for how, number in ENDINGS.items() if how}
_END: Final = "CASE WHEN {0}.end_known <= :known THEN {0}.end_day ELSE " + str(NO_DAY) + " END"
"""The end of a row as known at the instant."""
_PLACES_BETWEEN: Final = f"""
    sized CROSS JOIN place AS p ON p.size = sized.size AND p.lo BETWEEN :point - sized.width AND :last_point
    JOIN stay AS s ON s.case_no = p.case_no AND s.begun_by = p.stay
    WHERE p.known_from <= :known AND p.known_to > :known AND s.known_from <= :known AND s.known_to > :known
    AND p.from_day <= :last AND {_END.format("p")} > :on AND {_END.format("p")} > p.from_day"""
"""The places of at least one day, of which one lies between the first day (`on`) and the last, each with its stay."""


def flow(connection: Connection, start: Moment, end: Moment, by: Sequence[GroupKey] = ()) -> list[dict[str, Any]]:
    """From the day of `start` to that of `end`, which is not earlier; one object a group, zeros left out.

    `open_from` is as known at the instant of `start`, the movements and `open_to` as known at that of `end`.
    Without a grouping exactly one object, and no moves.
    """
    figures: Figures = {figure: Counter() for figure in FIGURES if by or figure not in MOVES}
    start_known_later = Moment(start.on, end.known)
    figures["open_from"] = _open(connection, start, by)
    figures["open_to"] = _open(connection, end, by)
    figures["revised"] = _open(connection, start_known_later, by)
    figures["revised"].subtract(figures["open_from"])
    for _, places in groupby(_places(connection, start_known_later, end, by), key=itemgetter(0, 1)):
        _movements(figures, (place[2:] for place in places), start.on, end.on)
    names = Names(connection)
    groups = {group for counted in figures.values() for group, count in counted.items() if count} if by else {()}
    lines = [names.group(by, group) | {figure: n[group] for figure, n in figures.items()} for group in groups]
    return sorted(lines, key=lambda line: in_group_order(by, line))


def _open(connection: Connection, moment: Moment, by: Sequence[GroupKey]) -> Counter[Group]:
    """How many cases were open on the day, by group."""
    chosen = f", {columns(by)}" if by else ""
    grouped = f"GROUP BY {columns(by)}" if by else ""
    rows = connection.execute(f"{WITH_SIZES} SELECT count(*){chosen} FROM {PLACES} {grouped}", moment.parameters)
    return Counter({tuple(group): count for count, *group in rows})


def _places(connection: Connection, first: Moment, last: Moment, by: Sequence[GroupKey]) -> Iterable[tuple[Any, ...]]:
    """Case, stay, first day and end of each place, those of its stay, how that ended, and the group; in order."""
    chosen = f", {columns(by)}" if by else ""
    return connection.execute(
        f"{WITH_SIZES} SELECT p.case_no, p.stay, p.from_day, {_END.format('p')}, s.from_day, {_END.format('s')},"
        f" s.ending{chosen} FROM {_PLACES_BETWEEN} ORDER BY p.case_no, p.stay, p.from_day",
        {**first.parameters, "last": last.on, "last_point": last.parameters["point"]},
    )


def _movements(figures: Figures, places: Iterable[tuple[int, ...]], from_day: int, to_day: int) -> None:
    """What one stay's places, in order, tell of the days after `from_day` and up to `to_day`.

    They follow one another without a gap, so that a day on which the next begins has another group than the day
    before it exactly where their groups differ.
    """
    before: Group | None = None
    for first, end, opened_on, ended_on, ending, *values in places:
        group = tuple(values)
        if first == opened_on and first > from_day:
            figures["opened"][group] += 1
        if before is not None and group != before:
            figures["moved_in"][group] += 1
            figures["moved_out"][before] += 1
        if end == ended_on and end <= to_day:
            figures[_HOW[ending]][group] += 1
        before = group
