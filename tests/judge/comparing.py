"""Two policies held against each other on a day: which runs only the one flags, which only the other, and which both.

A run is known by its case, its clock's id and the fact that began it (contract, section 4), whatever policy it is of.
"""

from __future__ import annotations

from datetime import date, datetime

from .intake import Acceptance
from .policy import Policy
from .reading import Row, drift


def policy_compare(acc: Acceptance, a: Policy, b: Policy, on: date, known: datetime) -> list[Row]:
    """The overdue runs by case, clock, baseline, then `in`; `due_b` where both flag it."""
    rows_a, rows_b = drift(acc, a, on, known), drift(acc, b, on, known)
    rows = [_row(row, [other for other in rows_b if other["run"] == row["run"]], "a") for row in rows_a]
    rows += [_row(row, [], "b") for row in rows_b if all(row["run"] != other["run"] for other in rows_a)]
    return sorted(rows, key=lambda row: (row["case"], row["clock"], row["baseline"], row["in"]))


def _row(row: Row, same: list[Row], alone: str) -> Row:
    if same:
        (other,) = same
        return {**row, "in": "both", "due_b": other["due"]}
    return {**row, "in": alone, "due_b": None}
