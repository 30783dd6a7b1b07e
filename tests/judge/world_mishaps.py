"""What goes wrong between a case system and its reader: facts put right, taken back, sent twice, sent askew.

Every mishap is drawn from a seeded generator, so that a world can be told again.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from .world_lives import OWN, Draft, content, recorded

LATER = (0, 0, 0, 1, 2, 6, 20, 75)


def amendments(rng: random.Random, first: Draft, days: list[date], name: Callable[[str], str]) -> list[Draft]:
    """Corrections and withdrawals of one fact, each naming any link before it."""
    links = [first]
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        named = rng.choice(links)
        amend = _withdrawal if rng.random() < 0.35 else _correction
        links.append(amend(rng, links[-1], named, days, name(first.source)))
    return links[1:]


def _withdrawal(rng: random.Random, last: Draft, named: Draft, _: list[date], id_: str) -> Draft:
    data = {"child": last.data["child"], "effective_on": last.day.isoformat(), "withdraws": named.id}
    return replace(last, id=id_, type="fact-withdrawn", data=data, time=_after(rng, last), extra={})


def _correction(rng: random.Random, last: Draft, named: Draft, days: list[date], id_: str) -> Draft:
    """The same said again with another day, another allocation, another type, or all of it new."""
    type_, day = last.type, last.day
    kind = rng.choice(("day", "day", "content", "type", "bare"))
    if type_ == "fact-withdrawn" or kind == "type":
        type_ = rng.choice(tuple(OWN))
    if kind in ("day", "type"):
        day = rng.choice([near for near in days if abs((near - day).days) <= 40] or days)
    same = type_ == last.type and kind == "day"
    data = dict(last.data) if same else {"child": last.data["child"], **content(rng, type_)}
    data = {**data, "effective_on": day.isoformat(), "corrects": named.id}
    return replace(last, id=id_, type=type_, day=day, data=data, time=_after(rng, last), extra={})


def _after(rng: random.Random, last: Draft) -> datetime:
    if rng.random() < 0.25:
        return last.time  # recorded together: with one `known_at`
    return recorded(rng, last.time.date(), LATER)


def written(rng: random.Random, draft: Draft) -> bytes:
    """The fact as a line, its keys in any order and its instant in any notation."""
    body = {
        "specversion": "1.0",
        "id": draft.id,
        "source": draft.source,
        "type": draft.type + ".v1",
        "subject": draft.case,
        "time": notation(rng, draft.time),
        "data": draft.data,
        **draft.extra,
    }
    keys = rng.sample(sorted(body), len(body))
    return json.dumps({key: body[key] for key in keys}, ensure_ascii=rng.random() < 0.5).encode()


def notation(rng: random.Random, instant: datetime) -> str:
    """One instant in one of its RFC 3339 notations; what is finer than a microsecond is cut off."""
    hours = rng.choice((0, 0, 0, 1, -5))
    local = instant.astimezone(timezone(timedelta(hours=hours)))
    text = local.strftime("%Y-%m-%dT%H:%M:%S")
    if instant.microsecond:
        text += f".{instant.microsecond:06}" + rng.choice(("", "9", "123"))
    elif rng.random() < 0.2:
        text += rng.choice((".000", ".0000009"))
    return text + (local.strftime("%z")[:3] + ":00" if hours or rng.random() < 0.3 else "Z")


def again(rng: random.Random, draft: Draft) -> Draft:
    """The same fact sent a second time; neither `recordedafter` nor extensions are part of the content."""
    extra = dict(draft.extra)
    if rng.random() < 0.4:
        extra["recordedafter"] = notation(rng, draft.time - timedelta(days=rng.randrange(30)))
    if rng.random() < 0.3:
        extra["traceparent"] = f"00-{rng.randrange(10**6)}"
    return replace(draft, extra=extra)


def conflict(rng: random.Random, draft: Draft, cases: list[str]) -> Draft:
    """Another content under the same identity."""
    kind = rng.randrange(4)
    if kind == 0:
        return replace(draft, time=draft.time + timedelta(microseconds=1))
    if kind == 1:
        return replace(draft, case=rng.choice([case for case in cases if case != draft.case]))
    data = copy.deepcopy(draft.data)
    if kind == 2:
        data["worker"] = None if data.get("worker", "") is not None else "w-1"
    else:
        data["estimated"] = not data.get("estimated", True)
    return replace(draft, data=data)


def broken(rng: random.Random, draft: Draft) -> list[bytes]:
    """The fact made unreadable in each way that the contract names, one rule broken at a time."""
    body: dict[str, Any] = json.loads(written(rng, draft))
    whole = json.dumps(body).encode()
    askew: list[dict[str, Any]] = [
        {key: value for key, value in body.items() if key != "specversion"},
        {**body, "type": "case-paused.v1"},
        {**body, "type": draft.type + ".v2"},
        {**body, "data": {**body["data"], "locallity": "North"}},
        {**body, "data": {**body["data"], "effective_on": "2019-02-29"}},
        {**body, "data": {**body["data"], "effective_on": "1899-12-31"}},
        {**body, "data": {**body["data"], "team": ""}},
        {**body, "data": {**body["data"], "team": "t" * 65}},
        {**body, "data": {**body["data"], "estimated": 1}},
        {**body, "data": {key: value for key, value in body["data"].items() if key != "child"}},
        {**body, "id": body["id"] + "-ahead", "time": "2098-01-01T00:00:00Z"},
        {**body, "padding": "x" * 64 * 1024},
    ]
    twice = [whole[:-1] + b', "subject": "again"}', whole.replace(b'"child": ', b'"child": "c-again", "child" : ')]
    return [whole[:-1], b"\xff\xfe" + whole, b"[]", *twice, *(json.dumps(one).encode() for one in askew)]
