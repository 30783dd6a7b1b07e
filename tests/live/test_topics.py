"""The topics are made as they are to be, put right where they are not, and never so that keys move unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kafka.admin import ConfigResource

from streams.kafka.topics import CASE_ALERTS, CASE_COUNTS, CASE_FACTS, QUARANTINE
from tests.casedrift.running import Outcome, run
from tests.kit.broker import Broker
from tests.live.on_kafka import TOPICS, administering, without_topics

DAY = 86_400_000


@pytest.fixture
def bare(broker: Broker) -> Broker:
    """A broker without any of our topics."""
    without_topics(broker)
    return broker


def create(broker: Broker, folder: Path, *arguments: str, **settings: str) -> Outcome:
    environment = {f"CASEDRIFT_{name.upper()}": value for name, value in settings.items()}
    environment["CASEDRIFT_KAFKA_SERVERS"] = broker.servers
    return run(folder, "topics", "create", *arguments, stdin=b"", **environment)


def partitions(broker: Broker) -> dict[str, int]:
    with administering(broker) as admin:
        return {each["name"]: len(each["partitions"]) for each in admin.describe_topics(TOPICS)}


def config_of(broker: Broker, topic: str) -> dict[str, Any]:
    with administering(broker) as admin:
        found = admin.describe_configs([ConfigResource("TOPIC", topic)], config_filter="all")["topic"][topic]
    return {name: each["value"] for name, each in found.items()}


def test_the_topics_are_made_as_planned(bare: Broker, tmp_path: Path) -> None:
    done = create(bare, tmp_path, "--json", facts_retention_days="10", news_retention_days="20").json
    assert [(each["topic"], each["created"]) for each in done] == [(name, True) for name in TOPICS]
    assert partitions(bare) == {CASE_FACTS: 12, CASE_ALERTS: 12, CASE_COUNTS: 1, QUARANTINE: 1}
    facts, counts = config_of(bare, CASE_FACTS), config_of(bare, CASE_COUNTS)
    assert (facts["cleanup.policy"], facts["retention.ms"]) == ("delete", str(10 * DAY))
    assert (facts["message.timestamp.type"], facts["retention.bytes"]) == ("LogAppendTime", "-1")
    assert (counts["cleanup.policy"], counts["max.compaction.lag.ms"]) == ("compact", str(DAY))
    assert config_of(bare, CASE_ALERTS)["retention.ms"] == config_of(bare, QUARANTINE)["retention.ms"] == str(20 * DAY)
    assert {config_of(bare, name)["min.insync.replicas"] for name in TOPICS} == {"1"}
    assert {config_of(bare, name)["segment.ms"] for name in TOPICS} == {str(DAY)}


def test_a_topic_that_keeps_little_lets_go_of_it_bit_by_bit(bare: Broker, tmp_path: Path) -> None:
    settings = {"facts_retention_days": "1", "news_retention_days": "5", "counts_compaction_hours": "6"}
    assert create(bare, tmp_path, **settings).code == 0
    segments = {name: int(config_of(bare, name)["segment.ms"]) for name in TOPICS}
    assert segments == {CASE_FACTS: DAY // 10, CASE_ALERTS: DAY // 2, QUARANTINE: DAY // 2, CASE_COUNTS: DAY // 4}


def test_done_again_it_changes_nothing(bare: Broker, tmp_path: Path) -> None:
    first = create(bare, tmp_path)
    assert (first.code, first.out.splitlines()[0]) == (0, "case-facts: made, with 12 partitions")
    again = create(bare, tmp_path, "--json").json
    assert [(each["created"], each["partitions_added"], each["changed"]) for each in again] == [(False, 0, {})] * 4
    assert create(bare, tmp_path).out.splitlines()[0] == "case-facts: as it should be, with 12 partitions"


def test_another_configuration_is_put_right_and_said(bare: Broker, tmp_path: Path) -> None:
    assert create(bare, tmp_path).code == 0
    with administering(bare) as admin:
        theirs = {"retention.ms": "1000", "cleanup.policy": "compact", "segment.bytes": "2000000"}
        admin.alter_configs([ConfigResource("TOPIC", CASE_FACTS, theirs)])
    facts, *others = create(bare, tmp_path, "--json").json
    assert facts["changed"] == {
        "cleanup.policy": {"from": "compact", "to": "delete"},
        "retention.ms": {"from": "1000", "to": str(28 * DAY)},
    }
    assert [each["changed"] for each in others] == [{}, {}, {}]
    config = config_of(bare, CASE_FACTS)
    assert (config["cleanup.policy"], config["retention.ms"]) == ("delete", str(28 * DAY))
    assert config["segment.bytes"] == "2000000", "what we have no word on stays"
    told = create(bare, tmp_path, facts_retention_days="7")
    assert told.out.splitlines()[0] == f"case-facts: retention.ms is now {7 * DAY}; it was {28 * DAY}"


def test_another_number_of_partitions_is_refused_and_nothing_is_changed(bare: Broker, tmp_path: Path) -> None:
    assert create(bare, tmp_path).code == 0
    refused = create(bare, tmp_path, topic_partitions="24", facts_retention_days="7")
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert "topic case-facts has 12 partitions, not 24; with more, keys would move to other partitions" in refused.err
    assert "overtake" in refused.err
    assert "--force" in refused.err
    assert partitions(bare)[CASE_FACTS] == 12
    assert config_of(bare, CASE_FACTS)["retention.ms"] == str(28 * DAY)


def test_by_force_partitions_are_added_but_none_is_taken_away(bare: Broker, tmp_path: Path) -> None:
    assert create(bare, tmp_path).code == 0
    forced = create(bare, tmp_path, "--force", "--json", topic_partitions="24").json
    assert [each["partitions_added"] for each in forced] == [12, 12, 0, 0]
    assert partitions(bare) == {CASE_FACTS: 24, CASE_ALERTS: 24, CASE_COUNTS: 1, QUARANTINE: 1}
    fewer = create(bare, tmp_path, "--force", topic_partitions="6")
    assert (fewer.code, "Kafka takes none away; set topic_partitions to 24" in fewer.err) == (2, True)
    assert partitions(bare)[CASE_FACTS] == 24


def test_more_copies_than_there_are_brokers_are_refused(bare: Broker, tmp_path: Path) -> None:
    refused = create(bare, tmp_path, topic_replication="3")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "more copies than Kafka has brokers" in refused.err
    assert create(bare, tmp_path).code == 0
    moved = create(bare, tmp_path, topic_replication="3")
    assert (moved.code, "kept 1-fold, not 3-fold" in moved.err) == (2, True)


def test_a_broker_that_is_away_is_said_to_be_in_one_line(tmp_path: Path) -> None:
    away = run(tmp_path, "topics", "create", CASEDRIFT_KAFKA_SERVERS="127.0.0.1:1")
    assert (away.code, away.out, away.err.count("\n")) == (3, "", 1)
    assert "Kafka at 127.0.0.1:1 is out of reach" in away.err
