"""The feed as a process: rows and announcements follow what is accepted, whoever dies and whatever is away."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from casedrift.desk import Desk
from casedrift.migrating import migrate
from domain.days import parse_instant
from streams.kafka.message import Message
from streams.stores.postgres import PostgresStore
from streams.told import LIVE_SINCE
from tests.kit.broker import Broker
from tests.kit.parts import Part, free_ports, wait_until
from tests.kit.postgres import PostgresServer
from tests.kit.program import asked, environment, running, wait_for
from tests.kit.topics import read_topic, told_on
from tests.live.at_work import figure
from tests.streams.written_facts import fact


@dataclass(frozen=True)
class Live:
    """A store, a broker with its topics, and how the program is told of both."""

    url: str
    broker: Broker
    using: dict[str, str]
    folder: Path

    @contextmanager
    def feed(self) -> Iterator[Part]:
        with running(self.folder, "feed", using=self.using) as part:
            yield part

    def accept(self, *lines: bytes) -> None:
        """What a worker does with a batch."""
        with Desk(self.url, now=lambda: 0) as desk:
            desk.door().take_messages([Message("case-facts", 0, at, None, line, 0) for at, line in enumerate(lines)])

    def folded(self) -> bool:
        with PostgresStore(self.url) as store:
            return store.place() == store.position()

    def told(self) -> list[dict[str, Any]]:
        """What was told of alerts, in order."""
        return data(told_on(self.broker, "case-alerts"))

    def all_told(self) -> list[dict[str, Any]]:
        """What was told of alerts, once that is the opening list and the whole log since."""
        with PostgresStore(self.url) as store:
            since = store.meta(LIVE_SINCE)
        if since is None or not self.folded():
            return []
        lines = asked("alerts", using=self.using, folder=self.folder)
        raised: dict[str, bool] = {}
        for line in lines:
            if parse_instant(line["state_at"]) <= since:
                raised[line["run"]] = line["state"] == "raised"
        after = [line | {"opening": False} for line in lines if parse_instant(line["state_at"]) > since]
        told = self.told()
        opening = [each for each in told if each["opening"]]
        whole = {each["run"] for each in opening} == {run for run, is_raised in raised.items() if is_raised}
        return told if whole and told[len(opening) :] == after else []


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker of this test alone: the topics have their fixed names."""
    broker = Broker(tmp_path)
    yield broker
    broker.close()


@pytest.fixture
def live(own_broker: Broker, postgres_url: str, tmp_path: Path) -> Live:
    using = environment(store=postgres_url, kafka_servers=own_broker.servers)
    migrate(postgres_url)
    asked("topics create", using=using, folder=tmp_path)
    return Live(postgres_url, own_broker, using, tmp_path)


def late(number: int) -> bytes:
    """A case opened long ago, whose assessment is late by now."""
    return fact(f"o-{number}", "case-opened.v1", subject=f"case-{number}", tier="assessment", locality="North")


def met(number: int) -> bytes:
    return fact(f"a-{number}", "case-assessed.v1", subject=f"case-{number}", effective_on="2022-01-05")


def data(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event["data"] for event in events]


def test_what_changes_is_told_once_and_what_was_before_only_in_the_opening_list(live: Live) -> None:
    live.accept(late(1), late(2))
    with live.feed() as feed:
        wait_for(feed, "feed works")
        opening = wait_until(live.all_told, "the opening list is told")
        assert {event["case"] for event in opening if event["opening"]} == {"case-1", "case-2"}
        live.accept(met(1), late(3))
        wait_until(lambda: live.all_told() and len(live.told()) > len(opening), "the changes are told")
    assert [each for each in live.told() if each["opening"]] == opening
    (count,) = [each for each in data(told_on(live.broker, "case-counts")) if each["open_cases"] == 3]
    assert (count["locality"], count["tier"], count["open_children"]) == ("North", "assessment", 3)


def test_a_standby_takes_over_from_one_that_was_killed(live: Live) -> None:
    with live.feed() as first:
        wait_for(first, "feed works")
        with live.feed() as second:
            wait_for(second, "feed stands by")
            live.accept(late(0))
            told = wait_until(live.all_told, "the first tells what is new")
            assert len(read_topic(live.broker, "case-alerts")) == len(told), "who stands by sends nothing"
            first.kill()
            wait_for(second, "feed works", 10)
            live.accept(late(1))
            wait_until(live.all_told, "the standby tells what is new")


def test_a_broker_that_is_away_holds_up_no_row_and_loses_nothing(live: Live) -> None:
    with live.feed() as feed:
        wait_for(feed, "feed works")
        live.broker.kill()
        live.accept(*map(late, range(5)))
        wait_until(live.folded, "the rows are there")
        live.broker.start()
        told = wait_until(live.all_told, "all is told")
    assert {each["case"] for each in told} == {f"case-{number}" for number in range(5)}


def test_a_database_that_is_away_is_waited_for(live: Live, postgres_server: PostgresServer) -> None:
    with live.feed() as feed:
        wait_for(feed, "feed works")
        live.accept(late(1))
        postgres_server.restart()
        wait_until(lambda: feed.told().count('"feed works"') == 2, "the feed works again")
        live.accept(late(2))
        told = wait_until(lambda: live.folded() and live.all_told(), "all is told")
        assert {each["case"] for each in told} == {"case-1", "case-2"}


def test_a_store_that_opens_and_takes_nothing_is_tried_ever_more_seldom(
    live: Live, postgres_server: PostgresServer
) -> None:
    (port,) = free_ports(1)
    live.accept(late(1))
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as owner:
        name = live.url.rpartition("/")[2]
        owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
        with running(live.folder, "feed", using=live.using | environment(metrics_port=port)) as feed:
            wait_until(lambda: figure(port, "casedrift_feed_lag_seconds") > 8, "it tells how long it has not folded")
            assert feed.told().count('"out of reach"') == 1
            assert '"feed works"' not in feed.told()
            owner.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only".encode())
            wait_for(feed, "back at work")
            wait_until(live.folded, "the rows are there")


def test_told_to_end_it_ends_in_order(live: Live) -> None:
    with live.feed() as feed:
        wait_for(feed, "feed works")
        live.accept(late(1))
        wait_until(live.folded, "the rows are there")
        feed.process.send_signal(signal.SIGTERM)
        assert feed.process.wait(20) == 0
    assert live.all_told(), "what was folded was also sent"
