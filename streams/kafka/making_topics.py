"""The topics are made, or brought to how they are to be; what would break the order of a case's facts is refused.

Everything is looked at before anything is changed. Done twice, the second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from streams.errors import OutOfReach, WrongInput
from streams.kafka.connecting import KafkaSettings
from streams.kafka.library import errors, kafka, reached
from streams.kafka.topics import TopicPlan

_Configs = kafka.admin.ConfigResource


@dataclass(slots=True)
class TopicDone:
    """What was done about one topic: made anew, given `added` partitions, and configs `changed` from one to another."""

    name: str
    partitions: int
    created: bool = False
    added: int = 0
    changed: dict[str, tuple[str | None, str]] = field(default_factory=dict)


def make_topics(settings: KafkaSettings, plans: Sequence[TopicPlan], *, force: bool) -> list[TopicDone]:
    """Make the topics as planned. WrongInput where that can't be, or without `force` would move keys; OutOfReach."""
    with _administering(settings) as admin:
        there = _partitions(admin, [plan.name for plan in plans])
        for plan in plans:
            if plan.name in there:
                _check(plan, *there[plan.name], force=force)
        new = [plan for plan in plans if plan.name not in there]
        if new:
            _create(admin, new)
        return [
            TopicDone(plan.name, plan.partitions, created=True)
            if plan.name not in there
            else _brought(admin, plan, there[plan.name][0])
            for plan in plans
        ]


@contextmanager
def _administering(settings: KafkaSettings) -> Iterator[Any]:
    with reached(settings):
        admin = kafka.KafkaAdminClient(**settings.for_kafka_python())
        try:
            yield admin
        finally:
            admin.close()


def _partitions(admin: Any, names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Of the topics that are there: how many partitions, and of how many copies each."""
    found: dict[str, tuple[int, int]] = {}
    for topic in admin.describe_topics(list(names)):
        fault = errors.for_code(topic["error_code"])
        if fault is errors.UnknownTopicOrPartitionError:
            continue
        if fault is not errors.NoError:
            raise fault()
        partitions = topic["partitions"]
        found[topic["name"]] = len(partitions), min(len(each["replica_nodes"]) for each in partitions)
    return found


def _check(plan: TopicPlan, partitions: int, copies: int, *, force: bool) -> None:
    if copies != plan.replication:
        raise WrongInput(
            f"topic {plan.name} is kept {copies}-fold, not {plan.replication}-fold, and only Kafka's own"
            f" kafka-reassign-partitions changes that; do that first, or set topic_replication to {copies}"
        )
    if partitions > plan.partitions:
        raise WrongInput(
            f"topic {plan.name} has {partitions} partitions, and Kafka takes none away; set topic_partitions to"
            f" {partitions}"
        )
    if partitions < plan.partitions and not force:
        raise WrongInput(
            f"topic {plan.name} has {partitions} partitions, not {plan.partitions}; with more, keys would move to other"
            " partitions, and a case's later facts could overtake its earlier ones on the way; set topic_partitions to"
            f" {partitions}, or stop all senders, let the workers read everything, and give --force"
        )


def _create(admin: Any, plans: Sequence[TopicPlan]) -> None:
    wanted = {
        plan.name: {
            "num_partitions": plan.partitions,
            "replication_factor": plan.replication,
            "configs": plan.configs,
        }
        for plan in plans
    }
    try:
        admin.create_topics(wanted, wait_for_metadata=True)
    except errors.InvalidReplicationFactorError:
        raise WrongInput(
            "topic_replication asks for more copies than Kafka has brokers; start more, or set it to 1"
        ) from None
    except errors.TopicAlreadyExistsError:
        raise OutOfReach("somebody else makes the topics at this moment; run this again") from None


def _brought(admin: Any, plan: TopicPlan, partitions: int) -> TopicDone:
    """One that was there, brought to the plan."""
    done = TopicDone(plan.name, plan.partitions, added=plan.partitions - partitions)
    if done.added:
        admin.create_partitions({plan.name: plan.partitions})
    asked = _Configs("TOPIC", plan.name, dict.fromkeys(plan.configs))
    described = admin.describe_configs([asked], config_filter="all")["topic"][plan.name]
    for config, wanted in plan.configs.items():
        value = described.get(config, {}).get("value")
        if value != wanted:
            done.changed[config] = (value, wanted)
    if done.changed:
        new = {config: wanted for config, (_, wanted) in done.changed.items()}
        answer = admin.alter_configs([_Configs("TOPIC", plan.name, new)])["topic"][plan.name]
        if answer != "OK":
            raise OutOfReach(f"Kafka did not change topic {plan.name}: {answer}")
    return done
