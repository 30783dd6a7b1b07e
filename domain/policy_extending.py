"""A policy that extends another: an authority takes what is expected everywhere, and says what differs here.

Its own clocks and coverage stand in for those beneath; what it doesn't speak of stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from domain.policy import Clock, Coverage, Policy


def extended(
    base: Policy | None, head: dict[str, Any], coverage: Sequence[Coverage], clocks: Sequence[Clock]
) -> Policy:
    """The policy of a file, whose `[policy]` is `head`, laid over what it extends; None = nothing.

    A clock with the id of one beneath takes its place in the order; the others follow, in the file's order.
    """
    said = {key: value for key, value in head.items() if key not in ("extends", "drop")}
    if base is None:
        return Policy(**said, coverage=tuple(coverage), clocks=tuple(clocks))
    dropped = {mention.name for mention in head.get("drop", ())}
    return replace(
        base,
        **said,
        coverage=(*_without(base.coverage, _types(coverage)), *coverage),
        clocks=_laid_over([clock for clock in base.clocks if clock.id not in dropped], clocks),
    )


def _laid_over(beneath: Sequence[Clock], clocks: Sequence[Clock]) -> tuple[Clock, ...]:
    own = {clock.id: clock for clock in clocks}
    kept = [own.pop(clock.id, clock) for clock in beneath]
    return (*kept, *own.values())


def _types(coverage: Sequence[Coverage]) -> set[str]:
    return {pattern.type for entry in coverage for pattern in entry.facts}


def _without(coverage: Sequence[Coverage], types: set[str]) -> list[Coverage]:
    """Coverage but for these types; an entry that then speaks of nothing is gone."""
    kept = [replace(entry, facts=tuple(p for p in entry.facts if p.type not in types)) for entry in coverage]
    return [entry for entry in kept if entry.facts]
