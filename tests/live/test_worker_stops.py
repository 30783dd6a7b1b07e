"""How a worker ends, and that it does not begin where it could not work: the codes and lines that an operator sees."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from streams.worker.leaving import TRY_AGAIN
from tests.casedrift.running import Outcome, run
from tests.kit.broker import Broker
from tests.kit.parts import free_ports, wait_until
from tests.kit.program import wait_for
from tests.live.at_work import Surroundings, surroundings
from tests.live.on_kafka import without_topics
from tests.streams.written_facts import written_facts


@pytest.fixture
def work(tmp_path: Path, broker: Broker, postgres_url: str) -> Surroundings:
    return surroundings(tmp_path, broker, postgres_url)


def begun(work: Surroundings, command: str = "worker", **settings: str) -> Outcome:
    """What a worker says that does not come to work."""
    told = {name: value for name, value in work.using().items() if name.startswith("CASEDRIFT_")}
    return run(work.folder, command, stdin=b"", **(told | settings))


def test_a_worker_that_is_told_to_end_leaves_nothing_to_be_taken_again(work: Surroundings) -> None:
    work.send(written_facts(0, 5_000))
    with work.worker(batch_size=20) as worker:
        wait_until(lambda: work.facts() > 100, "it is at work")
        assert worker.terminate() == 0
    assert work.committed() == work.facts()
    with work.worker() as worker:
        wait_until(work.is_all_committed, "the rest is taken")
        assert work.figure('casedrift_facts_total{outcome="duplicate"}') == 0
        assert worker.terminate() == 0
    assert work.facts() == 5_000


def test_a_worker_that_is_told_to_end_without_its_store_gives_back_what_it_has(work: Surroundings) -> None:
    name = work.url.rpartition("/")[2]
    with work.worker() as worker, psycopg.connect(work.url.replace(name, "postgres"), autocommit=True) as server:
        wait_until(work.is_ready, "the worker is ready")
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        work.send(written_facts(0, 300))
        wait_for(worker, "store is away; the batch in hand waits for it")
        assert worker.terminate() == TRY_AGAIN
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert work.committed() == 0
    with work.worker():
        wait_until(work.is_all_committed, "all is taken")
    assert work.facts() == 300


def test_two_workers_of_one_name_do_not_drive_each_other_out(work: Surroundings) -> None:
    with work.worker() as worker:
        wait_until(work.is_ready, "the first is at work")
        port = str(free_ports(1)[0])
        outcome = begun(work, CASEDRIFT_METRICS_PORT=port)
        assert (outcome.code, outcome.err.count("runs on this machine already")) == (2, 1)
        assert "CASEDRIFT_WORKER_ID" in outcome.err
        work.send(written_facts(0, 10))
        wait_until(work.is_all_committed, "the first works on")
        assert worker.terminate() == 0


def test_a_worker_says_in_a_line_what_is_not_there(work: Surroundings, tmp_path: Path) -> None:
    port = free_ports(1)[0]
    away = begun(work, CASEDRIFT_KAFKA_SERVERS=f"127.0.0.1:{port}")
    assert (away.code, away.err.splitlines()[-1].startswith(f"casedrift: Kafka at 127.0.0.1:{port} is out")) == (
        3,
        True,
    )
    no_store = begun(work, CASEDRIFT_STORE=str(tmp_path / "none.db"))
    assert (no_store.code, "there is no store" in no_store.err.splitlines()[-1]) == (3, True)
    without_topics(work.broker)
    no_topic = begun(work)
    assert (no_topic.code, "run casedrift topics create" in no_topic.err.splitlines()[-1]) == (2, True)
    assert "Traceback" not in away.err + no_store.err + no_topic.err
