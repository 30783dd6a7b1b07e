"""What an operator sees is what happens: figures, health and alarms follow what a process tells, by a clock of ours."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from streams.errors import WrongInput
from streams.intake import Tally
from streams.telemetry.alarms import Flood
from streams.telemetry.health import Health
from streams.telemetry.metrics import REASONS, FeedMetrics, Figures, WorkerMetrics
from streams.telemetry.seen import FeedState, Span
from streams.telemetry.serving import Pages

SECOND = 1_000_000
START = 1_559_550_000 * SECOND


class Clock:
    """An instant (microseconds) that stands until it is moved on."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> int:
        return self.at

    def go_on(self, seconds: float) -> None:
        self.at += round(seconds * SECOND)

    def ms_ago(self, seconds: float) -> int:
        """So long ago, as a broker tells it: in milliseconds."""
        return (self.at - round(seconds * SECOND)) // 1_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def figures(clock: Clock) -> Figures:
    return Figures("1.2.3", clock)


def value(figures: Figures, name: str, **labels: str) -> float | None:
    return figures.registry.get_sample_value(f"casedrift_{name}", labels)


def a_worker(figures: Figures, a_minute: int = 60) -> WorkerMetrics:
    return WorkerMetrics(figures, Flood(a_minute, figures.now), retention_alarm=0.2, retention_days=10)


def test_facts_are_counted_by_what_became_of_them(figures: Figures, clock: Clock) -> None:
    worker = a_worker(figures)
    worker.took(Tally(10, 5, 3, 1, 1), 0.02, clock.ms_ago(0))
    worker.took(Tally(2, 2, 0, 0, 0), 0.02, clock.ms_ago(0))
    outcomes = {each: value(figures, "facts_total", outcome=each) for each in Tally().as_dict() if each != "read"}
    assert outcomes == {"accepted": 7, "duplicate": 3, "refused": 1, "waiting": 1}
    assert value(figures, "batch_facts_sum") == 12
    assert value(figures, "batch_seconds_count") == 2


def test_a_batch_that_sets_waiting_facts_free_counts_them_as_accepted(figures: Figures, clock: Clock) -> None:
    worker = a_worker(figures)
    worker.took(Tally(read=1, accepted=3, waiting=-2), 0.02, clock.ms_ago(0))
    assert (value(figures, "facts_total", outcome="accepted"), value(figures, "facts_total", outcome="waiting")) == (
        3,
        0,
    )


def test_reasons_are_words_of_a_list_and_all_others_are_other(figures: Figures) -> None:
    worker = a_worker(figures)
    worker.refused({"not-json": 2, "case-0042": 3, "a child's name": 1})
    assert value(figures, "refusals_total", reason="not-json") == 2
    assert value(figures, "refusals_total", reason="other") == 4
    told = {sample.labels["reason"] for metric in figures.registry.collect() for sample in metric.samples
            if sample.name == "casedrift_refusals_total"}  # fmt: skip
    assert told == {*REASONS, "other"}


def test_intake_lag_grows_while_a_batch_can_not_be_stored_and_rests_while_nothing_comes(
    figures: Figures, clock: Clock
) -> None:
    worker = a_worker(figures)
    assert value(figures, "intake_lag_seconds") == 0
    worker.holds(clock.ms_ago(2))
    clock.go_on(30)
    assert value(figures, "intake_lag_seconds") == 32
    worker.took(Tally(1, 1), 0.1, clock.ms_ago(0.5))
    clock.go_on(3600)
    assert value(figures, "intake_lag_seconds") == 0.5


def test_intake_lag_is_over_once_nothing_is_seen_to_follow(figures: Figures, clock: Clock) -> None:
    worker = a_worker(figures)
    worker.took(Tally(1, 1), 0.1, clock.ms_ago(90))
    worker.spans({0: Span(0, 5, 5), 1: Span(0, 9, 8)})
    assert value(figures, "intake_lag_seconds") == 90
    worker.spans({0: Span(0, 5, 5), 1: Span(0, 9, 9)})
    assert value(figures, "intake_lag_seconds") == 0
    worker.holds(clock.ms_ago(2))
    worker.spans({0: Span(0, 5, 5)})
    assert value(figures, "intake_lag_seconds") == 2


