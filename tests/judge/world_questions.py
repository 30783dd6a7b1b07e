"""What to ask of a world: days and instants at the very edges of what was known, and a few anywhere.

Knowledge changes at the instant a fact is taken on, and days change at London's midnight; a wrong answer
is likeliest at these instants and a microsecond before them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .facts import Accepted, london_day, midnight

GROUP_KEYS = ("locality", "team", "worker", "cohort", "tier")
TICK = timedelta(microseconds=1)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """On a London day, as known at an instant, grouped by these keys."""

    on: date
    known: datetime
    by: tuple[str, ...]


def questions_of(
    rng: random.Random, accepted: Sequence[Accepted], days: Sequence[date], turns: Sequence[date], count: int
) -> list[Question]:
    """`days` are those on which things happen, `turns` those on which runs fall due or end."""
    return [_question(rng, accepted, days, turns) for _ in range(count)]


def _question(
    rng: random.Random, accepted: Sequence[Accepted], days: Sequence[date], turns: Sequence[date]
) -> Question:
    known = _known(rng, accepted)
    by = rng.sample(GROUP_KEYS, rng.choice((0, 0, 1, 1, 2, 5)))
    on = _on(rng, london_day(known), days)
    if turns and rng.random() < 0.4:
        on = rng.choice(turns) + ONE_DAY * rng.choice((-1, 0, 0, 1))
        known = rng.choice((known, midnight(on), midnight(on + ONE_DAY), midnight(on + ONE_DAY) - TICK))
    return Question(on, known, tuple(by))


def _known(rng: random.Random, accepted: Sequence[Accepted]) -> datetime:
    at = rng.choice(accepted).known_at
    dawn = midnight(london_day(at) + ONE_DAY * rng.randint(0, 1))
    last = max(fact.known_at for fact in accepted)
    return rng.choice((at, at, at - TICK, dawn, dawn - TICK, at + ONE_DAY * rng.randint(1, 60), last, last))


def _on(rng: random.Random, today: date, days: Sequence[date]) -> date:
    some = rng.choice(days)
    ahead = today + ONE_DAY * rng.randint(1, 200)  # "a later *on* is answered as if nothing more happened"
    return rng.choice((today, today, today, some, some, some + ONE_DAY, some - ONE_DAY, ahead, date(2016, 2, 29)))
