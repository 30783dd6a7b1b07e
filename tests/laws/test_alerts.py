"""Law 5: the alert log is a function of the log of facts. Whenever a follower wakes, however often, and however often
it is ended and begun again, what it tells is the log that one question gives at the end; with no traffic too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casedrift.desk import Desk
from casedrift.following import Follower, follow
from domain.days import instant_of, london_day, midnight, parse_instant
from domain.policy import Policy
from tests.judge.worlds import Batch, batches, world
from tests.laws.desks import NOW, desk_of, policy_of, quick, seeds, take

CASES = 8
MINUTE = 60_000_000
few = settings(quick, max_examples=15)
chances = st.integers(0, 1_000_000)
Line = dict[str, Any]


@few
@given(seeds, chances)
def test_no_pattern_of_waking_changes_a_log_of_the_past(seed: int, chance: int) -> None:
    rng = Random(chance)
    with desk_of(seed) as desk:
        take(desk, [list(world(seed, CASES).lines)])
        whole = desk.alerts(NOW).lines
        since = _somewhere(rng, whole) if whole else NOW - 1
        assert _told(desk, since, sorted([*(_somewhere(rng, whole) for _ in range(12) if whole), NOW]), rng) == [
            line for line in whole if _at(line) >= since
        ]
        assert _told(desk, 0, [NOW], rng) == whole


@few
@given(seeds, chances)
def test_it_is_time_to_look_again_before_anything_turns(seed: int, chance: int) -> None:
    """What is known to become known (a clock ahead, or a past hour followed again) does not wait for midnight."""
    rng = Random(chance)
    with desk_of(seed) as desk:
        take(desk, [list(world(seed, CASES).lines)])
        whole = desk.alerts(NOW).lines
        for known in [_somewhere(rng, whole) for _ in range(20) if whole]:
            next_at = desk.alerts(known).next_at
            assert known < next_at <= midnight(london_day(known) + 1)
            assert next_at <= min((_at(line) for line in whole if _at(line) > known), default=next_at)


def _somewhere(rng: Random, whole: list[Line]) -> int:
    """At a change, or just before or after it, or at a midnight."""
    at = _at(rng.choice(whole))
    return min(rng.choice((at - 1, at, at + 1, midnight(london_day(at) + 1), at + rng.randrange(10**13))), NOW)


def _told(desk: Desk, since: int, wakings: list[int], rng: Random) -> list[Line]:
    """What a follower tells that is begun anew now and then from the instant up to which it had looked."""
    follower = _follower(desk, since)
    told = []
    for at in wakings:
        told += follower.look(at)
        if rng.random() < 0.3 and at >= since:
            follower = _follower(desk, at + 1)
    return told


def _follower(desk: Desk, since: int, policy: Policy | None = None) -> Follower:
    return Follower(lambda start, end: desk.alerts(end, since=start, policy=policy), since)


@few
@given(seeds, chances)
def test_a_follower_of_live_facts_tells_each_change_once(seed: int, chance: int) -> None:
    """Facts come in while it looks, sleeps, and looks again; midnights pass with no traffic between."""
    rng = Random(chance)
    arriving = batches(seed, CASES)
    now = [instant_of(arriving[0].now)]
    with desk_of(seed, now) as desk:
        follower, told = _follower(desk, 0), []
        for batch in arriving:
            if rng.random() < 0.5:
                now[0] += rng.randrange(MINUTE * 60 * 24)
                told += follower.look(now[0])
            now[0] = max(now[0] + 1, instant_of(batch.now))
            take(desk, [list(batch.lines)], backfill=False)
            if rng.random() < 0.3:
                told += follower.look(now[0])
        now[0] += MINUTE * 60 * 24 * 100
        told += follower.look(now[0])
        assert told == desk.alerts(now[0]).lines


@settings(quick, max_examples=5)
@given(seeds, chances)
def test_the_loop_wakes_for_facts_and_for_midnights(seed: int, chance: int) -> None:
    """The real loop beside a real writer, with a clock that the test moves: every line comes at the first waking at
    or after its instant, and the loop wakes at each fact and each midnight by itself."""
    arriving = batches(seed, CASES)
    arriving = [batch for batch in arriving if batch.now < arriving[0].now + timedelta(days=200)]
    now = [instant_of(arriving[0].now)]
    with desk_of(seed, now) as writer, Desk(writer.store.address, now=lambda: now[0]) as reader:
        begun = now[0]
        told: list[tuple[int, Line]] = []
        follow(
            _follower(reader, begun),
            now=lambda: now[0],
            store_state=reader.store_state,
            tell=lambda line: told.append((now[0], line)),
            rest=_Nights(writer, arriving, now, Random(chance)).rest,
        )
        assert [line for _, line in told] == [line for line in writer.alerts(now[0]).lines if _at(line) >= begun]
        assert [(at, line) for at, line in told if at != _at(line)] == []


class _Nights:
    """Rests of a follower: time passes, and now and then a batch comes in."""

    def __init__(self, writer: Desk, arriving: list[Batch], now: list[int], rng: Random) -> None:
        self._writer, self._now, self._rng = writer, now, rng
        self._left: Iterator[Batch] = iter(arriving)
        self._next: Batch | None = next(self._left)
        self._until = max(instant_of(batch.now) for batch in arriving) + MINUTE * 60 * 24 * 40

    def rest(self, seconds: float) -> bool:
        """As long as it is asked to, or until the next batch comes; nobody listens after all is told."""
        wake = midnight(london_day(self._now[0]) + 1)  # in one go: nothing happens in the small rests before it
        assert 0 < seconds <= (wake - self._now[0]) / 1_000_000
        if self._next is not None and max(instant_of(self._next.now), self._now[0] + 1) <= wake:
            self._now[0] = max(instant_of(self._next.now), self._now[0] + 1)
            take(self._writer, [list(self._next.lines)], backfill=False)
            self._next = next(self._left, None)
        else:
            self._now[0] = wake
        return self._now[0] < self._until


@few
@given(seeds)
def test_another_policy_raises_what_it_would_have_raised_had_it_been_in_force(seed: int) -> None:
    lines = list(world(seed, CASES).lines)
    with desk_of(seed) as desk, desk_of(seed + 1) as other:
        take(desk, [lines])
        take(other, [lines])
        assert desk.alerts(NOW, policy=policy_of(seed + 1)) == other.alerts(NOW)
        assert other.alerts(NOW, since=NOW - 10**14, policy=policy_of(seed)) == desk.alerts(NOW, since=NOW - 10**14)


def test_a_policy_put_in_force_meanwhile_is_gone_by_from_the_next_look_on() -> None:
    with desk_of(3) as writer, Desk(writer.store.address, now=lambda: NOW) as reader:
        take(writer, [list(world(3, CASES).lines)])
        before = reader.alerts(NOW)
        seen = reader.store_state()
        writer.use_policy(policy_of(4))
        assert reader.store_state() != seen
        assert reader.alerts(NOW) == writer.alerts(NOW) != before
        assert reader.alerts(NOW, policy=policy_of(3)) == before


def test_a_follower_whose_clock_is_set_back_tells_nothing_twice() -> None:
    with desk_of(7) as desk:
        take(desk, [list(world(7, CASES).lines)])
        whole = desk.alerts(NOW).lines
        middle = _at(whole[len(whole) // 2])
        follower = _follower(desk, 0)
        told = follower.look(middle)
        assert follower.look(middle - MINUTE) == []
        assert follower.next_at == middle + 1
        assert told + follower.look(NOW) == whole


def _at(line: Line) -> int:
    return parse_instant(line["state_at"])
