"""A store's identities under the key that fits them: made on first use for a load, never made to look somebody up.

A key may be changed (`identity_rotation.py`). Whoever opens the table while that goes on, or after it was cut short,
finds here the key under which it is by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from projections.connection import Connection
from streams.errors import OutOfReach
from streams.identity import Identities, has_identities
from streams.identity_key import KEY_LENGTH, IdentityKey, IdentityKeyFault, beside, identity_key, read_key, take_over
from streams.store import Store


def identities_of(store: Store, secret: Callable[[int], bytes], *, kept: bool = True) -> Identities:
    """Who is who, for whoever brings new children: `secret` gives random bytes, so many. IdentityKeyFault.

    Unless what comes in is `kept`, no key file is made for it.
    """
    if has_identities(store.connection):
        key = fitting_key(store)
    elif not kept and not store.key_file.exists():
        key = IdentityKey(secret(KEY_LENGTH))
    else:
        key = identity_key(store.key_file, needed=False, secret=secret)
    return Identities(store.connection, key, lambda: secret(8).hex())


def known_identities(store: Store) -> Identities | None:
    """Who is who, to look somebody up; None where nobody is known. OutOfReach where the key can't be used."""
    with store.said(), key_faults_said():
        if not has_identities(store.connection):
            return None
        return Identities(store.connection, fitting_key(store), _no_new_one)


def fitting_key(store: Store) -> IdentityKey:
    """The key under which the identities are, outside a transaction. IdentityKeyFault where it is not there."""
    try:
        return fits(store.connection, kept_key(store))
    except IdentityKeyFault:
        # Looking at the file and looking at the table are two moments, and a change of key may lie between.
        if beside(store.key_file).exists():
            with store.writing() as connection:
                end_rotation(connection, store)
        return fits(store.connection, kept_key(store))


def end_rotation(connection: Connection, store: Store) -> None:
    """Let the key beside the key file take its place, if the identities are under it; under the store's lock.

    Under the lock, because the next change of key, which writes another key there, holds it too.
    """
    try:
        fits(connection, read_key(beside(store.key_file)))
    except IdentityKeyFault:
        return  # there is none, or it is of a change that never came to be
    take_over(store.key_file)


def kept_key(store: Store) -> IdentityKey:
    """The key in the store's key file, whether it fits or not. IdentityKeyFault where it can't be used."""
    return identity_key(store.key_file, needed=True, secret=lambda _: b"")


def fits(connection: Connection, key: IdentityKey) -> IdentityKey:
    """The key itself; IdentityKeyFault where the identities are under another."""
    Identities(connection, key, _no_new_one)
    return key


@contextmanager
def key_faults_said() -> Iterator[None]:
    """What is wrong with the key as OutOfReach, whose one line says what to do."""
    try:
        yield
    except IdentityKeyFault as fault:
        raise OutOfReach(str(fault)) from fault


def _no_new_one() -> str:
    raise AssertionError("looking somebody up makes no reference")
