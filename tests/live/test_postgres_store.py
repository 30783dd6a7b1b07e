"""What only a database has: its own clock, and two locks."""

from __future__ import annotations

import threading
from itertools import pairwise

import psycopg
import pytest

from casedrift.desk import Desk
from casedrift.migrating import migrate
from casedrift.standing import Standing
from domain.days import london_day
from streams.errors import OutOfReach
from streams.log import after
from streams.stores.postgres import PostgresStore
from streams.stores.postgres_connection import connect
from tests.kit.parts import wait_until
from tests.live.on_postgres import HOUR, LONG_AGO, desk_at, fold, messages, opened


def test_facts_become_known_by_the_databases_clock_whatever_a_workers_says(postgres_url: str) -> None:
    with desk_at(postgres_url, LONG_AGO) as slow, desk_at(postgres_url, LONG_AGO + HOUR) as fast:
        slow_door, fast_door = slow.door(), fast.door()
        for number in range(0, 20, 2):
            fast_door.take_messages(messages(opened(number)))
            slow_door.take_messages(messages(opened(number + 1)))
        known = [event.known_at for _, event in after(slow.store.connection, 0, 100)]
        now = slow.store.now()
    assert known == sorted(set(known)), "each batch is known later than the one before it"
    assert now is not None
    assert now - HOUR < known[0] < known[-1] < now


