"""Who a child is stays with the authority: one reference a child, and no way back without the key."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from streams.identity import IDENTITY, Identities, has_identities, normalise
from streams.identity_key import IdentityKey, IdentityKeyFault, identity_key

KEY = IdentityKey(b"k" * 32)


def numbered() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"{next(numbers):012}"


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(IDENTITY)
    yield connection
    connection.close()


def test_a_child_has_one_reference_however_its_id_is_written(connection: sqlite3.Connection) -> None:
    identities = Identities(connection, KEY, numbered())
    same = [identities.reference(local_id) for local_id in ("1111", " 1111.0 ", 1111, 1111.0, "1111\xa0")]
    assert (set(same), identities.reference("1112")) == ({"c-000000000001"}, "c-000000000002")


def test_the_key_leads_back_to_the_local_id(connection: sqlite3.Connection) -> None:
    identities = Identities(connection, KEY, numbered())
    reference = identities.reference("Ä-17 ")
    assert (identities.local_id(reference), identities.local_id("c-nobody")) == ("Ä-17", None)


def test_references_are_known_again_under_the_same_key(connection: sqlite3.Connection) -> None:
    first = Identities(connection, KEY, numbered()).reference("L1")
    again = Identities(connection, KEY, lambda: pytest.fail("no new reference is needed")).reference("L1")
    assert first == again


def test_the_table_tells_nothing_by_itself(connection: sqlite3.Connection) -> None:
    Identities(connection, KEY, numbered()).reference("SECRET-1")
    assert b"SECRET-1" not in repr(list(connection.iterdump())).encode()
    (id_hash, sealed) = connection.execute("SELECT id_hash, sealed FROM identity").fetchone()
    other = sqlite3.connect(":memory:")
    other.execute(IDENTITY)
    Identities(other, IdentityKey(b"o" * 32), numbered()).reference("SECRET-1")
    assert (id_hash, sealed) != other.execute("SELECT id_hash, sealed FROM identity").fetchone()
    other.close()
    assert b"SECRET" not in id_hash + sealed
    assert "kkkk" not in repr(KEY)


def test_a_sealed_id_moved_to_another_row_is_noticed(connection: sqlite3.Connection) -> None:
    identities = Identities(connection, KEY, numbered())
    one, two = identities.reference("L1"), identities.reference("L2")
    connection.execute("UPDATE identity SET sealed = (SELECT sealed FROM identity WHERE reference = ?)", (one,))
    with pytest.raises(IdentityKeyFault):
        identities.local_id(two)


def test_another_key_is_noticed_at_once(connection: sqlite3.Connection) -> None:
    Identities(connection, KEY, numbered()).reference("L1")
    with pytest.raises(IdentityKeyFault, match="another key"):
        Identities(connection, IdentityKey(b"o" * 32), numbered())


def test_a_reference_is_written_and_not_committed(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    connection = sqlite3.connect(store)
    connection.execute(IDENTITY)
    identities = Identities(connection, KEY, numbered())
    identities.reference("L1")
    assert connection.in_transaction
    connection.rollback()
    assert not has_identities(connection)
    assert identities.reference("L1") == "c-000000000002", "what was undone was never given out"
    connection.close()


def test_a_token_already_in_use_is_drawn_again(connection: sqlite3.Connection) -> None:
    tokens = iter(["a", "a", "b"])
    identities = Identities(connection, KEY, lambda: next(tokens))
    assert [identities.reference("L1"), identities.reference("L2")] == ["c-a", "c-b"]
    stuck = Identities(connection, KEY, lambda: "a")
    with pytest.raises(RuntimeError, match="repeats itself"):
        stuck.reference("L3")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (" 42\t", "42"),
        ("42.", "42"),
        ("42.00", "42"),
        ("0042", "0042"),
        ("42.5", "42.5"),
        (1e15, "1000000000000000"),
        (42.5, "42.5"),
        ("A1.0", "A1.0"),
        ("\ufeffA1", "A1"),
        ("  ", ""),
    ],
)
def test_local_ids_as_text(written: object, text: str) -> None:
    assert normalise(written) == text


def test_a_child_without_a_local_id_has_no_reference(connection: sqlite3.Connection) -> None:
    with pytest.raises(ValueError, match="without a local id"):
        Identities(connection, KEY, numbered()).reference(" ")


def test_the_key_is_made_once_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db.key"
    made = identity_key(path, needed=False, secret=lambda length: b"s" * length)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert identity_key(path, needed=True, secret=lambda _: pytest.fail("it is there")) == made
    assert [each.name for each in tmp_path.iterdir()] == ["store.db.key"]


def test_of_two_that_make_the_key_at_once_the_first_wins(tmp_path: Path) -> None:
    path = tmp_path / "store.db.key"

    def slow(length: int) -> bytes:
        identity_key(path, needed=False, secret=lambda length: b"1" * length)
        return b"2" * length

    assert identity_key(path, needed=False, secret=slow).secret == b"1" * 32


def test_a_lost_key_is_never_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "store.db.key"
    with pytest.raises(IdentityKeyFault, match="missing"):
        identity_key(path, needed=True, secret=lambda length: b"s" * length)
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "hello", "casedrift-identity-key-1 AAAA", "casedrift-identity-key-1 ?!"])
def test_a_damaged_key_is_said_to_be(tmp_path: Path, text: str) -> None:
    path = tmp_path / "store.db.key"
    path.write_text(text)
    with pytest.raises(IdentityKeyFault, match="damaged"):
        identity_key(path, needed=False, secret=lambda length: b"s" * length)