def test_the_age_of_committed_offsets_grows_only_while_something_waits_for_its_commit(
    figures: Figures, clock: Clock
) -> None:
    worker = a_worker(figures)
    ages = []
    for taken, committed in [(5, 5), (9, 5), (9, 5), (12, 9), (12, 12)]:
        worker.offsets({0: taken}, {0: committed})
        clock.go_on(10)
        ages.append(value(figures, "committed_offset_age_seconds"))
    assert ages == [0, 10, 20, 10, 0]


def test_a_partition_whose_commits_stand_still_is_not_hidden_by_one_that_moves_on(
    figures: Figures, clock: Clock
) -> None:
    worker = a_worker(figures)
    ages = []
    for moves in range(10, 50, 10):
        worker.offsets({0: 5, 1: moves + 10}, {0: 3, 1: moves})
        clock.go_on(10)
        ages.append(value(figures, "committed_offset_age_seconds"))
    assert ages == [10, 20, 30, 40]
    worker.offsets({1: 50}, {1: 50})  # the other went to another worker
    assert value(figures, "committed_offset_age_seconds") == 0


@pytest.mark.parametrize(
    ("span", "left", "alarm"),
    [
        (Span(0, 0, 0), 1, False),
        (Span(0, 100, 0), 0, False),  # nothing was ever let go of
        (Span(100, 200, 200), 1, False),
        (Span(100, 200, 150), 0.5, False),
        (Span(100, 200, 119), 0.19, True),
        (Span(100, 200, 90), -1, True),
        (Span(100, 100, 100), 1, False),
        (Span(100, 100, 90), -1, True),
    ],
)
def test_retention_sounds_before_it_outruns_us(figures: Figures, span: Span, left: float, alarm: bool) -> None:
    worker = a_worker(figures)
    worker.spans({0: Span(100, 200, 200), 1: span})
    assert value(figures, "retained_share_left") == left
    assert value(figures, "alarm", alarm="retention") == alarm


def test_retention_sounds_by_age_where_nothing_was_let_go_yet(figures: Figures, clock: Clock) -> None:
    worker = a_worker(figures)
    nothing_gone = {0: Span(0, 100, 0)}
    worker.holds(clock.ms_ago(0))  # a batch that the store does not take
    sounded = []
    for _ in range(9):
        clock.go_on(86_400)
        worker.spans(nothing_gone)
        sounded.append(value(figures, "alarm", alarm="retention"))
    assert sounded == [0] * 8 + [1], "with two of ten days left"
    worker.took(Tally(1, 1), 0.1, clock.ms_ago(8.5 * 86_400))
    assert value(figures, "alarm", alarm="retention") == 1, "what comes next is as old"
    worker.took(Tally(1, 1), 0.1, clock.ms_ago(5))
    assert value(figures, "alarm", alarm="retention") == 0


def test_a_flood_is_more_refusals_than_so_many_within_a_minute(figures: Figures, clock: Clock) -> None:
    worker = a_worker(figures, a_minute=10)
    seen = []
    for pause, refused in [(0, 6), (30, 4), (20, 1), (9, 0), (2, 0), (60, 11)]:
        clock.go_on(pause)
        worker.took(Tally(refused, 0, 0, refused), 0.1, clock.ms_ago(0))
        seen.append(value(figures, "alarm", alarm="refusals"))
    assert seen == [0, 0, 1, 1, 0, 1]
    clock.go_on(61)
    assert value(figures, "alarm", alarm="refusals") == 0


def test_a_flood_of_facts_that_wait_for_others_is_one_too(figures: Figures, clock: Clock) -> None:
    worker = a_worker(figures, a_minute=10)
    for waiting, refused, flood in [(8, 2, 0), (-5, 0, 0), (1, 0, 1)]:
        worker.took(Tally(10, waiting=waiting, refused=refused), 0.1, clock.ms_ago(0))
        assert value(figures, "alarm", alarm="refusals") == flood


