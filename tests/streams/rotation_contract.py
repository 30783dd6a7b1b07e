"""What changing the key to who is who must keep, whatever kind of store it is done to: nobody is lost on the way.

A subclass gives the store; each test leaves off at another step, as a process that dies there would.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streams.errors import OutOfReach, WrongInput
from streams.identity import Identities
from streams.identity_key import IdentityKey, IdentityKeyFault, beside, new_key, read_key
from streams.identity_rotation import rotate, under_new_key
from streams.store import Store
from streams.stores import open_store
from streams.who_is_who import end_rotation, fitting_key, identities_of, known_identities

CHILDREN = [f"L{number}" for number in range(20)]


class Dies(Exception):
    """Here the process would have died."""


class RotationContract:
    """Subclassed for each kind of store."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        """The name of an empty store."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, url: str, tmp_path: Path) -> Iterator[Store]:
        """A store that knows some children."""
        with opened(url, tmp_path) as store:
            with store.writing():
                identities = identities_of(store, secrets.token_bytes)
                for child in CHILDREN:
                    identities.reference(child)
            yield store

    def test_everybody_is_who_they_were_under_another_key(self, store: Store) -> None:
        before, told, rows = read_key(store.key_file), everybody(store), table(store)
        assert rotate(store, secrets.token_bytes) == len(CHILDREN)
        assert (everybody(store), set(told.values())) == (told, set(CHILDREN))
        assert not {each for row in rows for each in row} & {each for row in table(store) for each in row}
        assert read_key(store.key_file) != before
        assert not beside(store.key_file).exists()
        with pytest.raises(IdentityKeyFault, match="another key"):
            Identities(store.connection, before, lambda: "none")

    def test_a_child_keeps_its_reference_and_a_new_one_gets_one(self, store: Store) -> None:
        told = everybody(store)
        rotate(store, secrets.token_bytes)
        with store.writing():
            identities = identities_of(store, secrets.token_bytes)
            assert {identities.reference(child) for child in CHILDREN} == set(told)
            assert identities.reference("somebody new") not in told

    @pytest.mark.parametrize("dies_after", ["the key is written", "the table is written", "the commit", "the end"])
    def test_wherever_it_is_cut_short_one_key_fits(
        self, store: Store, url: str, tmp_path: Path, dies_after: str
    ) -> None:
        told = everybody(store)
        cut_short(store, dies_after)
        with opened(url, tmp_path) as again:
            assert everybody(again) == told
            assert rotate(again, secrets.token_bytes) == len(CHILDREN)
            assert everybody(again) == told
        assert sorted(path.name for path in tmp_path.glob("*.key*")) == ["who.key"]

    def test_two_cuts_in_a_row_lose_nobody(self, store: Store) -> None:
        told = everybody(store)
        for first in ("the key is written", "the commit"):
            for second in ("the key is written", "the table is written", "the commit"):
                cut_short(store, first)
                cut_short(store, second)
                assert everybody(store) == told

    def test_whoever_opens_it_meanwhile_puts_the_key_in_its_place(self, store: Store, url: str, tmp_path: Path) -> None:
        told = everybody(store)
        cut_short(store, "the commit")
        with opened(url, tmp_path) as other:
            assert everybody(other) == told
        with store.writing() as connection:
            end_rotation(connection, store)  # where the one that was overtaken goes on
        assert everybody(store) == told

    def test_a_load_under_way_makes_no_stranger_of_a_child(self, store: Store, url: str, tmp_path: Path) -> None:
        with opened(url, tmp_path) as loading:
            identities = identities_of(loading, secrets.token_bytes)
            rotate(store, secrets.token_bytes)
            for child in (CHILDREN[0], "somebody new"):
                with pytest.raises(IdentityKeyFault), loading.writing():
                    identities.reference(child)
        assert len(table(store)) == len(CHILDREN)

    def test_the_earlier_key_is_kept_only_where_asked(self, store: Store, tmp_path: Path) -> None:
        old, kept = read_key(store.key_file), tmp_path / "earlier"
        rotate(store, secrets.token_bytes, kept)
        assert read_key(kept) == old
        with pytest.raises(OutOfReach, match="file exists"):
            rotate(store, secrets.token_bytes, kept)
        for in_use in (store.key_file, beside(store.key_file)):
            with pytest.raises(WrongInput, match="in another file"):
                rotate(store, secrets.token_bytes, in_use)
        assert len(everybody(store)) == len(CHILDREN)

    def test_a_key_that_waits_for_nothing_is_never_taken(self, store: Store) -> None:
        told, kept = everybody(store), read_key(store.key_file)
        new_key(store.key_file, secrets.token_bytes)
        assert (everybody(store), read_key(store.key_file)) == (told, kept)
        store.key_file.unlink()
        with pytest.raises(OutOfReach, match="missing"):
            known_identities(store)

    def test_a_key_that_others_may_read_is_not_used(self, store: Store) -> None:
        store.key_file.chmod(0o640)
        with pytest.raises(OutOfReach, match="chmod 600"):
            rotate(store, secrets.token_bytes)

    def test_a_store_that_knows_nobody_has_no_key_to_change(self, url: str, tmp_path: Path) -> None:
        with opened(url, tmp_path) as store:
            assert known_identities(store) is None
            with pytest.raises(WrongInput, match="nobody is known"):
                rotate(store, secrets.token_bytes)
        assert not list(tmp_path.glob("*.key*"))


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Store]:
    """The store, with its key in the folder."""
    with open_store(url, create=True, key_file=folder / "who.key") as store:
        yield store


def everybody(store: Store) -> dict[str, str]:
    """Who is who, by reference."""
    identities = known_identities(store)
    assert identities is not None
    return identities.local_ids(
        reference for (reference,) in store.connection.execute("SELECT reference FROM identity")
    )


def table(store: Store) -> list[tuple[bytes, bytes]]:
    """What stands in the table beside the references."""
    return [(bytes(a), bytes(b)) for a, b in store.connection.execute("SELECT id_hash, sealed FROM identity")]


def cut_short(store: Store, dies_after: str) -> None:
    """A change of key, step by step, up to the one after which it dies."""
    old = fitting_key(store)
    with pytest.raises(Dies):
        _steps(store, old, dies_after)


def _steps(store: Store, old: IdentityKey, dies_after: str) -> None:
    with store.writing() as connection:
        end_rotation(connection, store)
        new = new_key(store.key_file, secrets.token_bytes)
        _unless(dies_after == "the key is written")
        under_new_key(connection, old, new)
        _unless(dies_after == "the table is written")
    _unless(dies_after == "the commit")
    with store.writing() as connection:
        end_rotation(connection, store)
    raise Dies


def _unless(dies: bool) -> None:
    if dies:
        raise Dies
