"""One case's facts in the order in which they came to be known, anyhow: late, corrected, taken back, several at once.

What happened is a random life of the judge's worlds; here only the order of learning it is dealt anew.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from domain.history import Fact
from tests.judge.world_lives import Draft, days_of, life, recorded
from tests.judge.world_mishaps import amendments

SOURCE = "/devon/eclipse"
HOUR = 3_600_000_000


def history(seed: int) -> list[list[Fact]]:
    """A case's facts in acceptance order, in groups that become known together, an hour apart."""
    rng = random.Random(f"history {seed}")
    drafts = _told(rng)
    if rng.random() < 0.5:
        drafts.sort(key=lambda draft: draft.time)  # as recorded; else in any order at all
    else:
        rng.shuffle(drafts)
    return list(_in_groups(rng, _as_facts(list(_targets_first(drafts)))))


def _told(rng: random.Random) -> list[Draft]:
    days = days_of(rng)
    days = sorted(rng.sample(days, rng.choice((5, 12, len(days)))))  # on few days much falls together
    name = _names()
    drafts = [
        Draft("case", SOURCE, name(SOURCE), type_, day, recorded(rng, day), data)
        for type_, day, data in life(rng, "c-1", days)
    ]
    for draft in list(drafts):
        if rng.random() < 0.35:
            drafts += amendments(rng, draft, days, name)
    return drafts


def _names() -> Callable[[str], str]:
    used = iter(range(1, 10_000))
    return lambda _: f"f{next(used)}"


def _targets_first(drafts: list[Draft]) -> Iterator[Draft]:
    """As intake lets them in: a correction or withdrawal waits until what it names has come."""
    come: set[str] = set()
    left = list(drafts)
    while left:
        draft = next(one for one in left if _target(one) is None or _target(one) in come)
        left.remove(draft)
        come.add(draft.id)
        yield draft


def _target(draft: Draft) -> str | None:
    target: str | None = draft.data.get("corrects", draft.data.get("withdraws"))
    return target


def _as_facts(drafts: list[Draft]) -> list[Fact]:
    chains: dict[str, int] = {}
    facts = []
    for version, draft in enumerate(drafts, start=1):
        target = _target(draft)
        chain = chains[draft.id] = version if target is None else chains[target]
        day = draft.day.toordinal()
        facts.append(Fact(draft.type, day, chain, version, 0, draft.data, draft.id, SOURCE, 0))
    return facts


def _in_groups(rng: random.Random, facts: list[Fact]) -> Iterator[list[Fact]]:
    known, start = 0, 0
    while start < len(facts):
        group = facts[start : start + rng.choice((1, 1, 1, 2, 3, 8))]
        known, start = known + HOUR, start + len(group)
        for fact in group:
            fact.known_at = known
        yield group
