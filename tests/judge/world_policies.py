"""Random expectations: policies of four to eight clocks that use every feature of the contract.

The first clocks of each policy are of chosen kinds, so that none is missing for long; the rest are anyhow.
"""

from __future__ import annotations

import json
import random
from typing import Any

from .world_lives import GROUPS, OWN, PLANS, TIERS

LIMITS = (
    *(
        "1 day",
        "3 days",
        "10 days",
        "40 days",
        "1 week",
        "2 weeks",
        "6 weeks",
        "1 month",
        "2 months",
        "3 months",
    ),
    *(
        "6 months",
        "9 months",
        "12 weeks",
        "100 days",
        "60 working_days",
        "1 working_day",
        "2 working_days",
        "5 working_days",
        "10 working_days",
        "45 working_days",
    ),
)
WARNS = (None, None, "1 day", "5 days", "1 week", "2 weeks", "1 month", "1 working_day", "5 working_days")
TABLES: tuple[dict[str, Any], ...] = (
    {"type": "plan-reviewed", "plan": "child_protection"},
    {"type": "plan-reviewed", "progress": "improved"},
    {"type": "plan-reviewed", "plan": "child_protection", "progress": "improved"},
    {"type": "case-assessed", "progress": "improved"},
    {"type": "case-assessed", "risks": ["neglect"]},
    {"type": "case-supervised", "challenged": True},
    {"type": "child-visited", "seen_alone": True},
    {"type": "child-visited", "seen_alone": False},
    {"type": "strategy-discussion-held", "section_47": True},
    {"type": "enquiry-ended", "outcome": "no_conference"},
    {"type": "case-stepped-down", "to": "early_help"},
    {"type": "case-opened", "tier": "child_in_need"},
    {"type": "plan-started", "plan": "child_protection"},
)
# common work comes up often, so that things are met
FACTS: tuple[Any, ...] = (
    *OWN,
    *TABLES,
    *("case-supervised", "child-visited", "case-assessed", "plan-reviewed", "case-closed", "case-opened") * 3,
)
KINDS: tuple[dict[str, Any], ...] = (
    {"starts": "scope", "then": "list"},
    {"starts": "facts", "then": None},
    {"starts": "scope", "then": None, "scope": "plans"},
    {"met_by": []},
    {"starts": "both", "scope": "both"},
    {"starts": "both", "then": None},
    {"starts": "facts", "then": "one", "unless": True},
)


def policy_text(seed: int) -> str:
    """A whole policy as TOML, without `extends`."""
    rng = random.Random(f"policy {seed}")
    kinds: list[dict[str, Any]] = rng.sample(KINDS, 5) + [{}] * rng.randint(0, 3)
    clocks = [_clock(rng, kind, number) for number, kind in enumerate(kinds)]
    head = [
        "[policy]",
        f'id = "random-{seed}"',
        'version = "1"',
        'calendar = "england-and-wales"',
        *([f'counting = "{rng.choice(("include-start", "exclude-start"))}"'] if rng.random() < 0.8 else []),
        *([f"recording_lag = {rng.randint(1, 8)}"] if rng.random() < 0.8 else []),
    ]
    coverage = [_coverage(rng) for _ in range(rng.randint(0, 4))]
    return "\n".join(["\n".join(head), *coverage, *clocks]) + "\n"


def _coverage(rng: random.Random) -> str:
    facts = [rng.choice(FACTS) for _ in range(rng.choice((1, 1, 2)))]
    day = f"20{rng.choice((18, 19, 19))}-{rng.randint(1, 12):02}-{rng.choice((1, 15, 28)):02}"
    lines = ["", "[[coverage]]", f"facts = {_toml(facts)}"]
    return "\n".join(lines + ([f"from = {day}"] if rng.random() < 0.85 else []))


def _clock(rng: random.Random, kind: dict[str, Any], number: int) -> str:
    keys: dict[str, Any] = {
        "id": f"{rng.choice('aAé')}-clock-{number}",
        "title": "Something is done in time",
        "citation": "None",
        "basis": rng.choice(("law", "guidance", "local")),
        "severity": rng.choice(("low", "medium", "high")),
        **_scope(rng, kind.get("scope") or rng.choice(("tiers", "tiers", "tiers", "plans", "both"))),
        "starts": _starts(rng, kind.get("starts") or rng.choice(("scope", "scope", "facts", "both"))),
        "met_by": kind.get("met_by", rng.sample(FACTS, rng.randint(1, 3))),
        "first": rng.choice(LIMITS),
        "then": _then(rng, kind["then"] if "then" in kind else rng.choice((None, "one", "list"))),
        "warn": rng.choice(WARNS),
    }
    if kind.get("unless") or rng.random() < 0.35:
        keys["unless"] = _unless(rng)
    return "\n".join(
        ["", "[[clock]]", *(f"{key} = {_toml(value)}" for key, value in keys.items() if value is not None)]
    )


def _scope(rng: random.Random, kind: str) -> dict[str, Any]:
    tiers = rng.sample(TIERS, rng.choice((2, 3, 4, 6)))
    plans = rng.sample(PLANS, rng.choice((1, 2)))
    return {"tiers": {"tiers": tiers}, "plans": {"plans": plans}}.get(kind, {"tiers": tiers, "plans": plans})


def _starts(rng: random.Random, kind: str) -> list[Any]:
    facts = [rng.choice(FACTS) for _ in range(rng.randint(1, 3))]
    return {"scope": ["scope"], "facts": facts}.get(kind, ["scope", *facts])


def _then(rng: random.Random, kind: str | None) -> Any:
    if kind is None:
        return None
    return rng.choice(LIMITS) if kind == "one" else [rng.choice(LIMITS) for _ in range(rng.randint(1, 3))]


def _unless(rng: random.Random) -> dict[str, list[str]]:
    groups = {**GROUPS, "tier": TIERS}
    keys = rng.sample(sorted(groups), rng.choice((1, 1, 2)))
    return {key: rng.sample(groups[key], rng.choice((1, 1, 2))) for key in keys}


def _toml(value: Any) -> str:
    """Strings, booleans and lists are written in TOML as in JSON; tables are not."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
