"""What an extract can tell on its day, so that whatever it is silent about is never taken for a difference.

A file that stands alone tells what went on in its window, and nothing of the kinds of fact of which it holds none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from casedrift.policies import load_policy
from casedrift.retelling import rules_of
from domain.days import london_day
from domain.policy import Coverage, FactPattern, Policy
from domain.vocabulary import PLANS, Plan
from projections.connection import Connection
from projections.questions.reconcile import OPEN, Measure
from streams.sources import annex_a, cin_census
from streams.sources.extract import Extract
from streams.sources.telling import fact_types_absent

_MADE_FOR: Final = {annex_a.KIND: "england-annex-a", cin_census.KIND: "england-census"}
"""The shipped policy that says what extracts of a kind can't tell."""
_CLOSINGS: Final = {annex_a.KIND: "6"}
"""The table that alone tells that a case was closed; without a row of it, nobody can say which are open."""
_WHO_IS_OPEN: Final = frozenset({"6.end", "3.no_further_action", "8.legal_status"})
_WHO_IS_ON: Final[Mapping[Plan, frozenset[str]]] = {
    "child_protection": frozenset({"7.end"}),
    "care": frozenset({"8.end", "8.legal_status"}),
}
"""The columns of Annex A without which nobody can say which cases are open, or which plans are on."""


@dataclass(frozen=True, slots=True)
class FileTells:
    """The day (an ordinal) that the file shows, from which day on it tells all (None: it doesn't say), the policy cut
    down to what it tells, and the measures that it can be held to."""

    on: int
    since: int | None
    policy: Policy
    measures: frozenset[Measure]


def file_tells(extract: Extract, policy: Policy, store: Connection) -> FileTells:
    """What the extract tells, which was loaded alone into that store, by the policy asked."""
    on, since = london_day(extract.taken), None
    if extract.window is not None:  # a census is written some weeks after the year that it tells of
        on, since = min(on, extract.window.last), extract.window.first + extract.window.grace
    kinds = [str(topic) for (topic,) in store.execute("SELECT DISTINCT topic FROM stored_events")]
    cut_down = replace(policy, coverage=(*policy.coverage, *_coverage(extract, kinds, since)))
    held = 0
    for (mask,) in store.execute("SELECT DISTINCT plans FROM place"):
        held |= mask
    measures = measures_told(cut_down, on, [plan for number, plan in enumerate(PLANS) if held >> number & 1])
    closings = _CLOSINGS.get(extract.format.kind)
    if (closings is not None and closings not in extract.lists) or extract.lacking & _WHO_IS_OPEN:
        measures = frozenset(measure for measure in measures if measure.what == "plan")
    measures -= {Measure("plan", plan) for plan, columns in _WHO_IS_ON.items() if extract.lacking & columns}
    return FileTells(on, since, cut_down, measures)


def measures_told(policy: Policy, on: int, plans: Iterable[Plan] = PLANS) -> frozenset[Measure]:
    """The measures that sources as the policy has them tell on the day; of plans, of these alone."""
    supplied = [
        Measure("plan", plan) for plan in plans if _supplied(policy, FactPattern("plan-started", (("plan", plan),)))
    ]
    measured = [
        Measure("overdue", clock.id)
        for clock in rules_of(policy).clocks
        if clock.measured_from is not None and clock.measured_from <= on
    ]
    return frozenset([OPEN, *supplied, *measured])


def _coverage(extract: Extract, held: Iterable[str], since: int | None) -> Iterable[Coverage]:
    kind = extract.format.kind
    yield from load_policy(_MADE_FOR[kind]).coverage
    yield Coverage(_bare(fact_types_absent(held)), None)
    if since is not None:
        yield Coverage(_bare(sorted(extract.format.supplies)), since)


def _bare(kinds: Iterable[str]) -> tuple[FactPattern, ...]:
    return tuple(FactPattern(kind) for kind in kinds)


def _supplied(policy: Policy, wanted: FactPattern) -> bool:
    return not any(
        entry.complete_from is None and covered.type == wanted.type and set(covered.values) <= set(wanted.values)
        for entry in policy.coverage
        for covered in entry.facts
    )
