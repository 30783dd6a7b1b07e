"""A worker takes every message once, and tells the broker of it only when it is in the store."""

from __future__ import annotations

from pathlib import Path

import kafka
import psycopg
import pytest

from casedrift.desk import Desk
from casedrift.now import now
from streams.kafka.topics import CASE_FACTS
from streams.stores.postgres import PostgresStore
from tests.kit.broker import Broker
from tests.kit.parts import wait_until
from tests.kit.program import wait_for
from tests.live.at_work import Surroundings, surroundings
from tests.live.on_kafka import administering
from tests.streams.written_facts import written_facts


@pytest.fixture
def work(tmp_path: Path, broker: Broker, postgres_url: str) -> Surroundings:
    return surroundings(tmp_path, broker, postgres_url)


def test_what_is_sent_is_taken_once_and_what_is_no_fact_is_kept_with_its_place(work: Surroundings) -> None:
    producer = kafka.KafkaProducer(bootstrap_servers=work.broker.servers)
    poison = [producer.send(CASE_FACTS, value, b"k", partition=3).get(30) for value in (b"{", None, b"\xff" * 70_000)]
    producer.close()
    work.send([*written_facts(0, 1_500), *written_facts(700, 900)])
    with work.worker() as worker:
        wait_until(work.is_all_committed, "all is taken")
        assert work.figure('casedrift_facts_total{outcome="accepted"}') == 1_500
        assert work.figure('casedrift_facts_total{outcome="duplicate"}') == 200
        assert work.figure('casedrift_facts_total{outcome="refused"}') == 3
        wait_until(work.is_ready, "it has looked where it is in the topic")
        assert worker.terminate() == 0
    assert work.facts() == 1_500
    with Desk(work.url, now=now) as desk:
        kept = {each["offset"]: (each["reason"], each["topic"], each["partition"]) for each in desk.quarantined()}
    places = [sent.offset for sent in poison]
    assert kept == {
        places[0]: ("not-json", CASE_FACTS, 3),
        places[1]: ("not-json", CASE_FACTS, 3),
        places[2]: ("too-long", CASE_FACTS, 3),
    }
    assert "c-1" not in worker.told()


def test_offsets_do_not_move_before_the_store_has_committed(work: Surroundings) -> None:
    work.send(written_facts(0, 300))
    with PostgresStore(work.url) as held, work.worker(commit_seconds=0.2):
        with held.accepting():
            wait_until(lambda: _waits_for_the_lock(work.url), "a batch waits for the store")
            lag = wait_until(lambda: work.figure("casedrift_intake_lag_seconds"), "it tells of the batch in hand")
            # ten times the interval at which offsets are committed
            # whoever holds the lock asks something now and then: the database parts with one that is silent
            wait_until(
                lambda: held.position() == 0 and work.figure("casedrift_intake_lag_seconds") > lag + 2,
                "the batch is held for long",
            )
            assert work.committed() == 0
            assert held.position() == 0
        wait_until(work.is_all_committed, "all is taken")
    assert work.facts() == 300


def _waits_for_the_lock(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone()
    return row is not None and row[0] > 0


def test_a_worker_killed_after_the_commit_and_before_the_offset_finds_all_of_it_known(work: Surroundings) -> None:
    work.send(written_facts(0, 300))
    with work.worker(commit_seconds=3_000) as worker:
        wait_until(lambda: work.facts() == 300, "all is in the store")
        assert work.committed() == 0
        worker.kill()
    with work.worker() as worker:
        wait_until(work.is_all_committed, "all was taken again")
        assert work.figure('casedrift_facts_total{outcome="duplicate"}') == 300
        assert work.figure('casedrift_facts_total{outcome="accepted"}') == 0
    assert work.facts() == 300


def test_a_store_that_goes_away_and_comes_back_is_told_of_in_two_lines(
    tmp_path: Path, broker: Broker, postgres_url: str
) -> None:
    work = surroundings(tmp_path, broker, postgres_url)
    name = postgres_url.rpartition("/")[2]
    with work.worker() as worker, psycopg.connect(postgres_url.replace(name, "postgres"), autocommit=True) as server:
        wait_until(work.is_ready, "the worker is ready")
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        work.send(written_facts(0, 100))
        wait_for(worker, "store is away; the batch in hand waits for it")
        assert not work.is_ready()
        assert work.committed() == 0
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        wait_until(work.is_all_committed, "all is taken")
        wait_until(work.is_ready, "the worker is ready again")
    assert worker.told().count("store is away") == 1
    assert worker.told().count("store is back") == 1
    assert work.facts() == 100


def test_what_the_topic_let_go_of_before_it_was_taken_is_told(work: Surroundings) -> None:
    work.send(written_facts(0, 300))
    with work.worker() as worker:
        wait_until(work.is_all_committed, "all is taken")
        assert work.figure("casedrift_messages_missed_total") == 0
        assert worker.terminate() == 0
    work.send(written_facts(300, 600))
    consumer = kafka.KafkaConsumer(bootstrap_servers=work.broker.servers)
    partitions = [kafka.TopicPartition(CASE_FACTS, each) for each in consumer.partitions_for_topic(CASE_FACTS)]
    with administering(work.broker) as admin:
        admin.delete_records(consumer.end_offsets(partitions))
    consumer.close()
    work.send(written_facts(600, 700))
    with work.worker() as worker:
        wait_until(work.is_all_committed, "what is left is taken")
        wait_until(lambda: work.facts() == 400, "the rest is in the store")
        assert work.figure("casedrift_messages_missed_total") == 300
        assert "the topic let go of messages before they were taken" in worker.told()
