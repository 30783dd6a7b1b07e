"""News on its way to a real broker: what it will never take is set aside, so that the rest goes out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kafka.admin import ConfigResource

from streams.kafka.connecting import KafkaSettings
from streams.kafka.publishing import longest_message
from streams.kafka.topics import CASE_ALERTS
from streams.outbox import Sent
from streams.sending import KafkaSender
from tests.kit.broker import Broker
from tests.kit.parts import wait_until
from tests.live.on_kafka import administering, everything_on, with_topics

_MANY = 3 * 1024 * 1024


@pytest.fixture
def sender(broker: Broker) -> Iterator[KafkaSender]:
    sender = KafkaSender(with_topics(broker))
    yield sender
    sender.close()


def messages(*sizes: int) -> list[Sent]:
    return [Sent(number, CASE_ALERTS, "case-1", bytes([number]) * size) for number, size in enumerate(sizes, 1)]


def test_a_message_that_the_topic_takes_goes_out_however_long_it_is(broker: Broker, sender: KafkaSender) -> None:
    assert sender.send(CASE_ALERTS, []) == sender.send(CASE_ALERTS, messages(9)) == []
    with administering(broker) as admin:
        admin.alter_configs([ConfigResource("TOPIC", CASE_ALERTS, {"max.message.bytes": str(_MANY)})])
    settings = KafkaSettings(servers=(broker.servers,))
    wait_until(lambda: longest_message(settings, CASE_ALERTS) == _MANY, "the topic takes long messages")
    assert sender.send(CASE_ALERTS, messages(9, 1_500_000, 9)) == [], "what was asked before is asked anew"
    assert [len(each.value) for each in everything_on(broker, CASE_ALERTS)] == [9, 9, 1_500_000, 9]


@pytest.mark.parametrize("size", [1_500_000, _MANY], ids=["for the topic", "for any topic"])
def test_a_message_that_is_too_long_is_given_back_and_the_others_go_out_in_order(
    broker: Broker, sender: KafkaSender, size: int
) -> None:
    few = messages(9, size, 9, 9)
    assert sender.send(CASE_ALERTS, few) == [few[1]]
    assert sender.send(CASE_ALERTS, messages(7)) == []
    assert [len(each.value) for each in everything_on(broker, CASE_ALERTS)] == [9, 9, 9, 7]
