"""A policy written out whole, as the TOML that reads back as the same policy.

A store keeps the policy that it counts by in this form: nothing in it leans on another file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Final

from domain.policy import Clock, Coverage, FactPattern, Limit, Policy, Value

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
            f"id = {_text(policy.id)}",
            f"version = {_text(policy.version)}",
            f"calendar = {_text(policy.calendar)}",
            f"counting = {_text(policy.counting)}",
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
        f"id = {_text(clock.id)}",
        f"title = {_text(clock.title)}",
        f"citation = {_text(clock.citation)}",
        f"basis = {_text(clock.basis)}",
        f"severity = {_text(clock.severity)}",
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
    return _text(limit_text(limit))


def _pattern(pattern: FactPattern) -> str:
    if not pattern.values:
        return _text(pattern.type)
    values = "".join(f", {field} = {_value(value)}" for field, value in pattern.values)
    return f"{{type = {_text(pattern.type)}{values}}}"


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else _texts(value)


def _texts(texts: Iterable[str]) -> str:
    return _list(map(_text, texts))


def _text(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's too, and TOML wants one more character escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(entries: Iterable[str]) -> str:
    """A list that may be broken before each entry."""
    return f"[{', '.join(_BREAK + entry for entry in entries)}]"


def _table(header: str, lines: list[str]) -> str:
    """The table; a line that would be long has an entry of its lists on each."""
    return "\n".join([header, *(line.replace(_BREAK, "\n    " if len(line) > _LONG else "") for line in lines), ""])
