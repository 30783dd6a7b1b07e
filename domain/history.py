"""A case's history as known: what the record says now, or said on a past day.

Facts are corrected and withdrawn by later ones. All links of such a chain stand in the place of the first;
of the links known, the last to be accepted speaks for the chain (`docs/facts.md`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from domain.vocabulary import ALLOCATION_KEYS

WITHDRAWN = "fact-withdrawn"
_MOVES = frozenset({"case-stepped-down", "case-stepped-up", "case-closed", "plan-started", "plan-ended"})
_ALLOCATION = frozenset(ALLOCATION_KEYS)


@dataclass(slots=True, eq=False)
class Fact:
    """One accepted fact, ready to be folded."""

    kind: str
    """The fact type without its `.vN`."""
    day: int
    """`effective_on`."""
    chain: int
    """The version of the first link of its chain: its place in the case's acceptance order."""
    version: int
    """Its own place in the case's acceptance order, from 1."""
    known_at: int
    data: dict[str, Any]
    id: str
    source: str
    recorded_at: int
    recorded_after: str | None = None
    moves: bool = False
    """Whether it may change the case's place: its tier, plans or allocation, or end its stay."""

    def __post_init__(self) -> None:
        self.moves = self.kind in _MOVES or not _ALLOCATION.isdisjoint(self.data)


def standing(facts: Iterable[Fact], known: int) -> list[Fact]:
    """What stands of a case's facts as known at the instant, in the order in which it is to be folded.

    `facts` come in acceptance order. One fact stands for each chain, or none where the last link withdraws.
    """
    last: dict[int, Fact] = {}
    for fact in facts:
        if fact.known_at <= known:
            last[fact.chain] = fact
    stands = [fact for fact in last.values() if fact.kind != WITHDRAWN]
    stands.sort(key=in_order)
    return stands


def in_order(fact: Fact) -> tuple[int, int]:
    """The order of a case's facts: by day, then by the chain's place in acceptance order."""
    return fact.day, fact.chain
