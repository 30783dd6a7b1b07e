"""What changed in a week of drift: which runs are newly overdue, which still are, and which no longer, and why not.

Both days are told as known at one instant, so that the difference is what happened, and not what was learnt.
"""

from __future__ import annotations

from typing import Any

from domain.days import format_day
from projections.connection import Connection
from projections.questions.drift import ClockNumbers, drift
from projections.questions.moment import RUNS, WITH_SIZES, Moment
from projections.rows import format_run_id


def drift_since(
    connection: Connection, clocks: ClockNumbers, moment: Moment, since: int, clock: str | None = None
) -> list[dict[str, Any]]:
    """The runs overdue on the day of the moment or on the day `since` (not later), by case, clock and baseline.

    Each has its `change`: `new`, `stays`, or `gone`. One that is gone is told as it was on the day `since`, with
    `why` (`met`; `ended`, where the case left the clock's scope without it) and since when (`end`).
    """
    earlier = Moment(since, moment.known)
    before = {line["run"]: line for line in drift(connection, clocks, earlier, clock)}
    now = {line["run"]: line for line in drift(connection, clocks, moment, clock)}
    changed = [line | {"change": "stays" if run in before else "new"} for run, line in now.items()]
    ends = _ends(connection, earlier, moment.on)
    changed += [line | {"change": "gone", **ends[run]} for run, line in before.items() if run not in now]
    return sorted(changed, key=lambda line: (line["case"], line["clock"], line["baseline"], line["due"]))


def _ends(connection: Connection, earlier: Moment, until: int) -> dict[str, dict[str, str]]:
    """How the runs that were on at the earlier day ended by the day `until`."""
    rows = connection.execute(
        f"{WITH_SIZES} SELECT r.run_id, r.end_day, r.met FROM {RUNS}"
        " AND r.due < :on AND r.end_known <= :known AND r.end_day <= :until",
        {**earlier.parameters, "until": until},
    )
    return {format_run_id(run): {"why": "met" if met else "ended", "end": format_day(end)} for run, end, met in rows}
