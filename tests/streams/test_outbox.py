"""What waits to be sent: kept with what it tells of or not at all, sent in order, let go once it was taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from projections.connection import Connection
from streams.errors import OutOfReach
from streams.outbox import Outgoing, Sent, oldest, put_out, waiting_to_be_sent
from streams.sending import send_out
from streams.store import Store
from streams.stores import open_store


class Broker:
    """Takes messages, but for a topic that is away; or dies after it has taken some, before anybody hears of it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.away: str | None = None
        self.dies_after: int | None = None
        self.longest = 100

    def send(self, topic: str, messages: Sequence[Sent]) -> list[Sent]:
        if topic == self.away:
            raise OutOfReach("the broker is away")
        for message in messages:
            if self.dies_after == len(self.taken):
                self.dies_after = None
                raise OutOfReach("the broker died")
            if len(message.message) <= self.longest:
                self.taken.append((topic, message.message.decode()))
        return [message for message in messages if len(message.message) > self.longest]

    def on(self, topic: str) -> list[str]:
        return [message for each, message in self.taken if each == topic]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "store.db"), create=True) as opened:
        yield opened


def put(store: Store, topic: str, *messages: str) -> None:
    with store.folding() as connection:
        put_out(connection, [Outgoing(topic, "key", message, message.encode()) for message in messages])


def _put_one_and_fail(connection: Connection) -> None:
    put_out(connection, [Outgoing("alerts", "key", "b", b"b")])
    raise TypeError


def nobody(_topic: str, _number: int) -> None: ...


def test_what_is_undone_is_not_told(store: Store) -> None:
    put(store, "alerts", "a")
    with pytest.raises(TypeError), store.folding() as connection:
        _put_one_and_fail(connection)
    assert [sent.message for sent in oldest(store.connection, 10)] == [b"a"]


def test_each_topic_gets_its_messages_in_order_and_they_are_let_go(store: Store) -> None:
    broker, heard = Broker(), dict[str, int]()
    for number in range(700):  # more than are sent at once
        put(store, "alerts" if number % 3 else "counts", f"{number:03}")
    assert (
        send_out(store, broker.send, lambda topic, number: heard.update({topic: heard.get(topic, 0) + number})) == 700
    )
    assert broker.on("alerts") == [f"{number:03}" for number in range(700) if number % 3]
    assert broker.on("counts") == [f"{number:03}" for number in range(0, 700, 3)]
    assert heard == {"alerts": 466, "counts": 234}
    assert waiting_to_be_sent(store.connection) == 0
    assert send_out(store, broker.send, nobody) == 0


def test_a_number_is_never_given_twice(store: Store) -> None:
    put(store, "alerts", "a", "b")
    (first, second) = [sent.number for sent in oldest(store.connection, 10)]
    send_out(store, Broker().send, nobody)
    put(store, "alerts", "c")
    assert first < second < oldest(store.connection, 1)[0].number


def test_what_was_taken_by_a_broker_that_died_is_sent_again_and_in_order(store: Store) -> None:
    broker = Broker()
    put(store, "alerts", "a", "b", "c", "d")
    broker.dies_after = 2
    with pytest.raises(OutOfReach):
        send_out(store, broker.send, nobody)
    assert waiting_to_be_sent(store.connection) == 4
    send_out(store, broker.send, nobody)
    assert broker.on("alerts") == ["a", "b", "a", "b", "c", "d"]
    assert list(dict.fromkeys(broker.on("alerts"))) == ["a", "b", "c", "d"]
    assert waiting_to_be_sent(store.connection) == 0


def test_what_one_topic_took_is_not_sent_again_because_another_is_away(store: Store) -> None:
    broker = Broker()
    put(store, "alerts", "a")
    put(store, "counts", "b")
    broker.away = "counts"
    for _ in range(2):
        with pytest.raises(OutOfReach):
            send_out(store, broker.send, nobody)
    assert broker.on("alerts") == ["a"]
    broker.away = None
    assert send_out(store, broker.send, nobody) == 1
    assert broker.on("counts") == ["b"]


def test_a_message_that_will_never_be_taken_holds_up_no_other_and_is_told_of(store: Store) -> None:
    broker, told = Broker(), dict[str, int]()
    put(store, "alerts", "a", "child" * 100, "c")
    with capture_logs() as lines:
        assert send_out(store, broker.send, lambda topic, number: told.update({topic: number})) == 3
    assert broker.on("alerts") == ["a", "c"]
    assert told == {"alerts": 2}
    assert waiting_to_be_sent(store.connection) == 0
    assert lines == [
        {
            "log_level": "error",
            "event": "a message is too long for its topic and is not sent",
            "topic": "alerts",
            "position": 2,
        }
    ]


def test_nothing_more_is_sent_once_another_sender_has_taken_over(store: Store) -> None:
    broker = Broker()
    put(store, "alerts", *(f"{number:03}" for number in range(1_200)))
    assert send_out(store, broker.send, nobody, lambda: len(broker.taken) < 1_000) == 1_000
    assert broker.on("alerts") == [f"{number:03}" for number in range(1_000)]
    assert waiting_to_be_sent(store.connection) == 200
