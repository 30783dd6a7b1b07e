"""The key to who is who changed for a new one: because somebody who had it has left, or as a matter of routine.

The new key is written beside the old one, every local id is hashed and sealed anew in one transaction, and then the
new key takes the old one's place. Wherever that is cut short, one of the two fits the table, and whoever opens it next
finds which (`who_is_who.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from projections.connection import Connection
from streams.errors import WrongInput
from streams.identity import Cipher, has_identities
from streams.identity_key import IdentityKey, beside, keep_copy, new_key
from streams.store import Store
from streams.who_is_who import end_rotation, fits, kept_key, key_faults_said


def rotate(store: Store, secret: Callable[[int], bytes], keep_old: Path | None = None) -> int:
    """Put every identity of the store under a new key made from `secret` (random bytes, so many); how many there are.

    The earlier key is written to `keep_old`, or to no file. WrongInput where the store knows nobody; OutOfReach where
    the key, or a file for one, can't be used.
    """
    if keep_old is not None and keep_old.absolute() in _in_use(store):
        raise WrongInput(f"{keep_old} is where keys in use are kept; keep the earlier one in another file")
    with store.said(), key_faults_said():
        if not has_identities(store.connection):
            raise WrongInput("nobody is known in this store yet, so it has no key to change")
        with store.writing() as connection:
            end_rotation(connection, store)
            old = fits(connection, kept_key(store))
            if keep_old is not None:
                keep_copy(old, keep_old)
            children = under_new_key(connection, old, new_key(store.key_file, secret))
        with store.writing() as connection:
            end_rotation(connection, store)
        fits(store.connection, kept_key(store))
        return children


def under_new_key(connection: Connection, old: IdentityKey, new: IdentityKey) -> int:
    """Hash and seal every local id anew, in the transaction that is open; how many there are."""
    before, after = Cipher(old), Cipher(new)
    rows = connection.execute("SELECT reference, sealed FROM identity").fetchall()
    local_ids = {reference: before.opened(sealed, reference) for reference, sealed in rows}
    connection.executemany(
        "UPDATE identity SET id_hash = ?, sealed = ? WHERE reference = ?",
        [(after.hash(text), after.sealed(text, reference), reference) for reference, text in local_ids.items()],
    )
    return len(rows)


def _in_use(store: Store) -> tuple[Path, Path]:
    return store.key_file.absolute(), beside(store.key_file).absolute()
