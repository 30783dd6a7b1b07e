"""The drift of one day beside that of an earlier one, both as known at one instant: new, the same still, or gone.

A run that is gone was met, or ended without: the case left the clock's scope.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from .intake import Acceptance
from .policy import Policy
from .reading import Row, drift, histories, run_key, runs


def drift_since(acc: Acceptance, policy: Policy, on: date, since: date, known: datetime) -> list[Row]:
    """The runs overdue on either day, each as on the later one, or if it is gone as on the earlier."""
    now = {row["run"]: row for row in drift(acc, policy, on, known)}
    then = {row["run"]: row for row in drift(acc, policy, since, known)}
    rows = [row | {"change": "stays" if run in then else "new"} for run, row in now.items()]
    for case, moments in histories(acc, known):
        for run in runs(policy, moments):
            key = run_key(case, run)
            if key in then.keys() - now.keys():
                rows.append(then[key] | {"change": "gone"} | _ended(run.met, run.end))
    return sorted(rows, key=lambda row: (row["case"], row["clock"], row["baseline"], row["due"]))


def _ended(met: bool, end: date | None) -> dict[str, Any]:
    assert end is not None, "what is overdue no longer has ended"
    return {"why": "met" if met else "ended", "end": end.isoformat()}
