"""What a simulated stream holds, counted in one pass: for a summary line, and to check what was intended."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Totals:
    """Counts over a stream's rows; `first_time` and `last_time` are `time` as written (`recorded_at`)."""

    rows: int = 0
    facts: int = 0
    """Rows with an identity not seen before."""
    repeated: int = 0
    """Rows that are the very same as an earlier one."""
    corrections: int = 0
    withdrawals: int = 0
    out_of_turn: int = 0
    """Facts, but no corrections or withdrawals, recorded after one of their case with a later `effective_on`."""
    children: int = 0
    first_time: str = ""
    last_time: str = ""
    by_type: Counter[str] = field(default_factory=Counter)


def describe(lines: Iterable[bytes]) -> Totals:
    """Count the rows of a stream made by `simulate`; holds every identity in memory."""
    totals, ids = Totals(), set()
    latest: dict[str, str] = {}
    for line in lines:
        fact = json.loads(line)
        totals.rows += 1
        totals.first_time, totals.last_time = totals.first_time or fact["time"], fact["time"]
        if fact["id"] in ids:
            totals.repeated += 1
            continue
        ids.add(fact["id"])
        _count(totals, fact["type"], fact["data"], latest)
    totals.facts, totals.children = len(ids), len(latest)
    return totals


def _count(totals: Totals, kind: str, data: dict[str, str], latest: dict[str, str]) -> None:
    totals.by_type[kind] += 1
    child, day = data["child"], data["effective_on"]
    before = latest.setdefault(child, day)
    if "corrects" in data:
        totals.corrections += 1
    elif "withdraws" in data:
        totals.withdrawals += 1
    else:
        totals.out_of_turn += day < before
        latest[child] = max(day, before)