def test_what_stands_earlier_in_the_log_was_committed_earlier(postgres_url: str) -> None:
    with desk_at(postgres_url):
        pass
    seen: list[list[int]] = []
    done = threading.Event()

    def accept(first: int) -> None:
        with Desk(postgres_url, now=lambda: LONG_AGO) as desk:
            door = desk.door()
            for number in range(first, first + 60):
                door.take_messages(messages(opened(number)))

    def watch() -> None:
        with PostgresStore(postgres_url) as store:
            while not done.is_set():
                seen.append([place for place, _ in after(store.connection, 0, 1_000)])

    workers = [threading.Thread(target=accept, args=(first,)) for first in (0, 1_000, 2_000)]
    watcher = threading.Thread(target=watch)
    for thread in (watcher, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    done.set()
    watcher.join()
    assert len(seen) > 2
    for before, now in pairwise(seen):
        assert now[: len(before)] == before, "nothing ever comes in before what was seen"


def test_a_message_that_is_refused_keeps_its_place_on_the_topic(postgres_url: str) -> None:
    with desk_at(postgres_url) as desk:
        tally = desk.door().take_messages(messages(b"{", opened(1), b""))
        kept = desk.quarantined()
    assert tally.as_dict() == {"read": 3, "accepted": 1, "duplicate": 0, "refused": 2, "waiting": 0}
    assert [(each["reason"], each["topic"], each["partition"], each["offset"]) for each in kept] == [
        ("not-json", "case-facts", 3, 100),
        ("not-json", "case-facts", 3, 102),
    ]


def test_two_workers_take_the_same_messages_and_each_fact_is_held_once(postgres_url: str) -> None:
    lines = messages(*map(opened, range(50)))
    with desk_at(postgres_url) as one, desk_at(postgres_url) as other:
        first, second = one.door(), other.door()
        assert first.take_messages(lines[:30]).accepted == 30
        assert second.take_messages(lines).as_dict() == {
            "read": 50, "accepted": 20, "duplicate": 30, "refused": 0, "waiting": 0,
        }  # fmt: skip
        assert first.take_messages(lines).duplicate == 50


def test_an_answer_is_never_given_before_the_views_have_seen_what_was_accepted(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.stores.postgres._VIEWS_WAIT", 0.2)
    with desk_at(postgres_url) as desk:
        desk.door().take_messages(messages(*map(opened, range(10))))
        now = desk.store.now()
        assert now is not None
        with pytest.raises(OutOfReach, match="10 facts are accepted and not yet folded"):
            desk.counts(london_day(now), now)
        with PostgresStore(postgres_url) as store:
            assert fold(store) == 10
        assert desk.counts(london_day(now), now) == [{"open_cases": 10, "open_children": 10}]
        assert desk.rebuild(check=True, progress=lambda *_: None) == {"facts": 10, "differences": 0}


def test_what_is_accepted_while_the_views_are_folded_for_the_first_time_is_folded_too(postgres_url: str) -> None:
    with desk_at(postgres_url) as desk, desk_at(postgres_url) as beside, PostgresStore(postgres_url) as store:
        desk.door().take_messages(messages(*(opened(number) for number in range(10))))
        door = beside.door()
        standing = Standing(store)
        cases_at_first = standing.cases

        def cases_and_one_more() -> list[tuple[int, str, int]]:
            """As a worker does that accepts just then: it waits for no feed."""
            found = cases_at_first()
            door.take_messages(messages(opened(10)))
            return found

        standing.cases = cases_and_one_more  # type: ignore[method-assign]
        with store.folding():
            standing.refold_if_stale()
            assert (store.place(), store.position()) == (10, 11)
        assert fold(store) == 11
        assert desk.rebuild(check=True, progress=lambda *_: None) == {"facts": 11, "differences": 0}


def test_only_one_feed_leads_and_another_takes_over(postgres_url: str) -> None:
    with desk_at(postgres_url):
        pass
    with PostgresStore(postgres_url) as standby:
        with PostgresStore(postgres_url) as active:
            assert active.lead()
            assert active.lead()
            assert not standby.lead()
        wait_until(standby.lead, "the standby leads once the other is gone")


def test_faults_are_one_line_without_the_password(postgres_url: str) -> None:
    nobody = postgres_url.replace("postgres@", "nobody:s3cret@")
    with pytest.raises(OutOfReach, match="no such database or role") as fault:
        PostgresStore(nobody)
    assert "s3cret" not in str(fault.value)
    away = postgres_url.replace(postgres_url.rpartition(":")[2].partition("/")[0], "1")
    with pytest.raises(OutOfReach, match="can't be reached"):
        PostgresStore(away)
    with pytest.raises(OutOfReach, match="holds no store yet"):
        PostgresStore(postgres_url)


def test_the_functions_that_would_lose_the_place_are_refused(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", "y")
    with pytest.raises(OutOfReach, match="POSTGRES_ENABLE_DB_FUNCTIONS"):
        PostgresStore(postgres_url, create=True)


def test_a_newer_store_is_refused_in_words(postgres_url: str) -> None:
    migrate(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(OutOfReach, match="upgrade casedrift"):
        PostgresStore(postgres_url)


def test_a_database_that_is_gone_without_a_word_is_missed_soon_unless_its_url_has_more_patience(
    postgres_url: str,
) -> None:
    def patience(url: str) -> list[str | None]:
        with connect(url) as connection:
            asked = connection.info.get_parameters()
            return [asked.get(name) for name in ("keepalives_idle", "keepalives_interval", "keepalives_count",
                                                 "tcp_user_timeout", "connect_timeout")]  # fmt: skip

    assert patience(postgres_url) == ["5", "2", "3", "15000", "5"]
    own = f"{postgres_url}?keepalives_idle=60&tcp_user_timeout=90000&connect_timeout=7"
    assert patience(own) == ["60", "2", "3", "90000", "7"]


def test_a_worker_that_hangs_with_the_log_in_its_hands_is_parted_from_it(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.stores.postgres.ACCEPTS_WITHIN", 1)
    with desk_at(postgres_url):
        pass
    with PostgresStore(postgres_url) as hanging, PostgresStore(postgres_url) as other:

        def hang() -> None:
            with hanging.accepting() as held:
                with other.accepting() as connection:  # it waits until the one that hangs is parted from the lock
                    connection.execute("INSERT INTO source (source) VALUES ('/other')")
                held.execute("INSERT INTO source (source) VALUES ('/hanging')")

        with pytest.raises(OutOfReach):
            hang()
        names = other.connection.execute("SELECT source FROM source").fetchall()
    assert names == [("/other",)]


def test_a_feed_that_hangs_is_no_longer_the_one_that_works(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.stores.postgres.LEADS_WITHIN", 1)
    with desk_at(postgres_url):
        pass
    with PostgresStore(postgres_url) as hanging, PostgresStore(postgres_url) as standby:
        assert hanging.lead()
        wait_until(standby.lead, "the standby leads once the other has been silent for too long")
        with pytest.raises(OutOfReach):
            hanging.await_views()
