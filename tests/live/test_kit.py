"""The kit's own tests: a part that is killed keeps what it was given, and none outlives whoever started it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import psycopg
import pytest
from kafka import KafkaProducer
from kafka.admin import NewTopic

from tests.kit.broker import Broker
from tests.kit.parts import Part, alive, children, free_ports, started_on_free_ports, wait_until
from tests.kit.postgres import PostgresServer
from tests.kit.topics import read_topic
from tests.live.on_kafka import administering

_ROOT: Final = Path(__file__).parents[2]
_PARENT: Final = """
import sys, time
from pathlib import Path
from tests.kit.broker import Broker
from tests.kit.postgres import PostgresServer
broker, server = Broker(Path(sys.argv[1])), PostgresServer()
print(broker.part.process.pid, server.part.process.pid, server.folder, flush=True)
sys.stdin.read()
"""


def test_a_broker_that_was_killed_still_has_the_message(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    try:
        with administering(broker) as admin:
            admin.create_topics([NewTopic("letters", 1, 1)])
        producer = KafkaProducer(bootstrap_servers=broker.servers, acks="all")
        producer.send("letters", b"a letter").get(30)
        producer.close()
        for again in (broker.kill, broker.stop):
            again()
            assert not broker.part.runs
            broker.start()
            assert [record.value for record in read_topic(broker, "letters")] == [b"a letter"]
    finally:
        broker.close()


def test_a_database_that_was_killed_still_has_the_row() -> None:
    server = PostgresServer()
    try:
        url = server.create_database()
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE letters AS SELECT 'a letter' AS letter")
        for again in (server.kill, server.stop):
            again()
            assert not server.part.runs
            server.start()
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT * FROM letters").fetchall() == [("a letter",)]
    finally:
        server.close()


def test_what_works_for_a_server_dies_with_it(postgres_url: str) -> None:
    server = PostgresServer()
    try:
        with psycopg.connect(server.create_database()):
            work_for_it = children(server.part.process.pid)
            assert len(work_for_it) > 1
            server.kill()
            assert not alive(work_for_it)
        with psycopg.connect(postgres_url) as another:
            assert another.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.close()


def test_databases_are_fresh(postgres_server: PostgresServer) -> None:
    one, other = postgres_server.create_database(), postgres_server.create_database()
    with psycopg.connect(one) as connection:
        connection.execute("CREATE TABLE letters (letter TEXT)")
    with psycopg.connect(other) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM letters")


def test_no_part_outlives_whoever_started_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PARENT, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        assert parent.stdout
        kafka, postgres, folder = parent.stdout.readline().split()
        parts = [int(kafka), int(postgres), *children(int(postgres))]
        assert len(parts) > 3
        assert alive(parts)
        parent.kill()
    wait_until(lambda: not alive(parts), "the parts have ended too", 30)
    wait_until(lambda: not Path(folder).exists(), "the folder of the database is gone", 30)


def test_a_part_that_cannot_start_says_why(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    try:
        broker.kill()
        (broker.folder / "data" / "meta.properties").write_text("version=99\n")
        with pytest.raises(AssertionError, match="version"):
            broker.start()
    finally:
        broker.close()


def test_ports_are_chosen_anew_where_one_is_taken(tmp_path: Path) -> None:
    tried: list[int] = []

    def start() -> Part:
        tried.extend(free_ports(1))
        assert len(tried) > 2, "bind: Address already in use"
        return Part(["sleep", "60"], tmp_path / "log.txt")

    part = started_on_free_ports(start)
    part.close()
    assert len(set(tried)) == 3


def test_a_part_is_paused_and_goes_on(tmp_path: Path) -> None:
    part = Part(["sh", "-c", "while read -r line; do :; done < /dev/zero"], tmp_path / "log.txt")
    try:
        part.pause()
        wait_until(lambda: _state(part).startswith("T"), "it is stopped")
        part.resume()
        wait_until(lambda: not _state(part).startswith("T"), "it goes on")
        assert part.terminate() == -15
    finally:
        part.close()


def _state(part: Part) -> str:
    told = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(part.process.pid)], capture_output=True, text=True, check=True
    )
    return told.stdout
