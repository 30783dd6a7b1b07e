"""The alert log of a world held against the judge's, line by line, whole and from some instant on.

Windows begin where they may be cut wrongly: at the very instant of a change, a microsecond later, and at midnights.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from casedrift.desk import Desk
from domain.days import instant_of
from tests.judge import alerts as judge
from tests.judge.facts import midnight
from tests.judge.intake import Acceptance
from tests.judge.policy import Policy
from tests.judge.world_questions import Question

Answer = list[dict[str, Any]]
TICK = timedelta(microseconds=1)


def alert_logs(desk: Desk, acc: Acceptance, policy: Policy, asked: Question) -> Iterator[tuple[str, Answer, Answer]]:
    """The log up to the instant of the question: a name, the product's answer and the judge's."""
    whole = judge.alerts(acc, policy, asked.known)
    yield "alerts", in_order(desk.alerts(instant_of(asked.known)).lines), in_order(whole)
    for since in _edges(whole, asked):
        theirs = [line for line in whole if _at(line) >= since]
        ours = desk.alerts(instant_of(asked.known), since=instant_of(since)).lines
        yield f"alerts since {since}", in_order(ours), in_order(theirs)


def _edges(whole: Answer, asked: Question) -> Iterator[datetime]:
    chance = Random(f"since {asked}")
    yield midnight(asked.on)
    yield asked.known
    for line in chance.sample(whole, min(3, len(whole))):
        yield _at(line)
        yield _at(line) + TICK


def in_order(answer: Answer) -> Answer:
    """The lines in their order, without their runs; those that differ by their run alone by what its log says."""
    logs: dict[str, list[str]] = {}
    for line in answer:
        logs.setdefault(line["run"], []).append(json.dumps(_bare(line)))

    def place(line: dict[str, Any]) -> tuple[Any, ...]:
        return _at(line), line["case"], line["clock"], logs[line["run"]]

    assert [place(line)[:3] for line in answer] == sorted(place(line)[:3] for line in answer), "alerts out of order"
    return [{**_bare(line), "log": logs[line["run"]]} for line in sorted(answer, key=place)]


def _at(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["state_at"])


def _bare(line: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != "run"}
