"""When each run raised an alarm, and when that was settled or proved never to have been so.

`docs/alerts.md`. The judge walks every instant at which anything could change:
each moment of new knowledge and each London midnight, and looks at the whole case again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from .clocks import Run
from .facts import Accepted, london_day, midnight, written
from .history import history, known_facts
from .intake import Acceptance
from .policy import Policy
from .reading import run_key, runs

Line = dict[str, Any]
ONE_DAY = timedelta(days=1)


def alerts(acc: Acceptance, policy: Policy, known: datetime, since: datetime | None = None) -> list[Line]:
    """Every change of an alert's state up to `known`; ordered by `state_at`, case, clock, run.

    Run ids elsewhere differ from the judge's keys, so lines that differ by run alone may stand either way.
    """
    told: list[tuple[tuple[datetime, str, str, str], Line]] = []
    for case in {fact.case for fact in acc.accepted if fact.known_at <= known}:
        for at, line in _of_case(known_facts(acc.accepted, case, known), policy, case, known):
            told.append(((at, line["case"], line["clock"], line["run"]), line))
    # "`--since` keeps lines with `state_at` at or after it"
    return [line for key, line in sorted(told, key=lambda one: one[0]) if since is None or key[0] >= since]


def _of_case(facts: list[Accepted], policy: Policy, case: str, known: datetime) -> Iterator[tuple[datetime, Line]]:
    last: dict[str, Line] = {}
    runs_then: dict[str, Run] = {}
    for at in _instants(facts, known):
        if any(fact.known_at == at for fact in facts):
            moments = history([fact for fact in facts if fact.known_at <= at])
            runs_then = {run_key(case, run): run for run in runs(policy, moments)}
        for key in sorted({*runs_then, *last}):
            state = _state(runs_then.get(key), at)
            before = last[key]["state"] if key in last else None
            # "A run whose overdue days were all over before they became known raises nothing."
            if state != before and (before is not None or state == "raised"):
                last[key] = _line(case, key, runs_then.get(key), state, at, last.get(key), facts)
                yield at, last[key]


def _instants(facts: list[Accepted], known: datetime) -> list[datetime]:
    first, days = london_day(facts[0].known_at), (london_day(known) - london_day(facts[0].known_at)).days
    dawns = {midnight(first + ONE_DAY * number) for number in range(1, days + 1)}
    return sorted(at for at in dawns | {fact.known_at for fact in facts} if at <= known)


def _state(run: Run | None, at: datetime) -> str:
    today = london_day(at)
    if run is not None and run.overdue(today):  # "*raised* while the run is overdue on K's day"
        return "raised"
    # "else *cleared* if it was overdue on some day before K's day"; the first such day is the one after due
    if run is not None and run.due + ONE_DAY < today and run.overdue(run.due + ONE_DAY):
        return "cleared"
    return "withdrawn"  # "it never began, or was overdue on no day up to K's day"


def _line(
    case: str,
    key: str,
    run: Run | None,
    state: str,
    at: datetime,
    before: Line | None,
    facts: list[Accepted],
) -> Line:
    if state == "withdrawn" or run is None:
        assert before is not None
        # "`due` is as known at `state_at` (withdrawn: as on the line before)"; "every fact of the case with
        # `known_at` = `state_at`, by its own id, in acceptance order"
        because = [fact.id for fact in facts if fact.known_at == at]
        return {**before, "state": state, "state_at": written(at), "because": because}
    ended = [run.ended_by.link.id] if state == "cleared" and run.ended_by else []
    return {
        "run": key,
        "case": case,
        "clock": run.clock.id,
        "due": run.due.isoformat(),
        # "`raised_at` is the latest raising"
        "raised_at": written(at) if state == "raised" or before is None else before["raised_at"],
        "state": state,
        "state_at": written(at),
        "because": [run.begun_by.link.id, *ended],
    }
