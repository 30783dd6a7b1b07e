"""A policy written out whole, as the TOML that reads back as the same policy.

A store keeps the policy that it counts by in this form: nothing in it leans on another file.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from domain.policy import Clock, Coverage, FactPattern, Limit, Policy, Value
from domain.toml_lines import basic_string

_BREAK: Final = "\0"
"""No text of a policy holds it: it is escaped."""
_LONG: Final = 600
"""Characters of a line; one that is read may have 1,000."""


def policy_toml(policy: Policy) -> str:
    """The whole policy, without `extends`: `read_policy` of it gives an equal policy."""
    parts = [_head(policy), *map(_coverage, policy.coverage), *map(_clock, policy.clocks)]
    return "\n".join(parts)


def _head(policy: Policy) -> str:
    return _table(
        "[policy]",
        [
            f"id = {basic_string(policy.id)}",
            f"version = {basic_string(policy.version)}",
            f"calendar = {basic_string(policy.calendar)}",
            f"counting = {basic_string(policy.counting)}",
            f"recording_lag = {policy.recording_lag}",
        ],
    )


def _coverage(coverage: Coverage) -> str:
    lines = [f"facts = {_list(map(_pattern, coverage.facts))}"]
    if coverage.complete_from is not None:
        lines.append(f"from = {date.fromordinal(coverage.complete_from).isoformat()}")
    return _table("[[coverage]]", lines)


def _clock(clock: Clock) -> str:
    starts = ['"scope"'] * clock.starts_by_scope + [_pattern(start) for start in clock.starts]
    unless = (f"{key} = {_texts(values)}" for key, values in clock.unless)
    lines = [
        f"id = {basic_string(clock.id)}",
        f"title = {basic_string(clock.title)}",
        f"citation = {basic_string(clock.citation)}",
        f"basis = {basic_string(clock.basis)}",
        f"severity = {basic_string(clock.severity)}",
        *([f"tiers = {_texts(clock.tiers)}"] if clock.tiers else []),
        *([f"plans = {_texts(clock.plans)}"] if clock.plans else []),
        *([f"unless = {{{', '.join(unless)}}}"] if clock.unless else []),
        f"starts = {_list(starts)}",
        f"met_by = {_list(map(_pattern, clock.met_by))}",
        f"first = {_limit(clock.first)}",
        *([f"then = {_list(map(_limit, clock.then))}"] if clock.then else []),
        *([f"warn = {_limit(clock.warn)}"] if clock.warn else []),
    ]
    return _table("[[clock]]", lines)


def limit_text(limit: Limit) -> str:
    """A limit as a policy writes it: `20 working_days`."""
    return f"{limit.count} {limit.unit.removesuffix('s') if limit.count == 1 else limit.unit}"


def _limit(limit: Limit) -> str:
    return basic_string(limit_text(limit))


def _pattern(pattern: FactPattern) -> str:
    if not pattern.values:
        return basic_string(pattern.type)
    values = "".join(f", {field} = {_value(value)}" for field, value in pattern.values)
    return f"{{type = {basic_string(pattern.type)}{values}}}"


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return basic_string(value) if isinstance(value, str) else _texts(value)


def _texts(texts: Iterable[str]) -> str:
    return _list(map(basic_string, texts))


def _list(entries: Iterable[str]) -> str:
    """A list that may be broken before each entry."""
    return f"[{', '.join(_BREAK + entry for entry in entries)}]"


def _table(header: str, lines: list[str]) -> str:
    """The table; a line that would be long has an entry of its lists on each."""
    return "\n".join([header, *(line.replace(_BREAK, "\n    " if len(line) > _LONG else "") for line in lines), ""])
