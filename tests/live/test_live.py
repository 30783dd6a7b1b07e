"""`casedrift live`: one process takes facts from Kafka and tells of alerts and counts, on either kind of store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from casedrift.desk import Desk
from casedrift.migrating import migrate
from casedrift.now import now
from domain.days import london_day
from tests.kit.broker import Broker
from tests.kit.parts import wait_until
from tests.kit.topics import told_on
from tests.live.at_work import surroundings
from tests.streams.written_facts import fact


def opened(number: int) -> bytes:
    """A case opened long ago, of which three things are late by now: its assessment, twice, and its supervision."""
    return fact(f"o-{number}", "case-opened.v1", subject=f"case-{number}", tier="assessment", locality="North")


@pytest.fixture
def of_both_roles(postgres_url: str) -> Iterator[str]:
    """A migrated store's URL, for somebody who has the worker's role and the feed's and owns nothing."""
    migrate(postgres_url)
    name = f"live_{postgres_url.rpartition('/')[2]}"
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {name} LOGIN")
        owner.execute(f"GRANT casedrift_worker, casedrift_feed TO {name}")
        yield postgres_url.replace("postgres@", f"{name}@")
        owner.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize("kind", ["file", "database", "database, by both roles"])
def test_facts_come_in_and_alerts_go_out(
    kind: str, tmp_path: Path, broker: Broker, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/store.db" if kind == "file" else request.getfixturevalue("postgres_url")
    work = surroundings(tmp_path, broker, url)
    if kind.endswith("by both roles"):
        work = replace(work, url=request.getfixturevalue("of_both_roles"))
    with work.worker("live") as live:
        wait_until(work.is_ready, "worker and feed are at work")
        work.send(map(opened, range(40)))
        wait_until(lambda: len(told_on(broker, "case-alerts")) == 3 * 40, "every alert is told")
        wait_until(lambda: _counted(broker) == 40, "the open cases are told")
        assert live.terminate() == 0
    told = {(event["type"], event["data"]["case"]) for event in told_on(broker, "case-alerts")}
    assert told == {("alert-raised.v1", f"case-{number}") for number in range(40)}
    assert work.is_all_committed()
    assert "may not do that" not in live.told()
    with Desk(url, now=now) as desk:
        assert desk.counts(london_day(now()), now()) == [{"open_cases": 40, "open_children": 40}]
        assert desk.rebuild(check=True, progress=lambda *_: None) == {"facts": 40, "differences": 0}


def _counted(broker: Broker) -> int:
    counts = [event["data"]["open_cases"] for event in told_on(broker, "case-counts")]
    return max(counts, default=0)