def test_the_oldest_undecided_deadline_ages_also_while_the_feed_can_not_look(figures: Figures, clock: Clock) -> None:
    feed = FeedMetrics(figures)
    assert value(figures, "undecided_deadline_seconds") == 0
    feed.leads(True)
    feed.stands(FeedState(lag=0, undecided=0, outbox=7, refused=2, waiting=1))
    clock.go_on(5)
    assert value(figures, "undecided_deadline_seconds") == 0
    clock.go_on(10)
    assert value(figures, "undecided_deadline_seconds") == value(figures, "feed_lag_seconds") == 15
    feed.stands(FeedState(lag=1, undecided=40, outbox=0, refused=2, waiting=1))
    clock.go_on(2)
    assert value(figures, "undecided_deadline_seconds") == 42
    assert value(figures, "feed_lag_seconds") == 3
    assert value(figures, "outbox_messages") == 0
    assert value(figures, "quarantine_facts", kind="refused") == 2


def test_a_feed_that_stands_by_has_no_deadlines_of_its_own(figures: Figures, clock: Clock) -> None:
    feed = FeedMetrics(figures)
    clock.go_on(600)
    assert value(figures, "undecided_deadline_seconds") == 0
    feed.leads(True)
    assert value(figures, "undecided_deadline_seconds") == 0
    clock.go_on(600)
    assert value(figures, "undecided_deadline_seconds") == 600


def test_a_feed_that_lost_the_lead_shows_nothing_of_what_the_other_one_has_now(figures: Figures, clock: Clock) -> None:
    feed = FeedMetrics(figures)
    feed.leads(True)
    feed.stands(FeedState(lag=3, undecided=40, outbox=7, refused=2, waiting=1))
    feed.leads(False)
    kinds = [value(figures, "quarantine_facts", kind=kind) for kind in ("refused", "waiting")]
    assert [value(figures, "outbox_messages"), *kinds] == [0, 0, 0]
    clock.go_on(600)
    feed.leads(True)
    assert value(figures, "undecided_deadline_seconds") == 0, "it has not looked yet"


@pytest.fixture
def health() -> Health:
    return Health("store", "broker")


@pytest.fixture
def pages(figures: Figures, health: Health) -> Iterator[Pages]:
    figures.ready_is(health.is_ready)
    served = Pages("127.0.0.1", 0, figures.registry, health)
    yield served
    served.close()


def asked(pages: Pages, path: str, method: str = "GET") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", pages.port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def in_json(answer: tuple[int, str]) -> tuple[int, Any]:
    return answer[0], json.loads(answer[1])


def test_ready_is_who_has_all_its_parts(pages: Pages, health: Health) -> None:
    why: dict[str, Any] = {"store": "not tried yet", "broker": "not tried yet"}
    assert in_json(asked(pages, "/readyz")) == (503, {"ready": False, "why": why})
    health.up("store")
    health.down("broker", "away")
    assert in_json(asked(pages, "/readyz")) == (503, {"ready": False, "why": {"broker": "away"}})
    assert "casedrift_ready 0.0" in asked(pages, "/metrics")[1]
    health.up("broker")
    assert in_json(asked(pages, "/readyz")) == (200, {"ready": True})
    assert "casedrift_ready 1.0" in asked(pages, "/metrics")[1]
    health.stopping()
    assert in_json(asked(pages, "/readyz")) == (503, {"ready": False, "why": {"process": "stopping"}})


def test_alive_is_whose_loop_turns() -> None:
    at = [0.0]
    health = Health("store", turns_within=60, clock=lambda: at[0])
    lives = []
    for seconds in (59, 61, 200):
        at[0] = seconds
        lives.append(health.lives().good)
    health.turned("worker")
    assert lives == [True, False, False]
    assert health.lives() == (True, {"lives": True})
    at[0] = 300
    assert health.lives() == (False, {"lives": False, "why": "worker last turned 100 s ago"})


def test_other_pages_and_other_requests_are_refused(pages: Pages) -> None:
    assert in_json(asked(pages, "/"))[0] == 404
    assert in_json(asked(pages, "/readyz", "POST"))[0] == 405
    assert asked(pages, "/metrics", "POST")[0] == 405
    assert in_json(asked(pages, "/healthz")) == (200, {"lives": True})


def test_a_port_that_is_taken_is_one_line_that_says_what_to_set(pages: Pages, figures: Figures, health: Health) -> None:
    with pytest.raises(WrongInput, match=r"metrics can't be served at 127\.0\.0\.1:\d+: .*set metrics_port"):
        Pages("127.0.0.1", pages.port, figures.registry, health)
