"""What a load would change, for whoever decides whether to load it: a table of changes by kind, then case by case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from casedrift.present.paper import day_words, how_many, number, plain, table
from casedrift.present.store import case_in_place

_MOST: Final = 200
"""Lines for people; programs get all of them."""
Line = Mapping[str, Any]


def show_changes(lines: Sequence[Line]) -> Iterator[RenderableType]:
    """How many of each kind, then a row a change, the changes of a case together."""
    yield Text("\nNothing was stored. It would change:" if lines else "\nNothing was stored, and nothing would change.")
    if not lines:
        return
    yield Text()
    yield _by_type(lines)
    yield Text()
    shown = table("case", "change", "fact", "day", "~what it says")
    for line in islice(lines, _MOST):
        shown.add_row(case_in_place(line), line["change"], line["type"], day_words(line["effective_on"]), _said(line))
    yield shown
    if len(lines) > _MOST:
        yield Text(f"and {how_many(len(lines) - _MOST, 'more change')}; --json shows all")


def _by_type(lines: Sequence[Line]) -> RenderableType:
    counted = Counter((line["type"], line["change"]) for line in lines)
    shown = table("fact", ">new", ">corrected", ">withdrawn")
    for type_ in sorted({type_ for type_, _ in counted}):
        shown.add_row(type_, *(number(counted[type_, change]) for change in ("new", "corrected", "withdrawn")))
    return shown


def _said(line: Line) -> str:
    if line["change"] == "withdrawn":
        return "is withdrawn"
    now = {"day": line["effective_on"], **line["data"]}
    if line["was"] is None:
        return ", ".join(_pair(name, value) for name, value in line["data"].items()) or "–"
    was = {"day": line["was"]["effective_on"], **line["was"]}
    names = [name for name in dict.fromkeys([*now, *was]) if name != "effective_on" and now.get(name) != was.get(name)]
    changed = (f"{_named(name)}: {_value(was.get(name))} → {_value(now.get(name))}" for name in names)
    return ", ".join(changed) or "comes back"


def _pair(name: str, value: Any) -> str:
    return f"{_named(name)} {_value(value)}"


def _named(name: str) -> str:
    return name.replace("_", " ")


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(plain, value)) if isinstance(value, list) else plain(str(value))
