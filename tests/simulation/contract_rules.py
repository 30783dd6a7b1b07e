"""The field rules for a fact (docs/facts.md), written out once more by hand.

Nothing is shared with the program: what `faults` calls wrong is wrong by the letter.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

TIERS = {"assessment", "family_help", "child_in_need", "child_protection", "looked_after", "care_leaver"}
PLANS = {"child_in_need", "child_protection", "care"}
PROGRESS = {"improved", "static", "worse"}
GRADES = {"outstanding", "good", "requires_improvement", "inadequate"}
CODE, FLAG, DAY, CODES, ID = "code", "flag", "day", "codes", "id"

# A set: one of these; `!` marks what must be there.
RULES: dict[str, dict[str, Any]] = {
    "referral-received.v1": {"decision": {"assess", "early_help", "no_further_action"}},
    "case-opened.v1": {"!tier": TIERS, "referral_source": CODE, "need": CODE},
    "assessment-started.v1": {},
    "case-assessed.v1": {"started_on": DAY, "progress": PROGRESS, "outcome": CODE, "risks": CODES},
    "case-supervised.v1": {"challenged": FLAG},
    "challenge-recorded.v1": {"!by": {"manager", "senior_manager", "reviewing_officer", "conference_chair"}},
    "case-stepped-down.v1": {"!to": TIERS | {"early_help", "other_service"}},
    "case-stepped-up.v1": {"!to": TIERS},
    "case-closed.v1": {"reason": CODE},
    "case-allocated.v1": {},
    "child-visited.v1": {"seen_alone": FLAG},
    "plan-started.v1": {"!plan": PLANS},
    "plan-ended.v1": {"!plan": PLANS},
    "plan-reviewed.v1": {"plan": PLANS, "progress": PROGRESS, "risks_addressed": CODES},
    "strategy-discussion-held.v1": {"section_47": FLAG},
    "enquiry-ended.v1": {"!outcome": {"conference", "no_conference"}},
    "conference-held.v1": {"outcome": {"plan", "no_plan"}},
    "case-audited.v1": {
        "!grade": GRADES,
        "moderated_grade": GRADES,
        "about": {"case", "assessment", "plan", "supervision"},
        "auditor": CODE,
    },
    "fact-withdrawn.v1": {"!withdraws": ID},
}
EVERY: dict[str, Any] = {"!child": "name", "!effective_on": DAY, "estimated": FLAG, "corrects": ID}
EVERY |= dict.fromkeys(("locality", "team", "worker", "cohort"), "name or null")
ATTRIBUTES = {"specversion", "id", "source", "type", "subject", "time", "data"}


def faults(fact: dict[str, Any]) -> list[str]:
    """What is wrong with the fact by those rules, in words."""
    if fact.keys() != ATTRIBUTES or fact["type"] not in RULES:
        return ["attributes or type"]
    found = [name for name, rule in (("id", ID), ("source", ID), ("subject", "name")) if not _fits(fact[name], rule)]
    if fact["specversion"] != "1.0":
        found.append("specversion")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", fact["time"]):
        found.append("time")
    return found + _data_faults(fact["type"], fact["data"])


def _data_faults(kind: str, data: dict[str, Any]) -> list[str]:
    rules = EVERY | RULES[kind]
    if kind == "fact-withdrawn.v1":
        del rules["corrects"]
    allowed = {name.lstrip("!"): rule for name, rule in rules.items()}
    found = [f"{name} lacks" for name in rules if name[0] == "!" and name[1:] not in data]
    found += [f"{name} unknown" for name in data if name not in allowed]
    return found + [name for name in data if name in allowed and not _fits(data[name], allowed[name])]


def _fits(value: Any, rule: Any) -> bool:
    match rule:
        case set():
            return isinstance(value, str) and value in rule
        case "flag":
            return isinstance(value, bool)
        case "codes":
            return isinstance(value, list) and all(_fits(one, CODE) for one in value)
        case "name or null":
            return value is None or _fits(value, "name")
        case "day":
            return bool(re.fullmatch(r"(19|20|21)\d\d-\d\d-\d\d", value)) and bool(date.fromisoformat(value))
        case "id":
            return isinstance(value, str) and 1 <= len(value) <= 200
        case "code":  # a code, never a sentence
            return isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z0-9_-]{0,64}", value))
        case _:
            return isinstance(value, str) and 1 <= len(value) <= 64
