"""A broker and a server for each process that runs tests, started by the first test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kit.broker import Broker
from tests.kit.postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server for tests that leave it running."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """A fresh empty database."""
    return postgres_server.create_database()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker for tests that leave it running."""
    broker = Broker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.close()
