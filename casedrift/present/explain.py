"""One case, told: what is on record, where the case was held, what was expected by when, and what the record lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from casedrift.present.paper import day_words, how_many, plain, table, words
from domain.days import london_day, parse_day, parse_instant
from domain.vocabulary import ALLOCATION_KEYS

_TOLD_ELSEWHERE: Final = ("child", "effective_on", "estimated", "corrects", "withdraws")
_FINDINGS: Final = {
    "opened-while-open": "The case was opened while it was open",
    "closed-while-closed": "The case was closed while it was closed",
    "activity-while-closed": "Something was done while the case was closed",
    "effective-in-future": "It was recorded before it happened",
    "recorded-late": "It was recorded late",
    "missing-locality": "Nobody knows which locality holds the case",
    "missing-team": "Nobody knows which team holds the case",
    "missing-worker": "Nobody is named as the case's worker",
    "never-assessed": "The case was never assessed",
}


def show_explanation(answer: Mapping[str, Any], on: int) -> Iterator[RenderableType]:
    """The case in four parts, on the day (ordinal)."""
    numbers = {fact["id"]: no for no, fact in reversed([*enumerate(answer["facts"], start=1)])}
    for nth, (title, part) in enumerate(
        (
            ("On record, as it came", _facts(answer["facts"], numbers)),
            ("Where it was held", _places(answer["places"], numbers)),
            ("What was expected", _runs(answer["runs"], numbers, on)),
            ("What the record lacks", _findings(answer["findings"], numbers)),
        )
    ):
        yield Text(f"\n{title}" if nth else title, style="bold")
        yield part


def _facts(facts: Sequence[Mapping[str, Any]], numbers: Mapping[str, int]) -> RenderableType:
    shown = table(">no.", "happened", "known", "what", "~with")
    for no, fact in enumerate(facts, start=1):
        known = day_words(london_day(parse_instant(fact["known_at"])))
        what = words(fact["type"].rpartition(".v")[0]).replace("-", " ")
        shown.add_row(str(no), _happened(fact["data"]), known, what, _details(fact, numbers))
    return shown


def _happened(data: Mapping[str, Any]) -> str:
    if "withdraws" in data:
        return ""
    return day_words(data["effective_on"]) + (" (estimated)" if data.get("estimated") else "")


def _details(fact: Mapping[str, Any], numbers: Mapping[str, int]) -> str:
    data = fact["data"]
    told = [f"{words(key)} {_value(value)}" for key, value in data.items() if key not in _TOLD_ELSEWHERE]
    told += [f"{key} no. {_numbered([data[key]], numbers)}" for key in ("corrects", "withdraws") if data.get(key)]
    if not fact["stands"] and "withdraws" not in data:  # of a withdrawal nothing is left that could stand
        told.append("no longer stands")
    return ", ".join(told)


def _numbered(ids: Sequence[str], numbers: Mapping[str, int]) -> str:
    """The facts by their numbers in the first table; JSON has their ids."""
    return ", ".join(str(numbers[id_]) if id_ in numbers else plain(id_) for id_ in ids)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " and ".join(map(plain, value)) or "none"
    return words(value) if value is not None else "nobody"


def _places(places: Sequence[Mapping[str, Any]], numbers: Mapping[str, int]) -> RenderableType:
    if not places:
        return Text("Nowhere: it was open on no day.")
    held_by = [key for key in ALLOCATION_KEYS if key != "cohort" or any(place[key] for place in places)]
    shown = table("from", "to", "tier", *held_by, "~plans", "because of")
    for place in places:
        shown.add_row(
            day_words(place["from"]),
            _until(place["to"]),
            words(place["tier"]),
            *(plain(place[key]) for key in held_by),
            ", ".join(words(plan) for plan in place["plans"]),
            _numbered(place["because"], numbers),
        )
    return shown


def _until(day: str | None) -> str:
    return "open" if day is None else day_words(day)


def _runs(runs: Sequence[Mapping[str, Any]], numbers: Mapping[str, int], on: int) -> RenderableType:
    if not runs:
        return Text("Nothing.")
    shown = table("clock", "from", "due", "~how it went", "because of")
    for run in runs:
        days = day_words(run["baseline"]), day_words(run["due"])
        shown.add_row(plain(run["clock"]), *days, how_it_went(run, on), _numbered(run["because"], numbers))
    return shown


def how_it_went(run: Mapping[str, Any], on: int) -> str:
    """A sentence on one run, as seen on the day (ordinal): what became of it, and how late it was."""
    due = parse_day(run["due"])
    end = None if run["end"] is None else parse_day(run["end"])
    if end is None or end > on:
        if parse_day(run["baseline"]) > on:
            return "yet to begin"
        return f"overdue by {how_many(on - due, 'day')}" if on > due else "in time so far"
    how = "met" if run["met"] else "out of scope"
    return f"{how} {day_words(end)}, {how_many(end - due, 'day') + ' late' if end > due else 'in time'}"


def _findings(found: Sequence[Mapping[str, Any]], numbers: Mapping[str, int]) -> RenderableType:
    if not found:
        return Text("Nothing.")
    shown = table("finding", "~rests on")
    for finding, each in groupby(found, key=lambda each: str(each["finding"])):
        rests = "; ".join(_numbered(one["facts"], numbers) for one in each)
        shown.add_row(_FINDINGS.get(finding, words(finding)), rests)
    return shown
