"""A database that is away, behind, or set to another hour, or is sent what no database can hold: nothing stops that
could go on, and nothing is answered that would not last."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from casedrift.desk import Desk
from casedrift.migrating import migrate
from casedrift.now import now
from casedrift.policies import load_policy
from casedrift.serving.feeding import Feeder
from domain.days import london_day
from streams.errors import OutOfReach, StoreHeld
from streams.outbox import oldest
from streams.store import CLOCK
from streams.stores.postgres import PostgresStore
from streams.telemetry.seen import Unseen
from streams.told import TOLD_UNTIL
from tests.live.on_postgres import HOUR, messages, opened

MINUTE = HOUR // 60
QUESTIONS: dict[str, Callable[[Desk], object]] = {
    "counts": lambda desk: desk.counts(london_day(now()), now()),
    "alerts": lambda desk: desk.alerts(now()),
    "status": lambda desk: desk.status(),
    "another policy": lambda desk: desk.use_policy(load_policy("england-census")),
    "rebuild": lambda desk: desk.rebuild(check=True, progress=lambda *_: None),
}


@pytest.fixture
def url(postgres_url: str) -> str:
    """A store of which changes are told."""
    migrate(postgres_url)
    with feeding(postgres_url):
        pass
    return postgres_url


@contextmanager
def feeding(url: str) -> Iterator[Feeder]:
    """A feed that has told all that there is."""
    with PostgresStore(url) as store:
        feeder = Feeder(store, now, Unseen(), source="/casedrift", counts_seconds=1)
        while feeder.step():
            pass
        feeder.pass_time()
        yield feeder


def part_from_all(url: str) -> None:
    """Have the database end every connection to it, as it does when it is stopped."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def alerts_told(url: str) -> list[dict[str, Any]]:
    with PostgresStore(url) as store:
        return [json.loads(sent.message) for sent in oldest(store.connection, 1_000) if sent.topic == "case-alerts"]


@pytest.mark.parametrize("doing", ["step", "pass_time", "recall", "look", "present", "seconds_to_wait"])
def test_a_feed_finds_its_database_gone_whatever_it_does_and_can_wait_for_it(url: str, doing: str) -> None:
    with feeding(url) as feeder:
        part_from_all(url)
        with pytest.raises(OutOfReach, match="can't be reached"):
            getattr(feeder, doing)()


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_a_database_that_is_gone_ends_in_one_line(url: str, question: str) -> None:
    with Desk(url, now=now) as desk:
        part_from_all(url)
        with pytest.raises(OutOfReach, match="can't be reached"):
            QUESTIONS[question](desk)


def test_a_character_that_no_database_holds_is_refused_like_any_poison(url: str) -> None:
    poison = b'{"specversion": "1.0", "id": "1", "source": "/a\\u0000b", "type": "x.v1", "subject": "s"}'
    with Desk(url, now=now) as desk:
        tally = desk.door().take_messages(messages(poison, opened(1)))
        (kept,) = desk.quarantined()
    assert (tally.accepted, tally.refused) == (1, 1)
    assert (kept["reason"], kept["source"]) == ("not-an-event", None)


def test_a_value_that_no_database_holds_is_our_own_fault_and_not_waited_for(url: str) -> None:
    with PostgresStore(url) as store:
        with pytest.raises(psycopg.DataError), store.accepting() as connection:
            connection.execute("INSERT INTO source (source) VALUES (?)", ("a\0b",))
        with store.accepting() as connection:
            connection.execute("INSERT INTO source (source) VALUES (?)", ("ab",))


def test_status_and_proof_go_on_while_no_feed_works(url: str) -> None:
    with Desk(url, now=now) as desk:
        desk.door().take_messages(messages(opened(1)))
        with feeding(url):
            pass
        desk.door().take_messages(messages(*map(opened, range(2, 7))))
        status = desk.status()
        assert (status["facts"], status["behind"], status["open_cases"]) == (6, 5, 1)
        assert desk.rebuild(check=True, progress=lambda *_: None) == {"facts": 1, "differences": 0}
        assert desk.rebuild(check=False, progress=lambda *_: None)["differences"] == 0
        assert (desk.status()["behind"], desk.status()["open_cases"]) == (0, 6)


