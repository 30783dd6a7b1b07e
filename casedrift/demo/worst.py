"""The worst cases of a day: those in which most that matters most is overdue, and for longest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from casedrift.present.paper import how_many, plain, table, words

Line = Mapping[str, Any]
"""A line of `drift`."""


def worst_cases(drifting: Sequence[Line], most: int) -> list[tuple[str, list[Line]]]:
    """Cases with their overdue runs, the gravest run first; the worst case first, at most so many."""
    by_case: dict[str, list[Line]] = {}
    for line in drifting:
        by_case.setdefault(line["case"], []).append(line)
    for lines in by_case.values():
        lines.sort(key=lambda line: (line["severity"] != "high", -line["days_overdue"], line["clock"]))
    return sorted(by_case.items(), key=lambda each: (*_badness(each[1]), each[0]))[:most]


def show_worst(cases: Sequence[tuple[str, Sequence[Line]]]) -> RenderableType:
    """A line a case: what is overdue longest of what matters most, and how much more is overdue."""
    shown = table("case", "tier", "locality", "why", "also")
    for case, (first, *others) in cases:
        why = f"{plain(first['clock'])} {how_many(first['days_overdue'], 'day')} overdue"
        also = f"+{len(others)}" if others else ""
        shown.add_row(plain(case), words(first["tier"]), plain(first["locality"]), why, also)
    return shown


def _badness(lines: Sequence[Line]) -> tuple[int, int]:
    grave = [line["days_overdue"] for line in lines if line["severity"] == "high"]
    return -len(grave), -max(grave, default=0)
