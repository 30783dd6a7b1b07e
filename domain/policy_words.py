"""The words and measures that a policy is written in: a text, a day, one of a list, a limit.

Each reader takes a value with its line and hands back what it means, or raises `Misread` with what was meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final, TypeVar, cast, get_args

from domain.policy import Limit
from domain.policy_faults import Misread, all_of, listed, meant
from domain.toml_lines import Node, basic_string
from domain.vocabulary import Unit

Meaning = TypeVar("Meaning")

UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
_HUNDRED_YEARS: Final[dict[Unit, int]] = {
    "days": 36_525,
    "weeks": 5_217,
    "months": 1_200,
    "working_days": 26_089,  # 5 days in 7: no count of bank holidays makes it less than a hundred years
}
"""A longer limit is a slip of the pen."""
_LONGEST_LAG: Final = _HUNDRED_YEARS["working_days"]
LONGEST_TEXT: Final = 300
"""Characters as they are written, in escapes where they need one: a policy is kept with each text on one line."""


def text(node: Node) -> str:
    """Any text, of a sentence or two."""
    if not isinstance(node.value, str):
        raise wrong(node, "a text")
    if len(basic_string(node.value)) - 2 > LONGEST_TEXT:
        raise wrong(node, f"a text of at most {LONGEST_TEXT} characters")
    return node.value


def name(node: Node) -> str:
    """A text that names something: not blank."""
    if not isinstance(node.value, str) or not node.value.strip():
        raise wrong(node, "a text that is not empty")
    return text(node)


def days_count(node: Node) -> int:
    """A number of days from 0."""
    if type(node.value) is not int or not 0 <= node.value <= _LONGEST_LAG:
        raise wrong(node, f"a whole number of working days from 0 to {_LONGEST_LAG}")
    return node.value


def day(node: Node) -> int:
    """A day as TOML writes it, without quotes or a time; an ordinal."""
    if type(node.value) is not date:
        raise wrong(node, "a day written YYYY-MM-DD, without quotes or a time")
    if not 1900 <= node.value.year <= 2199:  # as a fact's; due days are counted from it
        raise wrong(node, "a day from 1900-01-01 to 2199-12-31")
    return node.value.toordinal()


def one_of(words: Iterable[str], kind: str) -> Callable[[Node], str]:
    """One of the words; `kind` is what they are called in a message."""
    known = tuple(words)

    def read(node: Node) -> str:
        if not isinstance(node.value, str):
            raise wrong(node, f"one of {listed(known)}")
        if node.value not in known:
            raise Misread((node.line, f"unknown {kind} {shown(node.value)}{meant(node.value, known)}"))
        return node.value

    return read


def list_of(
    entry: Callable[[Node], Meaning], what: str, *, empty: str | None = None
) -> Callable[[Node], tuple[Meaning, ...]]:
    """A list; `empty` says what to do about one that may not be."""

    def read(node: Node) -> tuple[Meaning, ...]:
        if not isinstance(node.value, list):
            raise wrong(node, f"a list of {what}")
        if empty is not None and not node.value:
            raise Misread((node.line, f'"{node.name}" is empty; {empty}'))
        return tuple(all_of(entry, node.value))

    return read


def limit(node: Node) -> Limit:
    """A length of time: `1 month`, `20 working_days`; at most 100 years."""
    if not isinstance(node.value, str):
        raise wrong(node, 'a limit such as "20 working_days"')
    found = re.fullmatch(r"(\d{1,9}) (days?|weeks?|months?|working_days?)", node.value, re.ASCII)
    if not found or (int(found[1]) > 1 and not found[2].endswith("s")):
        raise Misread((node.line, f"{shown(node.value)} is not a limit{_limit_meant(node.value)}"))
    count, unit = int(found[1]), cast(Unit, found[2].removesuffix("s") + "s")
    if not 1 <= count <= _HUNDRED_YEARS[unit]:
        bound = "at least 1" if count < 1 else "at most 100 years"
        raise Misread((node.line, f"{shown(node.value)} is not a limit; it is {bound}"))
    return Limit(count, unit)


def _limit_meant(written: str) -> str:
    slip = r"\s*([1-9]\d{0,8})[\s_-]*(working[\s_-]*|)(day|week|month)s?\s*"
    found = re.fullmatch(slip, written.lower(), re.ASCII)
    if not found or (found[2] and found[3] != "day"):
        return f"; write a number from 1 and one of {listed(UNITS)}"
    unit = ("working_" if found[2] else "") + found[3] + ("" if found[1] == "1" else "s")
    return f'; did you mean "{found[1]} {unit}"?'


def wrong(node: Node, wanted: str) -> Misread:
    """A value of the wrong kind."""
    return Misread((node.line, f'"{node.name}" takes {wanted}, not {shown(node.value)}'))


def shown(value: Any) -> str:
    """A value as a message shows it: short, and as TOML writes it."""
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool | str):
        whole = json.dumps(value, ensure_ascii=False)
        return whole if len(whole) <= 60 else whole[:58] + '…"'
    return str(value)[:60]
