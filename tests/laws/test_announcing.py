"""Laws of what is told: the opening list, and then exactly the lines of the log of alerts, each once.

However the stream is cut into batches, whenever the announcer wakes, and wherever it is undone and begins again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casedrift.desk import Desk
from casedrift.door import Door
from domain.days import instant_of, london_day, parse_instant
from streams.announcing import LIVE_SINCE
from streams.outbox import oldest
from tests.judge.worlds import batches
from tests.laws.desks import CASES, desk_of, quick, rows_of, seeds
from tests.streams.written_facts import fact

HOUR = 3_600 * 1_000_000
lives = st.integers(0, 60)
"""At which of the world's batches somebody begins to listen, in percent."""


def told(desk: Desk, topic: str) -> list[dict[str, Any]]:
    """What was put out on a topic, in order."""
    return [json.loads(sent.message) for sent in oldest(desk.store.connection, 1_000_000) if sent.topic == topic]


def begin(desk: Desk, now: int) -> None:
    with desk.store.folding():
        announcer = desk.standing.announcer()
        announcer.begin(now)


def wake(desk: Desk, now: int) -> None:
    with desk.store.folding():
        announcer = desk.standing.announcer()
        announcer.pass_time(now)
        announcer.count(now)


def lived(desk: Desk, hour: list[int], seed: int, live_at: int, *, backfill: bool = False) -> Iterator[int]:
    """The world as it came, batch by batch, the announcer waking now and then; each time the hour."""
    chance, coming = Random(f"wakes {seed}"), batches(seed, CASES)
    start = len(coming) * live_at // 100
    door: Door | None = None
    for at, batch in enumerate(coming):
        hour[0] = max(hour[0] + 1, instant_of(batch.now))
        if at == start:
            begin(desk, hour[0])
            hour[0] += 1
        if door is None or chance.random() < 0.1:
            door = desk.door()  # another run, which knows nothing of the one before
        door.take_lines([list(batch.lines)], backfill and chance.random() < 0.3, lambda _: None)
        if at > start and chance.random() < 0.3:
            hour[0] += chance.randrange(60 * 24 * HOUR)
            wake(desk, hour[0])
        yield hour[0]
    wake(desk, hour[0] + 1)
    hour[0] += 400 * 24 * HOUR
    wake(desk, hour[0])


@quick
@given(seeds, lives)
def test_what_is_told_is_the_opening_list_and_then_the_log(seed: int, live_at: int) -> None:
    hour = [0]
    with desk_of(seed, hour) as desk:
        list(lived(desk, hour, seed, live_at))
        since = desk.store.meta(LIVE_SINCE)
        events = told(desk, "case-alerts")
        lines = desk.alerts(hour[0]).lines
    opening = [event["data"] for event in events if event["data"]["opening"]]
    after = [event["data"] for event in events if not event["data"]["opening"]]
    states: dict[str, Any] = {}
    for line in lines:
        if parse_instant(line["state_at"]) <= since:
            states[line["run"]] = line
    raised = [line for line in states.values() if line["state"] == "raised"]
    assert sorted(opening, key=str) == sorted((line | {"opening": True} for line in raised), key=str)
    assert after == [line | {"opening": False} for line in lines if parse_instant(line["state_at"]) > since]
    assert len({event["id"] for event in events}) == len(events)
    assert [event["sequence"] for event in events] == sorted(event["sequence"] for event in events)


@quick
@given(seeds, lives, st.booleans())
def test_those_who_listen_hold_what_the_log_says(seed: int, live_at: int, backfill: bool) -> None:
    hour = [0]
    with desk_of(seed, hour) as desk:
        for _ in lived(desk, hour, seed, live_at, backfill=backfill):
            pass
        held: dict[str, bool] = {}
        for event in told(desk, "case-alerts"):
            held[event["data"]["run"]] = event["data"]["state"] == "raised"
        states = {line["run"]: line["state"] for line in desk.alerts(hour[0]).lines}
        assert {run for run, raised in held.items() if raised} == {r for r, s in states.items() if s == "raised"}
        assert len(rows_of(desk, "SELECT run_id FROM told_alerts")) == sum(held.values())


@quick
@given(seeds, lives)
def test_the_last_count_told_of_each_group_is_what_counts_say(seed: int, live_at: int) -> None:
    hour = [0]
    with desk_of(seed, hour) as desk:
        list(lived(desk, hour, seed, live_at))
        last = {event["subject"]: event["data"] for event in told(desk, "case-counts")}
        figures = {
            (each["locality"], each["tier"]): (each["open_cases"], each["open_children"])
            for each in last.values()
            if each["open_cases"]
        }
        now = desk.counts(london_day(hour[0]), hour[0], ("locality", "tier"))
        assert figures == {
            (each["locality"], each["tier"]): (each["open_cases"], each["open_children"]) for each in now
        }


def test_loading_history_tells_nothing_and_another_policy_takes_back_what_was_by_the_first_only() -> None:
    from casedrift.policies import load_policy

    hour = [instant_of_day()]
    with desk_of(1, hour) as desk:
        desk.use_policy(load_policy("england"))
        line = fact("o", "case-opened.v1", tier="assessment", effective_on="2021-01-04")
        desk.ingest_lines(iter([[line]]), backfill=True, progress=lambda _: None)
        assert told(desk, "case-alerts") == []
        begin(desk, hour[0])
        opening = told(desk, "case-alerts")
        assert opening
        assert all(event["data"]["opening"] for event in opening)
        desk.use_policy(load_policy("england-annex-a"))
        wake(desk, hour[0] + HOUR)
        raised = {line["run"] for line in desk.alerts(hour[0]).lines if line["state"] == "raised"}
        withdrawn = [e["data"] for e in told(desk, "case-alerts")[len(opening) :] if e["data"]["state"] == "withdrawn"]
        assert {each["run"] for each in withdrawn} == {e["data"]["run"] for e in opening} - raised
        assert withdrawn


def instant_of_day() -> int:
    from datetime import UTC, datetime

    return instant_of(datetime(2022, 3, 1, 12, tzinfo=UTC))
