"""The record's own faults, case by case, or how many cases of each team have them.

A data officer goes down the list and puts them right at their source; a manager sees where the record can't be
relied upon.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from domain.clocks import Rules
from domain.findings import findings
from domain.history import Fact
from domain.vocabulary import GroupKey
from projections.connection import Connection
from projections.questions.moment import WITH_SIZES, Moment, Names, columns, in_group_order, near, stands

Histories = Callable[[Sequence[str]], Mapping[str, list[Fact]]]
"""All facts of each of the cases named, in acceptance order, as the log holds them."""
_AT_ONCE: Final = 200
"""Cases whose facts are read together."""


def record_faults(rules: Rules, histories: Iterable[tuple[str, list[Fact]]], moment: Moment) -> list[dict[str, Any]]:
    """Every finding of every case, by case, finding and facts.

    `histories` are the cases in the order of their references (by code point), each with all its facts in acceptance
    order; one is held in memory at a time.
    """
    return [
        {"finding": finding, "case": case, "facts": list(on_facts)}
        for case, facts in histories
        for finding, on_facts in findings(rules, facts, moment.on, moment.known)
    ]


def cases_with_faults(
    connection: Connection, rules: Rules, histories: Histories, moment: Moment, by: Sequence[GroupKey]
) -> list[dict[str, Any]]:
    """How many of the cases open on the day have each finding, by the group that held them that day.

    Only these cases' facts are read.
    """
    held = _held(connection, moment, by)
    found: Counter[tuple[tuple[int, ...], str]] = Counter()
    for case, faults in faults_of(rules, histories, held, moment):
        found.update((held[case], finding) for finding in faults)
    names = Names(connection)
    lines = [{**names.group(by, group), "finding": finding, "cases": n} for (group, finding), n in found.items()]
    return sorted(lines, key=lambda line: (in_group_order(by, line), line["finding"]))


def faults_of(
    rules: Rules, histories: Histories, cases: Iterable[str], moment: Moment
) -> Iterator[tuple[str, set[str]]]:
    """Which findings each of the cases has, by their names."""
    asked = sorted(cases)
    for start in range(0, len(asked), _AT_ONCE):
        for case, facts in histories(asked[start : start + _AT_ONCE]).items():
            yield case, {each.finding for each in findings(rules, facts, moment.on, moment.known)}


def _held(connection: Connection, moment: Moment, by: Sequence[GroupKey]) -> dict[str, tuple[int, ...]]:
    """The cases open on the day, each with its group."""
    rows = connection.execute(
        f"{WITH_SIZES} SELECT c.subject, {columns(by)} FROM {near('place', 'p')}"
        f" JOIN cases AS c ON c.case_no = p.case_no WHERE {stands('p', 'from_day')}",
        moment.parameters,
    )
    return {case: tuple(group) for case, *group in rows}
