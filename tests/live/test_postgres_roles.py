"""Roles with no more rights than their work asks for."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from casedrift.desk import Desk
from casedrift.migrating import migrate
from casedrift.policies import load_policy
from domain.days import london_day
from streams.stores.postgres import PostgresStore
from streams.stores.postgres_tables import ROLES
from tests.live.on_postgres import LONG_AGO, fold, messages, opened
from tests.streams.written_facts import fact


@pytest.fixture
def roles(postgres_url: str) -> Iterator[dict[str, str]]:
    """A migrated store, and for each role the URL of somebody who has it and no other."""
    migrate(postgres_url)
    urls = {}
    name = postgres_url.rpartition("/")[2]
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for role in ROLES:
            person = f"{role}_{name}"
            connection.execute(f"CREATE ROLE {person} LOGIN IN ROLE {role}")
            urls[role] = postgres_url.replace("postgres@", f"{person}@")
    yield urls
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for role in ROLES:
            connection.execute(f"DROP ROLE {role}_{name}")


def test_each_role_can_do_its_work(roles: dict[str, str]) -> None:
    with Desk(roles["casedrift_worker"], now=lambda: LONG_AGO) as desk:
        waits = fact("x", "case-closed.v1", subject="case-1", corrects="not-there")
        tally = desk.door().take_messages(messages(*map(opened, range(5)), b"{", waits))
        assert (tally.accepted, tally.refused, tally.waiting) == (5, 1, 1)
    with PostgresStore(roles["casedrift_feed"]) as store:
        assert store.lead()
        assert fold(store) == 5
        now = store.now()
    with Desk(roles["casedrift_reader"], now=lambda: now) as desk:
        day = london_day(now)
        assert desk.counts(day, now) == [{"open_cases": 5, "open_children": 5}]
        assert desk.status()["quarantined"] == 2
        assert len(desk.quarantined()) == 2
        desk.alerts(now)
        desk.drift(day, now, policy=load_policy("england-census"))


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("casedrift_worker", "UPDATE stored_events SET topic = 'x'"),
        ("casedrift_worker", "DELETE FROM stored_events"),
        ("casedrift_worker", "DELETE FROM inbox"),
        ("casedrift_worker", "TRUNCATE stored_events"),
        ("casedrift_worker", "DELETE FROM run"),
        ("casedrift_worker", "CREATE TABLE mine (x int)"),
        ("casedrift_feed", "INSERT INTO stored_events VALUES ('c', 1, 't', '')"),
        ("casedrift_feed", "DELETE FROM inbox"),
        ("casedrift_feed", "DELETE FROM quarantine"),
        ("casedrift_reader", "INSERT INTO meta VALUES ('a', '1')"),
        ("casedrift_reader", "DELETE FROM stay"),
        ("casedrift_reader", "DELETE FROM outbox"),
        ("casedrift_reader", "SELECT sealed FROM identity"),
        ("casedrift_worker", "SELECT sealed FROM identity"),
        ("casedrift_reader", "SELECT raw FROM quarantine"),
    ],
)
def test_no_role_can_do_more(roles: dict[str, str], role: str, statement: str) -> None:
    with (
        psycopg.connect(roles[role], autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)
