"""How the open cases of one day became those of another: opened, closed, stepped out, moved, or known better.

`casedrift flow` of `docs/commands.md`, counted stay by stay and day by day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from .history import Moment, Span, state_on, stays
from .intake import Acceptance
from .reading import group_of, group_order, histories

ONE_DAY = timedelta(days=1)
Group = tuple[str | None, ...]
Tally = dict[Group, dict[str, int]]


def flow(
    acc: Acceptance,
    from_day: date,
    to_day: date,
    known_from: datetime,
    known_to: datetime,
    by: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """The movements on days after `from_day` and up to `to_day`; without `by` exactly one row."""
    figures = ["open_from", "opened", "closed", "stepped_out", "revised", *_moves(by), "open_to"]
    tally: Tally = defaultdict(lambda: dict.fromkeys(figures, 0))
    tally.update({} if by else {(): dict.fromkeys(figures, 0)})
    for _, moments in histories(acc, known_from):
        _open(tally, moments, from_day, by, "open_from", 1)
        _open(tally, moments, from_day, by, "revised", -1)
    for _, moments in histories(acc, known_to):
        # "`revised` is what later knowledge changed in `open_from`"
        _open(tally, moments, from_day, by, "revised", 1)
        _open(tally, moments, to_day, by, "open_to", 1)
        for stay in stays(moments):
            _movements(tally, moments, stay, from_day, to_day, by)
    rows = sorted(tally.items(), key=lambda item: group_order(item[0]))
    # "a group whose figures are all 0 is left out"
    return [dict(zip(by, group, strict=True)) | row for group, row in rows if not by or any(row.values())]


def _moves(by: Sequence[str]) -> list[str]:
    return ["moved_in", "moved_out"] if by else []


def _open(tally: Tally, moments: list[Moment], day: date, by: Sequence[str], figure: str, count: int) -> None:
    state = state_on(moments, day)
    if state.open:
        tally[group_of(state, by)][figure] += count


def _movements(
    tally: Tally, moments: list[Moment], stay: Span, from_day: date, to_day: date, by: Sequence[str]
) -> None:
    if stay.end == stay.start:  # "stays of at least one day"
        return

    def group(day: date) -> Group:
        return group_of(state_on(moments, day), by)

    if from_day < stay.start <= to_day:
        tally[group(stay.start)]["opened"] += 1  # "the group of the stay's first day"
    if stay.ended_by is not None and stay.end is not None and from_day < stay.end <= to_day:
        ending = "closed" if stay.ended_by.type == "case-closed" else "stepped_out"
        tally[group(stay.end - ONE_DAY)][ending] += 1  # "that of its last day open"
    day = max(stay.start, from_day) + ONE_DAY
    while by and day <= to_day and stay.holds_on(day):
        # "a move to each later day of the same stay whose group differs from the day before"
        if group(day) != group(day - ONE_DAY):
            tally[group(day)]["moved_in"] += 1
            tally[group(day - ONE_DAY)]["moved_out"] += 1
        day += ONE_DAY
