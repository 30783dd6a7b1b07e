"""The tables of a policy: its head, a clock, what the sources supply.

Each is read key by key; a key that is not known, and one that is missing, are faults like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from domain.policy import Clock, Coverage, FactPattern
from domain.policy_faults import Misread, all_of, meant
from domain.policy_patterns import moving, pattern
from domain.policy_words import day, days_count, limit, list_of, name, one_of, shown, text, wrong
from domain.toml_lines import Node
from domain.vocabulary import GROUP_KEYS, PLANS, TIERS, Basis, CalendarName, Counting, GroupKey, Severity

Readers = Mapping[str, Callable[[Node], Any]]


@dataclass(frozen=True, slots=True)
class Mention:
    """Another policy or a clock, named on a line (from 1)."""

    name: str
    line: int


def read_head(node: Node) -> dict[str, Any]:
    """`[policy]` by key, the keys that are there: `extends` is a `Mention`, `drop` a tuple of them."""
    return _read(node, _HEAD, "[policy]")


def read_coverage(node: Node) -> Coverage:
    """One `[[coverage]]`."""
    held = _read(node, _COVERAGE, "[[coverage]]", required=("facts",))
    return Coverage(held["facts"], held.get("from"))


def read_clock(node: Node) -> Clock:
    """One `[[clock]]`."""
    checks: tuple[Callable[[Node], Any], ...] = (_covers_someone, _clock_keys)
    held: dict[str, Any] = all_of(lambda check: check(node), checks)[-1]
    starts = held.pop("starts")
    facts = tuple(start for start in starts if start != _SCOPE)
    return Clock(**_LEFT_OUT | held, starts_by_scope=_SCOPE in starts, starts=facts)


def _clock_keys(node: Node) -> dict[str, Any]:
    return _read(node, _CLOCK, "[[clock]]", required=_REQUIRED)


def _covers_someone(node: Node) -> None:
    keys = node.value if isinstance(node.value, dict) else {"tiers": node}
    if "tiers" not in keys and ("plans" not in keys or keys["plans"].value == []):
        raise Misread((node.line, f'{_called(node)} names neither "tiers" nor "plans"; one is needed'))


def _read(node: Node, readers: Readers, written: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(node.value, dict):
        raise wrong(node, f"a table, written {written}")

    def entry(key: str) -> tuple[str, Any]:
        if key not in node.value:
            raise Misread((node.line, f'{_called(node)} has no "{key}"'))
        if key not in readers:
            raise Misread((node.value[key].line, f"unknown key {shown(key)}{meant(key, readers)}"))
        return key, readers[key](node.value[key])

    return dict(all_of(entry, dict.fromkeys((*required, *node.value))))


def _called(node: Node) -> str:
    called = node.value.get("id")
    return f"{node.name} {shown(called.value)}" if called and isinstance(called.value, str) else node.name


def _mention(node: Node) -> Mention:
    return Mention(name(node), node.line)


_SCOPE: Final = "scope"


def _start(node: Node) -> FactPattern | str:
    return _SCOPE if node.value == _SCOPE else moving(node, besides=(_SCOPE,))


def _then(node: Node) -> tuple[Any, ...]:
    if isinstance(node.value, list):
        return list_of(limit, "limits", empty='name a limit, or leave "then" out')(node)
    return (limit(node),)


def _unless(node: Node) -> tuple[tuple[GroupKey, tuple[str, ...]], ...]:
    groups: dict[Any, tuple[str, ...]] = _read(node, _GROUPS, 'unless = {cohort = ["…"]}')
    return tuple(groups.items())


_TIER: Final = one_of(TIERS, "tier")
_GROUPS: Final[Readers] = {key: list_of(_TIER if key == "tier" else name, "texts") for key in GROUP_KEYS}

_HEAD: Final[Readers] = {
    "id": name,
    "version": name,
    "extends": _mention,
    "drop": list_of(_mention, "clock ids"),
    "calendar": one_of(get_args(CalendarName), "calendar"),
    "counting": one_of(get_args(Counting), "counting"),
    "recording_lag": days_count,
}
_COVERAGE: Final[Readers] = {
    "facts": list_of(pattern, "fact types", empty="name the facts that it speaks of"),
    "from": day,
}
_CLOCK: Final[Readers] = {
    "id": name,
    "title": text,
    "citation": text,
    "basis": one_of(get_args(Basis), "basis"),
    "severity": one_of(get_args(Severity), "severity"),
    "tiers": list_of(_TIER, "tiers", empty='name a tier, or leave it out and name "plans"'),
    "plans": list_of(one_of(PLANS, "plan"), "plans"),
    "unless": _unless,
    "starts": list_of(_start, "fact types", empty='name "scope" or a fact type'),
    "met_by": list_of(moving, "fact types"),
    "first": limit,
    "then": _then,
    "warn": limit,
}
_REQUIRED: Final = ("id", "title", "citation", "basis", "severity", "starts", "met_by", "first")
_LEFT_OUT: Final[dict[str, Any]] = {"tiers": (), "plans": (), "unless": (), "then": (), "warn": None}
