"""What is published is what was read: each fact under its case, in order, and none said to be there that is not."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread

import pytest

from casedrift.desk import Desk
from casedrift.now import now
from casedrift.serving.kafka_tools import Published, publish_extract
from streams.errors import WrongInput
from streams.kafka.message import Message
from streams.kafka.topics import CASE_FACTS, Topics
from streams.sources.formats import Reader
from streams.stores import open_store
from tests.casedrift.running import PROGRAM, Outcome, run
from tests.kit.broker import Broker
from tests.kit.parts import wait_until
from tests.live.on_kafka import everything_on, values_by_key, with_topics, without_topics
from tests.streams.written_census import assessment, census, child, episode
from tests.streams.written_facts import fact, written_facts

CENSUS = census(
    child(episode("2025-01-06", "", assessment("2025-01-07", "2025-02-10")), local_id="L1"),
    child(episode("2025-02-03"), local_id="L2"),
    child(episode("soon"), local_id="L3"),
)


@pytest.fixture
def empty(broker: Broker) -> Broker:
    """A broker with empty topics."""
    with_topics(broker)
    return broker


def publish(broker: Broker, folder: Path, *arguments: str, stdin: bytes = b"") -> Outcome:
    return run(folder, "publish", *arguments, stdin=stdin, CASEDRIFT_KAFKA_SERVERS=broker.servers)


def written(folder: Path, lines: Sequence[bytes], name: str = "facts.jsonl") -> str:
    (folder / name).write_bytes(b"".join(line + b"\n" for line in lines))
    return name


def by_case(lines: Sequence[bytes]) -> dict[bytes | None, list[bytes]]:
    """What each case's facts are, in their order."""
    cases: dict[bytes | None, list[bytes]] = {}
    for line in lines:
        cases.setdefault(json.loads(line)["subject"].encode(), []).append(line)
    return cases


def test_facts_go_under_their_case_in_their_order(empty: Broker, tmp_path: Path) -> None:
    lines = written_facts(0, 3_000)
    names = [written(tmp_path, lines[:1_000], "a.jsonl"), written(tmp_path, lines[1_000:], "b.jsonl")]
    assert publish(empty, tmp_path, *names, "--json").json == {"read": 3_000, "published": 3_000}
    messages = everything_on(empty)
    assert values_by_key(messages) == by_case(lines)
    assert len({message.partition for message in messages}) > 6


def test_standard_input_is_published_and_people_are_told(empty: Broker, tmp_path: Path) -> None:
    told = publish(empty, tmp_path, "-", stdin=b"\n".join(written_facts(0, 12)))
    assert (told.code, told.out, told.err) == (0, "12  read\n12  published\n", "")
    assert not list(tmp_path.iterdir()), "lines need no store"


def test_a_line_that_cant_be_read_goes_as_it_is_without_a_key(empty: Broker, tmp_path: Path) -> None:
    bad = [
        b"no json",
        b'{"subject": 7}',
        b'{"subject": ""}',
        b'["a list"]',
        b'{"subject": "' + b"x" * 65 + b'"}',
        b"\xff{",
    ]
    name = written(tmp_path, [fact("1", "case-opened.v1", tier="assessment"), *bad])
    assert publish(empty, tmp_path, name, "--json").json == {"read": 7, "published": 7}
    found = values_by_key(everything_on(empty))
    assert sorted(found.pop(None)) == sorted(bad)
    assert list(found) == [b"case-1"]


def test_what_is_too_long_for_the_topic_is_refused_with_a_line(empty: Broker, tmp_path: Path) -> None:
    good = written_facts(0, 3)
    in_quarantine_later = b'{"id": "' + b"x" * 900_000 + b'"}'
    far_too_long = b'{"id": "' + b"x" * 1_100_000 + b'"}'
    told = publish(
        empty, tmp_path, written(tmp_path, [good[0], far_too_long, in_quarantine_later, *good[1:]]), "--json"
    )
    assert (told.code, json.loads(told.out)) == (1, {"read": 5, "published": 4, "refused": 1})
    assert told.err == (
        "casedrift: 1 fact too long for the topic, which takes 1,048,576 bytes; the first is number 2 of those read: "
        "shorten it and publish again\n"
    )
    assert sorted(message.value for message in everything_on(empty)) == sorted([*good, in_quarantine_later])


def test_without_the_topic_nothing_is_read_and_it_says_how_to_make_it(broker: Broker, tmp_path: Path) -> None:
    without_topics(broker)
    told = publish(broker, tmp_path, written(tmp_path, written_facts(0, 3)))
    assert (told.code, told.out) == (2, "")
    assert told.err == "casedrift: the topic case-facts is not there; run casedrift topics create\n"


def test_without_a_broker_it_says_so_in_one_line(tmp_path: Path) -> None:
    name = written(tmp_path, written_facts(0, 3))
    told = run(tmp_path, "publish", name, CASEDRIFT_KAFKA_SERVERS="127.0.0.1:1")
    assert (told.code, told.out, told.err.count("\n")) == (3, "", 1)
    assert "Kafka at 127.0.0.1:1 is out of reach" in told.err


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    """One that may be killed."""
    own = Broker(tmp_path)
    with_topics(own, Topics(partitions=3))
    yield own
    own.close()


