"""What a fact must look like to be taken: `docs/facts.md`, field by field.

A line that breaks a rule is refused with the rule's name; nothing is mended or guessed.
Where a line breaks several rules the first in the order of this file names the refusal.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from .facts import DAY, Event, read_instant

Check = Callable[[Any], bool]

TIERS = ("assessment", "family_help", "child_in_need", "child_protection", "looked_after", "care_leaver")
OUTSIDE = ("early_help", "other_service")
PLANS = ("child_in_need", "child_protection", "care")
GRADES = ("outstanding", "good", "requires_improvement", "inadequate")
ALLOCATION = ("locality", "team", "worker", "cohort")
LONGEST_LINE = 64 * 1024
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


class Refusal(Exception):
    """Why a line is not taken: one of the contract's reasons."""


def read_line(line: bytes, now: datetime) -> Event:
    """The event on a line, or `Refusal` with the reason."""
    if len(line) > LONGEST_LINE:
        raise Refusal("too-long")  # "`too-long` (over 64 KiB)"
    body = _json(line)
    _envelope(body)
    if body["type"] not in OWN_FIELDS:
        raise Refusal("unknown-type")
    if "data" in _twice(body) or _twice(body.get("data")) or not _data_is_right(body["type"], body.get("data")):
        raise Refusal("invalid-data")
    event = Event(body)
    if event.recorded_at > now + timedelta(minutes=5):
        raise Refusal("recorded-in-future")  # "more than 5 minutes ahead of now"
    if event.target == event.identity:
        raise Refusal("target-itself")
    return event


def _json(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_Named)
    except (ValueError, RecursionError):
        raise Refusal("not-json") from None


class _Named(dict[str, Any]):
    """An object of JSON that remembers which names stand twice in it."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice = {name for name, times in Counter(name for name, _ in pairs).items() if times > 1}


def _twice(value: Any) -> set[str]:
    return value.twice if isinstance(value, _Named) else set()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _envelope(body: Any) -> None:
    """CloudEvents 1.0 in structured mode, with what the table of attributes adds."""
    if not isinstance(body, dict) or body.get("specversion") != "1.0":
        raise Refusal("not-an-event")
    if not isinstance(body.get("type"), str):
        raise Refusal("not-an-event")
    if not (text(200)(body.get("id")) and text(200)(body.get("source"))):  # "each 1-200 characters"
        raise Refusal("not-an-event")
    if not text(64)(body.get("subject")) or not instant(body.get("time")):
        raise Refusal("not-an-event")
    if "recordedafter" in body and not instant(body["recordedafter"]):
        raise Refusal("not-an-event")
    if _twice(body) - {"data"}:
        raise Refusal("not-an-event")  # "an attribute other than `data` … there twice"


def _data_is_right(type_: str, data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    fields = {**COMMON, **OWN_FIELDS[type_]}
    if type_ == "fact-withdrawn.v1":
        del fields["corrects"]  # "it takes no `corrects`"
    if not data.keys() <= {name.rstrip("!") for name in fields}:
        return False  # "Unknown fields in `data` are refused"
    return all(_field_is_right(data, name, check) for name, check in fields.items())


def _field_is_right(data: dict[str, Any], name: str, check: Check) -> bool:
    """A name that ends in `!` is required."""
    field = name.rstrip("!")
    return check(data[field]) if field in data else field == name


def text(longest: int) -> Check:
    return lambda value: isinstance(value, str) and 1 <= len(value) <= longest


def one_of(*words: str) -> Check:
    return lambda value: isinstance(value, str) and value in words


def instant(value: Any) -> bool:
    try:
        return isinstance(value, str) and read_instant(value) is not None
    except (ValueError, OverflowError):
        return False


def day(value: Any) -> bool:
    """ "1900-01-01 to 2199-12-31"."""
    if not isinstance(value, str) or DAY.fullmatch(value) is None:
        return False
    try:
        return EARLIEST <= date.fromisoformat(value) <= LATEST
    except ValueError:
        return False


def truth(value: Any) -> bool:
    return isinstance(value, bool)


def codes(value: Any) -> bool:
    return isinstance(value, list) and all(code(one) for one in value)


code = text(64)  # "codes of at most 64 characters"
progress = one_of("improved", "static", "worse")

COMMON: dict[str, Check] = {
    "child!": text(64),
    "effective_on!": day,
    **{key: lambda value: value is None or text(64)(value) for key in ALLOCATION},  # "`null` = nobody"
    "estimated": truth,
    "corrects": text(200),
}

OWN_FIELDS: dict[str, dict[str, Check]] = {
    "referral-received.v1": {"decision": one_of("assess", "early_help", "no_further_action")},
    "case-opened.v1": {"tier!": one_of(*TIERS), "referral_source": code, "need": code},
    "assessment-started.v1": {},
    "case-assessed.v1": {"started_on": day, "progress": progress, "outcome": code, "risks": codes},
    "case-supervised.v1": {"challenged": truth},
    "challenge-recorded.v1": {"by!": one_of("manager", "senior_manager", "reviewing_officer", "conference_chair")},
    "case-stepped-down.v1": {"to!": one_of(*TIERS, *OUTSIDE)},
    "case-stepped-up.v1": {"to!": one_of(*TIERS)},
    "case-closed.v1": {"reason": code},
    "case-allocated.v1": {},
    "child-visited.v1": {"seen_alone": truth},
    "plan-started.v1": {"plan!": one_of(*PLANS)},
    "plan-ended.v1": {"plan!": one_of(*PLANS)},
    "plan-reviewed.v1": {"plan": one_of(*PLANS), "progress": progress, "risks_addressed": codes},
    "strategy-discussion-held.v1": {"section_47": truth},
    "enquiry-ended.v1": {"outcome!": one_of("conference", "no_conference")},
    "conference-held.v1": {"outcome": one_of("plan", "no_plan")},
    "case-audited.v1": {
        "grade!": one_of(*GRADES),
        "moderated_grade": one_of(*GRADES),
        "about": one_of("case", "assessment", "plan", "supervision"),
        "auditor": code,
    },
    "fact-withdrawn.v1": {"withdraws!": text(200)},
}
