"""Laws of what is told: the opening list, and then exactly the lines of the log of alerts, each once.

However the stream is cut into batches, whenever the announcer wakes, and wherever it is undone and begins again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casedrift.desk import Desk
from casedrift.door import Door
from casedrift.policies import load_policy
from casedrift.simulation import simulate
from domain.days import instant_of, london_day, parse_instant
from streams.announcing import announced
from streams.cloudevents import read_lines
from streams.intake import Intake
from streams.outbox import oldest
from streams.told import LIVE_SINCE
from tests.judge.worlds import batches
from tests.laws.desks import CASES, desk_of, quick, rows_of, seeds, take
from tests.streams.written_facts import fact

HOUR = 3_600 * 1_000_000
lives = st.integers(0, 60)
"""At which of the world's batches somebody begins to listen, in percent."""


def told(desk: Desk, topic: str) -> list[dict[str, Any]]:
    """What was put out on a topic, in order."""
    return [json.loads(sent.message) for sent in oldest(desk.store.connection, 1_000_000) if sent.topic == topic]


def held_by_those_who_listen(desk: Desk) -> set[str]:
    """The runs that a consumer holds to be raised that drops what it was sent a second time, by its id."""
    sent = [each.message for each in oldest(desk.store.connection, 1_000_000) if each.topic == "case-alerts"]
    held = {event["data"]["run"]: event["data"]["state"] for event in announced(sent)}
    return {run for run, state in held.items() if state == "raised"}


def raised_in_the_log(desk: Desk, known: int) -> set[str]:
    states = {line["run"]: line["state"] for line in desk.alerts(known).lines}
    return {run for run, state in states.items() if state == "raised"}


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
        assert len(rows_of(desk, "SELECT run_id FROM told_alerts")) == len(held_by_those_who_listen(desk))
        assert held_by_those_who_listen(desk) == raised_in_the_log(desk, hour[0])


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
    hour = [instant_of_day()]
    with desk_of(1, hour) as desk:
        desk.use_policy(load_policy("england"))
        line = opened("o")
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


def test_history_loaded_into_a_store_that_is_live_is_told_once_it_is_there_and_not_on_the_way() -> None:
    hour = [instant_of_day()]
    lines = [line.rstrip(b"\n") for line in simulate(5, date(2018, 1, 1), 12, 20)]
    with desk_of(1, hour) as desk:
        desk.use_policy(load_policy("england"))
        begin(desk, hour[0])
        hour[0] += 1
        desk.ingest_lines(([each] for each in lines), backfill=True, progress=lambda _: None)
        assert told(desk, "case-alerts") == []
        assert desk.standing.announcer().next_at == 0, "as soon as nothing more comes"
        wake(desk, hour[0] + 1)
        runs = [event["data"]["run"] for event in told(desk, "case-alerts")]
        assert sorted(runs) == sorted(raised_in_the_log(desk, hour[0] + 1))
        assert runs


def test_what_another_policy_took_back_is_told_again_when_the_first_returns() -> None:
    hour = [instant_of_day()]
    with desk_of(1, hour) as desk:
        desk.use_policy(load_policy("england"))
        take(desk, [[opened("o")]])
        begin(desk, hour[0])
        before = held_by_those_who_listen(desk)
        for policy in ("england-annex-a", "england"):
            desk.use_policy(load_policy(policy))
            hour[0] += HOUR
            wake(desk, hour[0])
            assert held_by_those_who_listen(desk) == raised_in_the_log(desk, hour[0])
        assert before == held_by_those_who_listen(desk)
        assert before


def test_what_a_rebuild_folded_before_the_feed_did_is_told_all_the_same() -> None:
    hour = [instant_of_day()]
    with desk_of(1, hour) as desk:
        desk.use_policy(load_policy("england"))
        begin(desk, hour[0])
        wake(desk, hour[0] + 1)
        hour[0] += HOUR
        line = opened("o")
        with desk.store.writing():  # accepted, as by a worker, and not yet folded
            Intake(desk.store, lambda: hour[0]).take(read_lines([line]), backfill=False)
        assert desk.store.place() < desk.store.position()
        desk.rebuild(check=False, progress=lambda *_: None)
        assert desk.store.place() == desk.store.position()
        assert desk.standing.announcer().next_at == 0
        wake(desk, hour[0] + 1)
        assert held_by_those_who_listen(desk) == raised_in_the_log(desk, hour[0] + 1) != set()


def test_each_of_several_instants_that_history_has_ahead_is_told_of() -> None:
    """A case system's clock may go before ours by some minutes, and its history is known at its own times."""
    hour = [instant_of_day()]
    with desk_of(1, hour) as desk:
        desk.use_policy(load_policy("england"))
        begin(desk, hour[0])
        since, minute = hour[0], HOUR // 60
        hour[0] += 1
        take(desk, [[opened("x")]], backfill=False)
        ahead = [
            json.dumps(json.loads(opened(case)) | {"time": f"2022-03-01T12:0{minutes}:00Z"}).encode()
            for case, minutes in (("a", 3), ("b", 4))
        ]
        take(desk, [ahead])
        for _ in range(5):
            hour[0] += minute + 1
            wake(desk, hour[0])
        lines = [line for line in desk.alerts(hour[0]).lines if parse_instant(line["state_at"]) > since]
        assert {line["case"] for line in lines} >= {"a", "b"}
        told_later = [event["data"] for event in told(desk, "case-alerts") if not event["data"]["opening"]]
        assert told_later == [line | {"opening": False} for line in lines]


def test_a_count_that_history_changes_at_an_instant_already_told_of_is_another_message() -> None:
    hour = [instant_of_day()]
    with desk_of(1, hour) as desk:
        begin(desk, hour[0])
        for case in ("a", "b"):
            take(desk, [[opened(case)]])
            wake(desk, hour[0])
        sent = [each.message for each in oldest(desk.store.connection, 100) if each.topic == "case-counts"]
        assert [event["data"]["open_cases"] for event in announced(sent)] == [1, 2]


def opened(case: str) -> bytes:
    """A case that was opened more than a year ago, with nothing done since."""
    return fact(case, "case-opened.v1", subject=case, tier="assessment", effective_on="2021-01-04")


def instant_of_day() -> int:
    from datetime import UTC, datetime

    return instant_of(datetime(2022, 3, 1, 12, tzinfo=UTC))
