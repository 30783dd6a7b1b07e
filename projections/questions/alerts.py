"""The alarm log: every change of every alert, in the order in which it came about.

It is read off what was known of each run, and when: whoever asks, however often, and whatever woke them, the same log
comes out. So nothing of it is kept, and a window of it costs by what changed in the window.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, Final, NamedTuple

from domain.days import NO_INSTANT, format_day, format_instant, london_day, midnight
from domain.history import Fact
from projections.case_view import CaseView
from projections.connection import Connection
from projections.questions.alerts_of_run import RunRow, Turn, turns
from projections.questions.drift import ClockNumbers
from projections.questions.moment import WITH_SIZES
from projections.rows import format_run_id
from projections.views import Histories

Line = dict[str, Any]
AtHand = Callable[[int], CaseView | None]
"""A case, by its number, where it is in memory as all that is known now has left it."""
_AT_ONCE: Final = 500
"""Cases whose facts are in memory at once."""


class Alerts(NamedTuple):
    """The lines asked for, and the first instant after `known` at which there may be more, if nothing more is
    learnt: a London midnight, or earlier where something is already known to become known."""

    lines: list[Line]
    next_at: int


def alerts(
    connection: Connection, clocks: ClockNumbers, histories: Histories, known: int, since: int | None = None
) -> Alerts:
    """The changes of alerts up to `known`, of these those at or after `since` (instants), by `state_at`, case, clock
    and run. `histories` gives the facts of cases, in acceptance order."""
    found = (
        turn
        for turned in turns_of_runs(connection, clocks, known, since)
        for turn in turned
        if since is None or turn.at >= since
    )
    return Alerts(alert_lines(connection, clocks, histories, found), next_at(connection, known))


def turns_of_runs(
    connection: Connection,
    clocks: ClockNumbers,
    known: int,
    since: int | None = None,
    cases: Collection[int] | None = None,
) -> Iterator[list[Turn]]:
    """Every change up to `known` of each run that may have turned at or after `since`; with `cases` (by their numbers)
    of these only. Those of a case follow one another."""
    rows = _rows(connection, clocks, known, since, cases)
    for _, of_run in groupby(rows, key=itemgetter(0, 1, 2)):
        if turned := list(turns(list(of_run), known)):
            yield turned


def nothing_at_hand(_case_no: int) -> None:
    """Every case is to be read."""


def alert_lines(
    connection: Connection,
    clocks: ClockNumbers,
    histories: Histories,
    found: Iterable[Turn],
    at_hand: AtHand = nothing_at_hand,
) -> list[Line]:
    """The changes in words, by `state_at`, case, clock and run; those of a case must follow one another."""
    return [line for _, line in sorted(_told(connection, clocks, histories, found, at_hand), key=itemgetter(0))]


# A run that is over may have been overdue only if it was so before its end was known; a day's slack stands for the
# hours by which clocks change, as the exact midnights are counted later.
_EVER_LATE: Final = """
    SELECT DISTINCT case_no, clock, begun_by FROM run
    WHERE measured = 1 AND known_from <= :known AND due < :today
      AND (due + 1 < end_day OR end_known > :dawn - (:today - due) * 86400000000)"""
_TURNS: Final = """measured = 1 AND known_from <= :known
      AND (known_from >= :since OR end_known BETWEEN :since AND :known
           OR due + 1 BETWEEN :first AND :today OR end_day BETWEEN :first AND :today)"""
_REPLACED: Final = f"measured = 1 AND known_to BETWEEN :since AND :known AND known_to < {NO_INSTANT}"
# What turns in the window stood on one of its days, or on the day before, and so lies in a hull there; unless it was
# long over, and turned because something else took its place.
_TURNED: Final = f"""
    {WITH_SIZES} SELECT r.case_no, r.clock, r.begun_by
    FROM sized CROSS JOIN run AS r ON r.size = sized.size AND r.lo BETWEEN :before - sized.width AND :today
    WHERE {_TURNS}
    UNION SELECT case_no, clock, begun_by FROM run WHERE {_REPLACED}"""
_TURNED_OF: Final = f"""
    SELECT DISTINCT case_no, clock, begun_by FROM run WHERE case_no IN ({{cases}}) AND ({_TURNS} OR {_REPLACED})"""
_OF: Final = "SELECT DISTINCT case_no, clock, begun_by FROM run WHERE case_no IN ({cases})"
_ROWS: Final = """
    SELECT r.case_no, r.clock, r.begun_by, r.run_id, r.due, r.end_day, r.ended_by,
           r.known_from, r.end_known, r.known_to
    FROM ({which}) AS m
    JOIN run AS r ON r.case_no = m.case_no AND r.clock = m.clock AND r.begun_by = m.begun_by
    WHERE r.measured = 1 AND r.known_from <= :known
    ORDER BY r.case_no, r.clock, r.begun_by, r.known_from"""


def _rows(
    connection: Connection, clocks: ClockNumbers, known: int, since: int | None, cases: Collection[int] | None
) -> Iterator[RunRow]:
    """The measured rows of the runs that may have turned in the window, run by run, in knowledge order."""
    today = london_day(known)
    named = {"known": known, "today": today, "dawn": midnight(today), "since": since}
    if since is not None:
        day = london_day(since)
        named |= {"before": day - 1, "first": day if midnight(day) >= since else day + 1}
    if cases is None:
        which = _EVER_LATE if since is None else _TURNED
    else:
        listed = ",".join(str(int(case)) for case in sorted(cases))
        which = (_OF if since is None else _TURNED_OF).format(cases=listed or "0")
    rows = map(RunRow._make, connection.execute(_ROWS.format(which=which), named))
    return (row for row in rows if row.clock in clocks)


def next_at(connection: Connection, known: int) -> int:
    """The first instant after `known` at which an alert may turn by itself."""
    dawn = midnight(london_day(known) + 1)
    if connection.execute("SELECT 1 FROM cases WHERE known_at > ? LIMIT 1", (known,)).fetchone() is None:
        return dawn
    ahead = connection.execute(
        "SELECT min(CASE WHEN known_from > :known THEN known_from END), min(CASE WHEN end_known > :known"
        " THEN end_known END), min(CASE WHEN known_to > :known THEN known_to END) FROM run",
        {"known": known},
    ).fetchone()
    return min(dawn, *(instant if instant is not None else NO_INSTANT for instant in ahead))


_Key = tuple[int, str, str, str]


def _told(
    connection: Connection, clocks: ClockNumbers, histories: Histories, found: Iterable[Turn], at_hand: AtHand
) -> Iterator[tuple[_Key, Line]]:
    """The lines, each with its place in the order; the facts of a few cases at a time."""
    by_case = ((case_no, list(turned)) for case_no, turned in groupby(found, key=lambda turn: turn.row.case_no))
    while some := list(islice(by_case, _AT_ONCE)):
        views = {case_no: at_hand(case_no) for case_no, _ in some}
        known = [(turn, _known_because(turn, views[case_no])) for case_no, turned in some for turn in turned]
        to_read = {turn.row.case_no for turn, because in known if because is None}
        subjects = {case_no: view.subject for case_no, view in views.items() if view is not None}
        subjects |= _subjects(connection, sorted(to_read - subjects.keys()))
        facts = histories(sorted(subjects[case_no] for case_no in to_read)) if to_read else {}
        for turn, because in known:
            case = subjects[turn.row.case_no]
            told = _because(turn, facts[case]) if because is None else because
            line = _line(case, clocks[turn.row.clock].id, turn, told)
            yield (turn.at, case, line["clock"], line["run"]), line


def _subjects(connection: Connection, case_nos: Sequence[int]) -> dict[int, str]:
    if not case_nos:
        return {}
    marks = ",".join("?" * len(case_nos))
    return dict(connection.execute(f"SELECT case_no, subject FROM cases WHERE case_no IN ({marks})", case_nos))


def _line(case: str, clock: str, turn: Turn, because: list[str]) -> Line:
    return {
        "run": format_run_id(turn.row.run_id),
        "case": case,
        "clock": clock,
        "due": format_day(turn.due),
        "raised_at": format_instant(turn.raised_at),
        "state": turn.state,
        "state_at": format_instant(turn.at),
        "because": because,
    }


def _because(turn: Turn, facts: Sequence[Fact]) -> list[str]:
    """The ids of the facts on which the change rests: the beginning by the link that then stood, and of a clearing
    the end likewise; of a withdrawal all that was learnt at that instant."""
    if turn.state == "withdrawn":
        return [fact.id for fact in facts if fact.known_at == turn.at]
    stood = {fact.chain: fact.id for fact in facts if fact.known_at <= turn.at}
    return [stood[link] for link in _rests_on(turn)]


def _known_because(turn: Turn, view: CaseView | None) -> list[str] | None:
    """The same from memory, which has of each chain the last link: it stood then if it was known. None where that does
    not tell."""
    if view is None:
        return None
    if turn.state == "withdrawn":
        return view.last_ids if view.last_known == turn.at else None
    stood = {fact.chain: fact.id for fact in view.facts if fact.known_at <= turn.at}
    links = _rests_on(turn)
    return [stood[link] for link in links] if stood.keys() >= set(links) else None


def _rests_on(turn: Turn) -> tuple[int, ...]:
    """The chains of the facts on which a raising or a clearing rests."""
    return (turn.row.begun_by, turn.row.ended_by) if turn.state == "cleared" else (turn.row.begun_by,)
