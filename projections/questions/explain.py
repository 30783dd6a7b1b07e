"""One case explained: its facts, where it was held and when, its runs, and the record's faults, as known then."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final

from domain.clocks import Rules, plans_on
from domain.days import format_day, format_instant
from domain.events import CaseFact
from domain.findings import findings
from domain.fold import PLACE, Ended, fold
from domain.history import Fact, standing
from domain.vocabulary import ALLOCATION_KEYS
from projections.case_view import net
from projections.rows import format_run_id, run_id


def explain(rules: Rules, events: Sequence[CaseFact], on: int, known: int) -> dict[str, Any]:
    """The case whose events these are (all of them, in acceptance order; at least one known at the instant)."""
    facts = [event.as_fact() for event in events]
    stood = standing(facts, known)
    by_chain = {fact.chain: fact for fact in stood}
    stands = {fact.version for fact in stood}
    _, changes = fold(rules, stood)
    held = net(change for each in changes for change in each)
    case = events[0].originator_id
    return {
        "case": case,
        "facts": [
            {
                **event.as_cloud_event(),
                "known_at": format_instant(event.known_at),
                "stands": event.originator_version in stands,
            }
            for event in events
            if event.known_at <= known
        ],
        "places": [
            _place(begun, ended, by_chain[by])
            for (subject, by), (begun, ended) in held.items()
            if subject == PLACE and (ended is None or ended[0] > begun[0])
        ],
        "runs": _runs(rules, case, facts, by_chain, held),
        "findings": [
            {"finding": finding, "case": case, "facts": list(on_facts)}
            for finding, on_facts in findings(rules, facts, on, known)
        ],
    }


accepted: Final = attrgetter("version")
"""The order of acceptance within a case."""


def _place(begun: Any, ended: Ended | None, because: Fact) -> dict[str, Any]:
    day, place = begun
    return {
        "from": format_day(day),
        "to": None if ended is None else format_day(ended[0]),
        "tier": place.tier,
        **{key: getattr(place, key) for key in ALLOCATION_KEYS},
        "plans": plans_on(place.plans),
        "because": [because.id],
    }


def _runs(
    rules: Rules, case: str, facts: Sequence[Fact], by_chain: dict[int, Fact], held: dict[Any, Any]
) -> list[dict[str, Any]]:
    """The runs that are measured, by clock and baseline."""
    lines = []
    for (subject, by), (begun, ended) in held.items():
        if subject < 0 or not begun.measured:
            continue
        clock, first = rules.clocks[subject].id, facts[by - 1]
        end, ended_by, met = (None, None, None) if ended is None else ended
        because = sorted((by_chain[each] for each in (by, ended_by) if each is not None), key=accepted)
        lines.append(
            {
                "run": format_run_id(run_id(case, clock, first.source, first.id)),
                "clock": clock,
                "baseline": format_day(begun.baseline),
                "due": format_day(begun.due),
                "end": None if end is None else format_day(end),
                "met": bool(met),
                "because": [fact.id for fact in because],
            }
        )
    return sorted(lines, key=lambda line: (line["clock"], line["baseline"]))
