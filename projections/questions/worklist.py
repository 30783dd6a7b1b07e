"""What there is to do, a line a case: what is overdue in it, what is due soon, and what its record lacks.

A team goes down the list with the most pressing case first; whatever is done, or put right at its source, is gone
from the next list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from domain.clocks import Rules
from domain.vocabulary import GroupKey
from projections.connection import Connection
from projections.questions.drift import ClockNumbers, Place, drift, held, held_where
from projections.questions.findings import Histories, faults_of
from projections.questions.moment import Moment, Names, in_group_order

_OF_A_RUN: Final = ("clock", "due", "days_overdue")
_TO_DO: Final = ("findings", "overdue", "due_soon")
_NEVER: Final = "9999-12-31"


def worklist(
    connection: Connection,
    rules: Rules,
    clocks: ClockNumbers,
    histories: Histories,
    moment: Moment,
    by: Sequence[GroupKey],
) -> list[dict[str, Any]]:
    """The cases open on the day in which there is something to do, each once.

    By group, then the most days overdue, then what is due first, then the case. `rules` are those by which the
    record's faults are found, `clocks` those whose runs are looked at.
    """
    names = Names(connection)
    lines = {place[1]: _line(place, by, names) for place in held(connection, moment)}
    for case, faults in faults_of(rules, histories, lines, moment):
        lines[case]["findings"] = sorted(faults)
    for key, due_soon in (("overdue", False), ("due_soon", True)):
        for run in drift(connection, clocks, moment, due_soon=due_soon):
            lines[run["case"]][key].append({each: run[each] for each in _OF_A_RUN})
    to_do = [_by_urgency(line) for line in lines.values() if any(line[key] for key in _TO_DO)]
    return sorted(to_do, key=lambda line: (in_group_order(by, line), *_urgency(line), line["case"]))


def _line(place: Place, by: Sequence[GroupKey], names: Names) -> dict[str, Any]:
    """A case in which nothing is known to do yet; the keys by which it is grouped come first."""
    where = held_where(place, names)
    group: dict[str, Any] = {key: where[key] for key in by}
    return {**group, "case": place[1], "child": place[2], **where, **{key: [] for key in _TO_DO}}


def _by_urgency(line: dict[str, Any]) -> dict[str, Any]:
    for key in ("overdue", "due_soon"):
        line[key].sort(key=lambda run: (run["due"], run["clock"]))
    return line


def _urgency(line: dict[str, Any]) -> tuple[int, str]:
    overdue, due_soon = line["overdue"], line["due_soon"]
    return -overdue[0]["days_overdue"] if overdue else 0, due_soon[0]["due"] if due_soon else _NEVER
