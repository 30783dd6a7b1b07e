"""Which cases have drifted, with a sentence that says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from casedrift.present.paper import day_words, how_many, number, plain, table, words
from domain.days import parse_day

_CHANGES: Final = {"new": "New since", "gone": "Overdue no longer since", "stays": "Overdue already on"}


def show_drift(lines: Sequence[Mapping[str, Any]]) -> RenderableType:
    """A row a run."""
    if not lines:
        return Text("None.")
    shown = table("case", "tier", "locality", "team", "worker", "severity", "~why")
    for line in lines:
        allocation = (plain(line[key]) for key in ("locality", "team", "worker"))
        shown.add_row(plain(line["case"]), words(line["tier"]), *allocation, line["severity"], why(line))
    return shown


def show_drift_since(lines: Sequence[Mapping[str, Any]], since: int) -> Iterator[RenderableType]:
    """What is new, what is gone and what stays, a table each."""
    for change, title in _CHANGES.items():
        some = [line for line in lines if line["change"] == change]
        yield Text(f"\n{title} {day_words(since)}: {number(len(some))}", style="bold")
        yield show_drift(some)


def why(line: Mapping[str, Any]) -> str:
    """`supervision was due 3 Jun 2019, 28 days ago`."""
    if line.get("change") == "gone":
        return went(line)
    days, clock, due = line["days_overdue"], plain(line["clock"]), day_words(line["due"])
    if days > 0:
        return f"{clock} was due {due}, {how_many(days, 'day')} ago"
    left = "today" if days == 0 else f"in {how_many(-days, 'day')}"
    return f"{clock} is due {due}, {left}"


def went(line: Mapping[str, Any]) -> str:
    """`supervision was due 3 Jun 2019, met 12 Jun 2019, 9 days late`."""
    late = how_many(parse_day(line["end"]) - parse_day(line["due"]), "day")
    how = "met" if line["why"] == "met" else "out of scope"
    return f"{plain(line['clock'])} was due {day_words(line['due'])}, {how} {day_words(line['end'])}, {late} late"
