"""A policy laid out to be read: what is expected of a case, by when, on whose word, and what is not measured.

A practice lead should find their own policy in it without knowing how the file is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from domain.clocks import ALWAYS, measured_from
from domain.policy import Clock, Coverage, FactPattern, Limit, Policy, Value
from domain.policy_writing import limit_text
from domain.vocabulary import GroupKey

_BASES: Final = {"law": "law", "guidance": "statutory guidance", "local": "local practice"}
_LABELS: Final = 10
"""Columns that the labels take, so that those of one clock stand under those of the last."""


def show_policy(policy: Policy) -> RenderableType:
    """The whole policy for people, in words; no lines are drawn, so it reads the same through a pipe."""
    blocks = [_block(f"{policy.id}, version {policy.version}", _head(policy))]
    blocks += [_block(clock.title, _clock(clock, policy)) for clock in policy.clocks]
    return Group(*(part for block in blocks for part in (block, Text())))


def policy_json(policy: Policy) -> dict[str, Any]:
    """The policy as JSON, with the keys and words of a policy file; what was left out is `null` or empty.

    `measured_from` is a day (the latest from which what meets the clock is supplied); `null` = from always.
    `measured` is false where it is not supplied at all.
    """
    return {
        "id": policy.id,
        "version": policy.version,
        "calendar": policy.calendar,
        "counting": policy.counting,
        "recording_lag": policy.recording_lag,
        "coverage": [_coverage_json(entry) for entry in policy.coverage],
        "clocks": [_clock_json(clock, policy) for clock in policy.clocks],
    }


def limits_in_words(first: Limit, then: Sequence[Limit]) -> str:
    """`within 45 working days, once`; `every 10 working days`; `within 20 working days, then …`."""
    if not then:
        return f"within {first}, once"
    if tuple(then) == (first,):
        return f"at least every {_interval(first)}"
    steps = [*(f"within {each}" for each in then[:-1]), f"at least every {_interval(then[-1])}"]
    return ", then ".join([f"within {first}", *steps])


def _interval(limit: Limit) -> str:
    return str(limit).removeprefix("1 ")


def _head(policy: Policy) -> list[tuple[str, str]]:
    counted = "not counted" if policy.counting == "exclude-start" else "counted as the first"
    return [
        ("days", f"working days by the {policy.calendar} calendar, the day of the start {counted}"),
        ("records", f"within {policy.recording_lag} working days of what happened"),
        *(("sources", _coverage(entry)) for entry in policy.coverage),
    ]


def _clock(clock: Clock, policy: Policy) -> list[tuple[str, str]]:
    warn = f"; due soon from {clock.warn} before" if clock.warn else ""
    return [
        ("clock", clock.id),
        ("limit", limits_in_words(clock.first, clock.then) + warn),
        ("covers", _covers(clock)),
        ("starts", _or([*_scope_start(clock), *map(_fact, clock.starts)])),
        ("met by", _or(map(_fact, clock.met_by)) or "nothing: it caps the time spent so"),
        ("severity", clock.severity),
        ("basis", f"{_BASES[clock.basis]}. {clock.citation}" if clock.citation else _BASES[clock.basis]),
        *(("measured", measured) for measured in _measured(clock, policy)),
    ]


def _covers(clock: Clock) -> str:
    cases = f"open cases of tier {_or(clock.tiers)}" if clock.tiers else "open cases of any tier"
    plans = f" with a plan of {_or(clock.plans)}" if clock.plans else ""
    spared = (f"; not {key} {_or(_group(key, values))}" for key, values in clock.unless if values)
    return _plain(f"{cases}{plans}") + "".join(spared)


def _group(key: GroupKey, values: Sequence[str]) -> Sequence[str]:
    """Tiers are words of ours; the names of localities and teams stay as they are."""
    return [_plain(value) for value in values] if key == "tier" else values


def _scope_start(clock: Clock) -> list[str]:
    return ["the case comes under it"] if clock.starts_by_scope else []


def _measured(clock: Clock, policy: Policy) -> list[str]:
    first = measured_from(clock, policy.coverage)
    if first is None:
        return ["no: the sources do not supply what meets it"]
    return [] if first == ALWAYS else [f"from {date.fromordinal(first)} on"]


def _coverage(entry: Coverage) -> str:
    facts = ", ".join(_facts(entry.facts))
    if entry.complete_from is None:
        return f"not supplied: {facts}"
    return f"complete from {date.fromordinal(entry.complete_from)}: {facts}"


def _fact(pattern: FactPattern) -> str:
    """A fact in words: `plan reviewed (plan child protection)`."""
    values = ", ".join(f"{_plain(field)} {_shown(value)}" for field, value in pattern.values)
    return pattern.type.replace("-", " ") + (f" ({values})" if values else "")


def _facts(patterns: Iterable[FactPattern]) -> list[str]:
    """Facts in words; those that differ in the value of one field alone are told as one."""
    told: dict[tuple[str, str], list[Value]] = {}
    for pattern in patterns:
        alone = len(pattern.values) == 1
        field, value = pattern.values[0] if alone else ("", "")
        told.setdefault((pattern.type if alone else _fact(pattern), field), []).append(value)
    return [_told(kind, field, values) for (kind, field), values in told.items()]


def _told(kind: str, field: str, values: Sequence[Value]) -> str:
    return f"{kind.replace('-', ' ')} ({_plain(field)} {_or(map(_shown, values))})" if field else kind


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _plain(value) if isinstance(value, str) else " and ".join(value)


def _plain(words: str) -> str:
    return words.replace("_", " ")


def _or(words: Iterable[str]) -> str:
    *most, last = [*words] or [""]
    return f"{', '.join(most)} or {last}" if most else last


def _block(title: str, rows: Iterable[tuple[str, str]]) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=_LABELS, style="dim")
    grid.add_column(overflow="fold")
    for label, words in rows:
        grid.add_row(Text(f"  {label}"), Text(words))
    return Group(Text(title, style="bold"), grid)


def _coverage_json(entry: Coverage) -> dict[str, Any]:
    return {"facts": [_fact_json(fact) for fact in entry.facts], "from": _day_json(entry.complete_from)}


def _clock_json(clock: Clock, policy: Policy) -> dict[str, Any]:
    first = measured_from(clock, policy.coverage)
    return {
        "id": clock.id,
        "title": clock.title,
        "citation": clock.citation,
        "basis": clock.basis,
        "severity": clock.severity,
        "tiers": list(clock.tiers),
        "plans": list(clock.plans),
        "unless": {key: list(values) for key, values in clock.unless},
        "starts": ["scope"] * clock.starts_by_scope + [_fact_json(fact) for fact in clock.starts],
        "met_by": [_fact_json(fact) for fact in clock.met_by],
        "first": limit_text(clock.first),
        "then": [limit_text(limit) for limit in clock.then] or None,
        "warn": limit_text(clock.warn) if clock.warn else None,
        "measured": first is not None,
        "measured_from": None if first == ALWAYS else _day_json(first),
    }


def _fact_json(pattern: FactPattern) -> Any:
    values = {field: list(v) if isinstance(v, tuple) else v for field, v in pattern.values}
    return {"type": pattern.type, **values} if values else pattern.type


def _day_json(day: int | None) -> str | None:
    return None if day is None else date.fromordinal(day).isoformat()
