"""The clocks that the peers of the bench know how to keep, told as an analyst would write them down.

They are those that run from the day a case comes into scope and begin anew each time they are met, always with the
same limit: supervision, visits, most reviews. A notebook rarely goes further.
"""

from __future__ import annotations

from typing import NamedTuple

from domain.policy import Clock, Limit, Policy
from domain.vocabulary import Unit

Met = tuple[str, str | None, str | None]
"""A type of fact, and the plan and the progress that it must name, where any will not do."""


class Expectation(NamedTuple):
    """What is expected: of which cases (no tiers or plans = whatever they are), met by what, within what."""

    clock: str
    tiers: tuple[str, ...]
    plans: tuple[str, ...]
    but_cohorts: tuple[str, ...]
    met_by: tuple[Met, ...]
    first: tuple[int, Unit]
    then: tuple[int, Unit]


def plain_expectations(policy: Policy) -> list[Expectation]:
    """The policy's clocks of that kind, in its order."""
    return [_told(clock) for clock in policy.clocks if _is_plain(clock)]


def _is_plain(clock: Clock) -> bool:
    fields = {field for pattern in clock.met_by for field, _ in pattern.values}
    groups = {key for key, _ in clock.unless}
    return (
        clock.starts_by_scope
        and not clock.starts
        and len(clock.then) == 1
        and fields <= {"plan", "progress"}
        and groups <= {"cohort"}
    )


def _told(clock: Clock) -> Expectation:
    met = [(pattern.type, dict(pattern.values)) for pattern in clock.met_by]
    return Expectation(
        clock.id,
        clock.tiers,
        clock.plans,
        tuple(cohort for _, cohorts in clock.unless for cohort in cohorts),
        tuple((kind, _text(values.get("plan")), _text(values.get("progress"))) for kind, values in met),
        _limit(clock.first),
        _limit(clock.then[0]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _limit(limit: Limit) -> tuple[int, Unit]:
    return limit.count, limit.unit
