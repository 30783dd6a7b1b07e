"""The topic read again gives the store what it missed, and nothing twice; what the topic has let go of is said."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import kafka
import pytest

from domain.days import format_instant
from streams.kafka.connecting import KafkaSettings
from streams.kafka.publishing import Publisher, key_of
from streams.kafka.reading_back import ReadingBack
from streams.kafka.topics import CASE_FACTS
from tests.casedrift.running import Outcome, run
from tests.kit.broker import Broker
from tests.kit.parts import wait_until
from tests.live.on_kafka import administering, everything_on, with_topics, without_topics
from tests.streams.written_facts import written_facts

LONG_AGO = "2020-01-01"


@pytest.fixture
def settings(broker: Broker) -> KafkaSettings:
    """How a broker with empty topics is reached."""
    return with_topics(broker)


def send(settings: KafkaSettings, first: int, end: int) -> None:
    with Publisher(settings) as publisher:
        for line in written_facts(first, end):
            publisher.send(key_of(line), line)


def replay(settings: KafkaSettings, folder: Path, *arguments: str, store: str = "s.db") -> Outcome:
    return run(
        folder, "replay-topic", "--json", "--store", store, *arguments, CASEDRIFT_KAFKA_SERVERS=settings.servers[0]
    )


def tally(**counts: int) -> dict[str, int]:
    return {"read": sum(counts.values()), "accepted": 0, "duplicate": 0, "refused": 0, "waiting": 0, **counts}


def test_everything_is_read_and_a_second_time_all_is_known(settings: KafkaSettings, tmp_path: Path) -> None:
    send(settings, 0, 2_500)
    assert replay(settings, tmp_path, "--from", LONG_AGO).json == tally(accepted=2_500)
    assert replay(settings, tmp_path, "--from", LONG_AGO).json == tally(duplicate=2_500)
    (tmp_path / "facts.jsonl").write_bytes(b"\n".join(written_facts(0, 2_500)))
    assert run(tmp_path, "ingest", "facts.jsonl", "--json", "--store", "other.db").json == tally(accepted=2_500)
    counts = [run(tmp_path, "counts", "--by", "team", "--json", "--store", name).json for name in ("s.db", "other.db")]
    assert counts[0] == counts[1] != []


def test_a_database_takes_the_same(settings: KafkaSettings, tmp_path: Path, postgres_url: str) -> None:
    send(settings, 0, 500)
    assert replay(settings, tmp_path, "--from", LONG_AGO, store=postgres_url).json == tally(accepted=500)
    assert replay(settings, tmp_path, "--from", LONG_AGO, store=postgres_url).json == tally(duplicate=500)


def test_only_what_the_broker_was_given_since_the_instant_is_read(
    settings: KafkaSettings, broker: Broker, tmp_path: Path
) -> None:
    send(settings, 0, 300)
    last = max(message.timestamp for message in everything_on(broker))
    wait_until(lambda: time.time() * 1_000 > last + 1, "the next millisecond")
    since = format_instant((last + 1) * 1_000)
    assert replay(settings, tmp_path, "--from", since).json == tally()
    send(settings, 300, 420)
    assert replay(settings, tmp_path, "--from", since).json == tally(accepted=120)


def test_what_was_refused_is_refused_and_kept_with_its_place(settings: KafkaSettings, tmp_path: Path) -> None:
    with Publisher(settings) as publisher:
        publisher.send(None, b"no json")
    told = replay(settings, tmp_path, "--from", LONG_AGO)
    assert (told.code, json.loads(told.out), told.err) == (1, tally(refused=1), "")
    (kept,) = run(tmp_path, "quarantine", "list", "--json", "--store", "s.db").json
    assert kept["reason"] == "not-json"


def test_no_group_of_workers_is_touched(settings: KafkaSettings, broker: Broker, tmp_path: Path) -> None:
    send(settings, 0, 100)
    partition = kafka.TopicPartition(CASE_FACTS, 0)
    worker = kafka.KafkaConsumer(bootstrap_servers=broker.servers, group_id="casedrift", enable_auto_commit=False)
    worker.assign([partition])
    worker.commit({partition: kafka.OffsetAndMetadata(3, "", -1)})
    worker.close()

    def groups() -> tuple[list[Any], Any]:
        with administering(broker) as admin:
            return admin.list_groups(), admin.list_group_offsets(["casedrift"])

    before = groups()
    assert replay(settings, tmp_path, "--from", LONG_AGO).json == tally(accepted=100)
    assert groups() == before
    assert "casedrift" in str(before)


def test_it_ends_where_the_topic_ended_when_it_began(settings: KafkaSettings) -> None:
    send(settings, 0, 700)
    with ReadingBack(settings, 0) as reading:
        send(settings, 700, 900)
        values = [message.value or b"" for page in reading.pages() for message in page]
        assert (reading.total, reading.incomplete) == (700, False)
    assert sorted(values) == sorted(written_facts(0, 700))


def test_each_case_is_read_in_its_order(settings: KafkaSettings) -> None:
    send(settings, 0, 1_000)
    with ReadingBack(settings, 0) as reading:
        messages = [message for page in reading.pages() for message in page]
    for case in {message.key for message in messages}:
        expected = [line for line in written_facts(0, 1_000) if key_of(line) == case]
        assert [message.value for message in messages if message.key == case] == expected
    assert {message.topic for message in messages} == {CASE_FACTS}


def test_what_a_sender_took_back_is_not_read(settings: KafkaSettings) -> None:
    send(settings, 0, 10)
    producer = kafka.KafkaProducer(**settings.for_kafka_python(), transactional_id="another-sender")
    producer.init_transactions()
    producer.begin_transaction()
    for line in written_facts(10, 60):
        producer.send(CASE_FACTS, line, key_of(line))
    producer.flush()  # what is not sent yet when a transaction ends is never sent
    producer.abort_transaction()
    producer.close()

    def total() -> int:
        with ReadingBack(settings, 0) as reading:
            return reading.total

    wait_until(lambda: total() > 10, "the ends lie behind what was taken back", 60)
    with ReadingBack(settings, 0) as reading:
        values = [message.value or b"" for page in reading.pages() for message in page]
    assert sorted(values) == sorted(written_facts(0, 10))


def test_what_the_topic_has_let_go_of_is_said(settings: KafkaSettings, broker: Broker, tmp_path: Path) -> None:
    send(settings, 0, 600)
    everything = everything_on(broker)
    partition = kafka.TopicPartition(CASE_FACTS, everything[0].partition)
    with administering(broker) as admin:
        admin.delete_records({partition: 2})
    told = replay(settings, tmp_path, "--from", LONG_AGO)
    assert (told.code, json.loads(told.out)) == (1, tally(accepted=598))
    assert told.err == (
        "casedrift: the topic no longer holds everything since --from; publish again what is older than its first"
        " messages\n"
    )
    last = max(message.timestamp for message in everything)
    wait_until(lambda: time.time() * 1_000 > last + 1, "the next millisecond")
    later = replay(settings, tmp_path, "--from", format_instant((last + 1) * 1_000))
    assert (later.code, later.json) == (0, tally()), "what is gone is older than that"


def test_without_the_topic_no_store_is_made(broker: Broker, tmp_path: Path) -> None:
    without_topics(broker)
    told = run(tmp_path, "replay-topic", "--from", LONG_AGO, "--store", "s.db", CASEDRIFT_KAFKA_SERVERS=broker.servers)
    assert (told.code, told.out) == (2, "")
    assert told.err == "casedrift: the topic case-facts is not there; run casedrift topics create\n"
    assert not (tmp_path / "s.db").exists()


def test_a_broker_that_is_away_and_an_instant_that_is_none_are_said(tmp_path: Path) -> None:
    away = run(tmp_path, "replay-topic", "--from", LONG_AGO, CASEDRIFT_KAFKA_SERVERS="127.0.0.1:1")
    assert (away.code, away.err.count("\n"), "127.0.0.1:1 is out of reach" in away.err) == (3, 1, True)
    none = run(tmp_path, "replay-topic", "--from", "yesterday")
    assert (none.code, '--from "yesterday" is no instant' in none.err) == (2, True)
