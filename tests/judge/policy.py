"""A policy as written: the clocks an authority expects to be kept, and what its sources can tell.

`docs/policies.md`. This reads a policy file that is right; it names no faults beyond failing on what it cannot read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from .days import Limit, read_limit


@dataclass(frozen=True)
class Pattern:
    """ "a type and the values that its own fields must equal (an absent field equals nothing)"."""

    type: str
    values: tuple[tuple[str, Any], ...] = ()

    def fits(self, type_: str, data: Mapping[str, Any]) -> bool:
        return type_ == self.type and all(_same(data.get(field), value) for field, value in self.values)

    def falls_under(self, other: Pattern) -> bool:
        """ "a coverage entry of the same type all of whose values it also names"."""
        return self.type == other.type and all(
            any(field == own and _same(value, named) for own, named in self.values) for field, value in other.values
        )


@dataclass(frozen=True)
class Clock:
    id: str
    severity: str
    tiers: tuple[str, ...]
    plans: tuple[str, ...]
    unless: tuple[tuple[str, tuple[str, ...]], ...]
    starts_by_scope: bool
    starts: tuple[Pattern, ...]
    met_by: tuple[Pattern, ...]
    first: Limit
    then: tuple[Limit, ...]
    warn: Limit | None


@dataclass(frozen=True)
class Policy:
    """`coverage` pairs a pattern with the day from which it is complete (None: not supplied)."""

    keys: Mapping[str, Any]
    coverage: tuple[tuple[Pattern, date | None], ...]
    clocks: tuple[Clock, ...]

    @property
    def counting(self) -> str:
        return str(self.keys.get("counting", "exclude-start"))

    @property
    def recording_lag(self) -> int:
        return int(self.keys.get("recording_lag", 5))

    def clock(self, id_: str) -> Clock:
        return next(clock for clock in self.clocks if clock.id == id_)


def read_policy(text: str, shipped: Mapping[str, Path] | None = None, folder: Path | None = None) -> Policy:
    """The policy of a TOML text; `extends` names one of `shipped`, or a path from `folder`."""
    table = tomllib.loads(text)
    keys = dict(table["policy"])
    own = Policy(
        keys=keys,
        coverage=tuple(pair for entry in table.get("coverage", []) for pair in _coverage(entry)),
        clocks=tuple(_clock(entry) for entry in table.get("clock", [])),
    )
    reference, drop = keys.pop("extends", None), keys.pop("drop", table.get("drop", []))
    if reference is None:
        return own
    path = (shipped or {}).get(reference) or (folder or Path()) / reference
    base = read_policy(path.read_text(encoding="utf-8"), shipped, path.parent)
    return _extended(base, own, drop)


def _extended(base: Policy, own: Policy, drop: list[str]) -> Policy:
    """ "takes that policy's clocks, coverage and whatever `[policy]` keys are left out; a clock with the same
    id replaces its own, coverage of a type replaces all coverage of that type, `drop` leaves clocks out"."""
    replaced = {clock.id for clock in own.clocks} | set(drop)
    covered = {pattern.type for pattern, _ in own.coverage}
    return replace(
        own,
        keys={**base.keys, **own.keys},
        coverage=(*(pair for pair in base.coverage if pair[0].type not in covered), *own.coverage),
        clocks=(*(clock for clock in base.clocks if clock.id not in replaced), *own.clocks),
    )


def _coverage(entry: dict[str, Any]) -> list[tuple[Pattern, date | None]]:
    return [(_pattern(fact), entry.get("from")) for fact in entry["facts"]]


def _clock(entry: dict[str, Any]) -> Clock:
    then = entry.get("then", [])
    return Clock(
        id=entry["id"],
        severity=entry["severity"],
        tiers=tuple(entry.get("tiers", ())),
        plans=tuple(entry.get("plans", ())),
        unless=tuple((key, tuple(values)) for key, values in entry.get("unless", {}).items()),
        starts_by_scope="scope" in entry["starts"],
        starts=tuple(_pattern(start) for start in entry["starts"] if start != "scope"),
        met_by=tuple(_pattern(fact) for fact in entry["met_by"]),
        first=read_limit(entry["first"]),
        then=tuple(read_limit(limit) for limit in ([then] if isinstance(then, str) else then)),
        warn=read_limit(entry["warn"]) if "warn" in entry else None,
    )


def _pattern(entry: str | dict[str, Any]) -> Pattern:
    if isinstance(entry, str):
        return Pattern(entry)
    values = {field: value for field, value in entry.items() if field != "type"}
    return Pattern(entry["type"], tuple((field, _plain(value)) for field, value in values.items()))


def _plain(value: Any) -> Any:
    """A day written as a TOML date equals the day a fact writes as text."""
    return value.isoformat() if isinstance(value, date) else value


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON values: true is not 1."""
    return type(one) is type(other) and bool(one == other)
