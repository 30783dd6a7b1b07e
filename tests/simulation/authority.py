"""A simulated authority read back with nothing but `json`: its rows, what stands of them, who is open when.

The reading is plain and slow on purpose, and shares no code with what it looks at.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from casedrift.simulation import simulate

Fact = dict[str, Any]
START, MONTHS, CHILDREN = date(2018, 10, 1), 12, 1600
MONTH_ENDS = tuple(date(2018 + (9 + n) // 12, (9 + n) % 12 + 1, 1).isoformat() for n in range(13))
"""The first day of the span and of each month after it."""


@cache
def lines() -> tuple[bytes, ...]:
    """The rows of one year of an authority, as simulated."""
    return tuple(simulate(42, START, MONTHS, CHILDREN))


@cache
def facts() -> tuple[Fact, ...]:
    """Each fact once, in order of its first coming."""
    return tuple({fact["id"]: fact for fact in map(json.loads, lines())}.values())


def target(fact: Fact) -> str | None:
    """The id that a correction or a withdrawal names."""
    named: str | None = fact["data"].get("corrects") or fact["data"].get("withdraws")
    return named


def standing(known: tuple[Fact, ...]) -> dict[str, list[Fact]]:
    """Each case's facts as they stand when these are known, in the case's order (`docs/facts.md`)."""
    place = {fact["id"]: n for n, fact in enumerate(known)}
    by_id = {fact["id"]: fact for fact in known}
    chains: dict[str, list[Fact]] = defaultdict(list)
    for fact in known:
        root = fact
        while (named := target(root)) and named in by_id:
            root = by_id[named]
        if target(root) is None:  # else it waits for what it names
            chains[root["id"]].append(fact)
    stands = defaultdict(list)
    for root_id, links in chains.items():
        # Taken up after its target, so never before the chain's first link.
        last = max(links, key=lambda link: (max(place[link["id"]], place[root_id]), link["id"] != root_id))
        if last["type"] != "fact-withdrawn.v1":
            stands[last["subject"]].append((last["data"]["effective_on"], place[root_id], last))
    return {case: [fact for *_, fact in sorted(told, key=lambda t: t[:2])] for case, told in stands.items()}


@cache
def histories() -> dict[str, list[Fact]]:
    """Each case's facts as they stand at the end."""
    return standing(facts())


class State(NamedTuple):
    """A case after one of its facts."""

    fact: Fact
    open: bool
    tier: str
    plans: frozenset[str]
    allocation: dict[str, str | None]


def states(history: list[Fact]) -> Iterator[State]:
    """A case after each of its facts, folded by the rules of `docs/facts.md`."""
    is_open, tier, plans, allocation = False, "", frozenset[str](), dict[str, str | None]()
    for fact in history:
        kind, data = fact["type"].removesuffix(".v1"), fact["data"]
        if kind == "case-opened" and not is_open:
            is_open, tier, plans, allocation = True, data["tier"], frozenset(), {}
        elif is_open and (kind == "case-closed" or data.get("to") in ("early_help", "other_service")):
            is_open = False
        elif is_open and kind in ("case-stepped-up", "case-stepped-down"):
            tier = data["to"]
        elif is_open and kind in ("plan-started", "plan-ended"):
            plans = plans | {data["plan"]} if kind == "plan-started" else plans - {data["plan"]}
        if is_open:
            held = {key: data[key] for key in ("locality", "team", "worker", "cohort") if key in data}
            allocation = {**allocation, **held}
        yield State(fact, is_open, tier, plans, allocation)


@cache
def told() -> dict[str, tuple[State, ...]]:
    """Every case's states."""
    return {case: tuple(states(history)) for case, history in histories().items()}


def state_on(case: str, day: str) -> State | None:
    """The case's state at the end of the day, if it is open then."""
    last = None
    for state in told()[case]:
        if state.fact["data"]["effective_on"] > day:
            break
        last = state
    return last if last and last.open else None