def test_an_answer_by_a_clock_that_is_a_little_fast_lasts(url: str) -> None:
    fast = now() + 300_000
    day = london_day(fast)
    with Desk(url, now=lambda: fast) as desk:
        before = desk.counts(day, fast)
        desk.door().take_messages(messages(opened(1)))
        with feeding(url):
            assert desk.counts(day, fast) == before == [{"open_cases": 0, "open_children": 0}]


def test_by_a_clock_that_is_far_ahead_nothing_is_answered(url: str) -> None:
    fast = now() + HOUR
    with Desk(url, now=lambda: fast) as desk:
        with pytest.raises(OutOfReach, match="clock is 3,5"):
            desk.counts(london_day(fast), fast)
        with pytest.raises(OutOfReach, match="set the clocks right"):  # of this hour, too, more may become known
            desk.counts(london_day(fast), fast - 20 * MINUTE)
    with Desk(url, now=lambda: fast, by_store_clock=False) as desk:  # as for an audit at another hour
        assert desk.counts(london_day(fast), fast) == [{"open_cases": 0, "open_children": 0}]


def test_what_comes_after_the_databases_clock_was_set_back_is_told_like_anything_else(url: str) -> None:
    with PostgresStore(url) as store, store.writing():
        store.set_meta(CLOCK, now() + HOUR)  # the last fact became known an hour from now
    with Desk(url, now=now) as desk:
        door = desk.door()
        for number in range(2):
            door.take_messages(messages(opened(number)))
            with feeding(url) as feeder, PostgresStore(url) as store:
                with store.folding():
                    store.set_meta("told_next", 0)  # as after midnight
                feeder.pass_time()
                assert store.meta(TOLD_UNTIL) <= store.meta(CLOCK), "what may still come is not told of already"
    told = alerts_told(url)
    assert {event["subject"] for event in told} == {"case-0", "case-1"}
    assert all(event["id"].count("/") == 2 for event in told), "none is told as if it had been taken back before"


@pytest.mark.parametrize(("as_set", "accepted"), [("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")])
def test_what_is_accepted_is_on_disk_however_little_care_the_database_takes(
    url: str, as_set: str, accepted: str
) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {url.rpartition('/')[2]} SET synchronous_commit = {as_set}".encode())

    with PostgresStore(url) as store:
        found = []
        for transaction in (store.accepting, store.folding, store.writing):
            with transaction() as connection:
                found.append(connection.execute("SHOW synchronous_commit").fetchone()[0])
    assert found == [accepted, as_set, accepted]


def test_an_upgrade_gives_way_to_whoever_goes_on_using_the_older_tables(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.stores.postgres_tables.UPGRADES_WITHIN", 1)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("UPDATE meta SET value = '3' WHERE key = 'schema'")
        with owner.transaction():
            owner.execute("LOCK TABLE meta IN ACCESS SHARE MODE")  # as a backup does
            with pytest.raises(StoreHeld, match="can't be brought to this version while another process"):
                PostgresStore(url)
        owner.execute("UPDATE meta SET value = '4' WHERE key = 'schema'")
    with PostgresStore(url):
        pass


def test_nothing_is_told_by_a_policy_that_is_no_longer_in_force(url: str) -> None:
    with feeding(url) as feeder, Desk(url, now=now) as desk:
        desk.use_policy(load_policy("england-census"))
        with PostgresStore(url) as store:
            until = store.meta(TOLD_UNTIL)
            with store.folding():
                store.set_meta("told_next", 0)
            feeder.pass_time()
            assert store.meta(TOLD_UNTIL) == until
            feeder.step()
            feeder.pass_time()
            assert store.meta(TOLD_UNTIL) > until


def test_a_feed_that_was_parted_from_the_database_does_not_lead_whatever_it_thinks(url: str) -> None:
    with PostgresStore(url) as feed, PostgresStore(url) as sender:
        assert not sender.is_led_by(feed.session)
        assert feed.lead()
        assert sender.is_led_by(feed.session)
        assert not sender.is_led_by(sender.session)
        session = feed.session
        sender.connection.execute("SELECT pg_terminate_backend(?)", (session,))
        with PostgresStore(url) as standby:
            while not standby.lead():
                pass
            assert not sender.is_led_by(session)
            assert sender.is_led_by(standby.session)
