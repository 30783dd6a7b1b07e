"""A broker that asks for encryption, a user, or both is reached by both libraries; a stranger is not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

from streams.kafka.connecting import KafkaSettings, Security
from streams.kafka.making_topics import make_topics
from streams.kafka.publishing import Publisher
from streams.kafka.reading_back import ReadingBack
from streams.kafka.topics import CASE_FACTS, Topics
from tests.casedrift.running import run
from tests.live.secured_broker import PASSWORD, USER, SecuredBroker
from tests.streams.written_facts import written_facts

AIOKAFKA: Any = import_module("aiokafka")
"""The library under Faust, which brings no types."""
LINES = written_facts(0, 20)
WAYS: list[tuple[Security, str | None]] = [
    ("SSL", None),
    ("SASL_PLAINTEXT", "SCRAM-SHA-512"),
    ("SASL_SSL", "PLAIN"),
    ("SASL_SSL", "SCRAM-SHA-256"),
    ("SASL_SSL", "SCRAM-SHA-512"),
]


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    """One for all these tests."""
    broker = SecuredBroker(tmp_path_factory.mktemp("secured"))
    make_topics(KafkaSettings(servers=(broker.servers,)), list(Topics(partitions=3)), force=False)
    yield broker
    broker.close()


def settings_for(broker: SecuredBroker, security: Security, sasl: Any) -> KafkaSettings:
    """As an operator would set it for this way."""
    user: dict[str, Any] = {} if sasl is None else {"user": USER, "password": PASSWORD}
    return KafkaSettings(
        servers=(broker.server(security),),
        security=security,
        sasl=sasl,
        ca_file=broker.certificate if security.endswith("SSL") else None,
        **user,
    )


@pytest.mark.parametrize(("security", "sasl"), WAYS)
def test_facts_are_published_and_read_back(secured: SecuredBroker, security: Security, sasl: str | None) -> None:
    settings = settings_for(secured, security, sasl)
    with ReadingBack(settings, 0) as before, Publisher(settings) as publisher:
        for line in LINES:
            publisher.send(b"case", line)
        publisher.settle()
        with ReadingBack(settings, 0) as after:
            values = [message.value for page in after.pages() for message in page]
    assert publisher.published == len(LINES) == after.total - before.total
    assert values[-len(LINES) :] == LINES


@pytest.mark.parametrize(("security", "sasl"), WAYS)
def test_a_workers_library_gets_in_by_the_same_settings(
    secured: SecuredBroker, security: Security, sasl: str | None
) -> None:
    settings = settings_for(secured, security, sasl)
    credentials = credentials_to_aiokafka_auth(settings.for_faust()["broker_credentials"])

    async def sent() -> int:
        async with AIOKAFKA.AIOKafkaProducer(bootstrap_servers=list(settings.servers), **credentials) as producer:
            offset: int = (await producer.send_and_wait(CASE_FACTS, LINES[0], b"case")).offset
            return offset

    assert asyncio.run(sent()) >= 0


def refused(folder: Path, **settings: str) -> str:
    """What `topics create` says of a broker that it does not get to."""
    environment = {f"CASEDRIFT_KAFKA_{name.upper()}": value for name, value in settings.items()}
    told = run(folder, "topics", "create", stdin=b"", **environment)
    assert (told.code, told.out, told.err.count("\n")) == (3, "", 1)
    return told.err


def test_a_wrong_password_is_one_line_without_it(secured: SecuredBroker, tmp_path: Path) -> None:
    told = refused(
        tmp_path,
        servers=secured.server("SASL_SSL"),
        security="SASL_SSL",
        sasl="SCRAM-SHA-512",
        user=USER,
        password="an0ther",
        ca_file=str(secured.certificate),
    )
    assert "check kafka_servers, kafka_security, kafka_ca_file, kafka_user and the password" in told
    assert "an0ther" not in told


def test_a_broker_for_which_nobody_vouches_is_not_spoken_to(secured: SecuredBroker, tmp_path: Path) -> None:
    told = refused(tmp_path, servers=secured.server("SSL"), security="SSL")
    assert "check kafka_servers, kafka_security and kafka_ca_file" in told