def started(broker: Broker, folder: Path) -> subprocess.Popen[bytes]:
    """`casedrift publish -` under way."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CASEDRIFT_")}
    return subprocess.Popen(
        [PROGRAM, "publish", "-", "--json"],
        cwd=folder,
        env={**inherited, "CASEDRIFT_KAFKA_SERVERS": broker.servers},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def fed(process: subprocess.Popen[bytes], lines: Sequence[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"".join(line + b"\n" for line in lines))
    process.stdin.flush()


def test_a_broker_killed_meanwhile_loses_nothing_and_doubles_nothing(own_broker: Broker, tmp_path: Path) -> None:
    lines = written_facts(0, 45_000)
    process = started(own_broker, tmp_path)
    fed(process, lines[:15_000])
    wait_until(lambda: everything_on(own_broker), "the first facts are on the topic")
    own_broker.kill()
    feeding = Thread(target=fed, args=(process, lines[15_000:]))
    feeding.start()  # it waits as soon as too much is under way
    own_broker.start()
    feeding.join()
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err.decode()) == (0, "")
    assert json.loads(out) == {"read": 45_000, "published": 45_000}
    assert values_by_key(everything_on(own_broker)) == by_case(lines)


def test_of_a_broker_that_stays_away_nothing_is_said_that_is_not_there(own_broker: Broker, tmp_path: Path) -> None:
    lines = written_facts(0, 40_000)
    process = started(own_broker, tmp_path)
    fed(process, lines[:20_000])
    wait_until(lambda: everything_on(own_broker), "the first facts are on the topic")
    own_broker.kill()
    out, err = process.communicate(b"".join(line + b"\n" for line in lines[20_000:]), timeout=120)
    told = json.loads(out)
    assert (process.returncode, err.decode().count("\n")) == (3, 1), err.decode()
    assert b"out of reach" in err
    own_broker.start()
    found = everything_on(own_broker)
    assert 0 < told["published"] <= len(found) < told["read"] <= 40_000


def test_a_census_published_again_gives_the_same_messages(empty: Broker, tmp_path: Path) -> None:
    (tmp_path / "census.xml").write_text(CENSUS, "utf-8")
    told = [publish(empty, tmp_path, "census.xml", "--store", "s.db", "--json") for _ in range(2)]
    assert [(each.code, each.err) for each in told] == [(1, ""), (1, "")]
    assert json.loads(told[0].out) == json.loads(told[1].out) == {"read": 8, "published": 7, "refused": 1}
    found = values_by_key(everything_on(empty))
    assert len(found) == 2
    for values in found.values():
        assert values[: len(values) // 2] == values[len(values) // 2 :]


def test_a_published_census_comes_in_as_if_it_were_ingested(empty: Broker, tmp_path: Path) -> None:
    (tmp_path / "census.xml").write_text(CENSUS, "utf-8")
    assert publish(empty, tmp_path, "census.xml", "--store", "s.db").code == 1
    messages = [
        Message(each.topic, each.partition, each.offset, each.key, each.value, each.timestamp)
        for each in everything_on(empty)
    ]
    with Desk(str(tmp_path / "s.db"), now=now) as desk:
        assert [each["reason"] for each in desk.quarantined()] == ["bad-date"]
        assert desk.door().take_messages(messages).as_dict() == {
            "read": 7, "accepted": 7, "duplicate": 0, "refused": 0, "waiting": 0,
        }  # fmt: skip
        assert (desk.status()["cases"], desk.status()["open_cases"]) == (2, 2)
    again = run(tmp_path, "ingest", "census.xml", "--store", "s.db", "--json")
    nothing = dict.fromkeys(("accepted", "waiting", "corrected", "withdrawn", "unconfirmed"), 0)
    assert json.loads(again.out) == {"read": 8, "duplicate": 7, "refused": 1, **nothing}


class Looking:
    """A sender that looks into the store at each message: is the child that it names known there?"""

    def __init__(self, store: Path) -> None:
        self._store = store
        self.looked = 0

    def fits(self, value: bytes) -> bool:
        return bool(value)

    def send(self, key: bytes | None, value: bytes) -> None:
        event = json.loads(value)
        with open_store(str(self._store)) as beside, beside.reading() as connection:
            known = {row[0] for row in connection.execute("SELECT reference FROM identity").fetchall()}
        assert key == event["subject"].encode()
        assert event["data"]["child"] in known
        self.looked += 1

    def settle(self) -> None:
        """Nothing is under way."""


def test_a_childs_reference_is_in_the_store_before_a_message_names_it(tmp_path: Path) -> None:
    (tmp_path / "census.xml").write_text(CENSUS, "utf-8")
    looking, told = Looking(tmp_path / "s.db"), Published()
    publish_extract(
        looking, str(tmp_path / "s.db"), "cin-census", tmp_path / "census.xml", Reader(), told,
        now=now, progress=lambda *_: None,
    )  # fmt: skip
    assert (looking.looked, told.read, told.refused) == (7, 8, 1)


def test_a_further_extract_waits_until_all_of_the_one_before_is_taken_in(tmp_path: Path) -> None:
    (tmp_path / "census.xml").write_text(CENSUS, "utf-8")
    (tmp_path / "next.xml").write_text(CENSUS.replace("2025-05-01T10:00:00Z", "2025-06-01T10:00:00Z"), "utf-8")

    def published(name: str) -> Published:
        told = Published()
        publish_extract(
            Looking(tmp_path / "s.db"), str(tmp_path / "s.db"), "cin-census", tmp_path / name, Reader(), told,
            now=now, progress=lambda *_: None,
        )  # fmt: skip
        return told

    assert published("census.xml").read == 8
    with pytest.raises(WrongInput, match="has not all been taken in yet; wait for the workers"):
        published("next.xml")


def test_the_topic_is_the_one_that_workers_read(empty: Broker, tmp_path: Path) -> None:
    publish(empty, tmp_path, written(tmp_path, written_facts(0, 1)))
    assert [each.topic for each in everything_on(empty, CASE_FACTS)] == ["case-facts"]
