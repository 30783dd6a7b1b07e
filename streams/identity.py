"""Who a case is about is known to the local authority, not to this program: here a child is a random
reference.

One small table joins the two, for the few who may look a child up. Without its key, a file beside the store
that only its owner can read, it tells nobody anything: the local id stands in it as a keyed hash, and sealed.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from projections.connection import Connection
from streams.identity_key import IdentityKey, IdentityKeyFault

IDENTITY: Final = """
CREATE TABLE IF NOT EXISTS identity (
    id_hash BLOB PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) WITHOUT ROWID
"""
"""The table, as a store makes it."""
_WHOLE_NUMBER: Final = re.compile(r"([+-]?[0-9]+)\.0*")
_DRAWS: Final = 20


class Identities:
    """Local ids and references of children, kept in the store's table under one key.

    New references are written on the connection that was handed over and left uncommitted: the caller
    commits. `token` gives random text for a new reference (12 characters or so); nothing else here is random.
    IdentityKeyFault where the table's rows are not under this key.
    """

    def __init__(self, connection: Connection, key: IdentityKey, token: Callable[[], str]) -> None:
        self._connection = connection
        self._token = token
        self._hash_key = _derived(key, "hash")
        self._seal = AESSIV(_derived(key, "seal, first half") + _derived(key, "seal, second half"))
        self._check_key()

    def reference(self, local_id: object) -> str:
        """The child's reference, made now if the child is new; ValueError where the local id is empty."""
        text = normalise(local_id)
        if not text:
            raise ValueError("a child without a local id has no reference")
        id_hash = hmac.digest(self._hash_key, text.encode(), sha256)
        known = self._known(id_hash)
        if known is None:
            self._make(text, id_hash)
            known = self._known(id_hash)
        assert known is not None
        return known

    def known(self, local_id: object) -> str | None:
        """The child's reference; None where it has none yet, and none is made."""
        text = normalise(local_id)
        return self._known(hmac.digest(self._hash_key, text.encode(), sha256)) if text else None

    def local_id(self, reference: str) -> str | None:
        """The local id that the reference stands for; None where it stands for none."""
        row = self._connection.execute("SELECT sealed FROM identity WHERE reference = ?", (reference,)).fetchone()
        return self._opened(row[0], reference) if row else None

    def _known(self, id_hash: bytes) -> str | None:
        found = "SELECT reference FROM identity WHERE id_hash = ?"
        row = self._connection.execute(found, (id_hash,)).fetchone()
        return str(row[0]) if row else None

    def _make(self, text: str, id_hash: bytes) -> None:
        reference = self._unused()
        # Bound to its reference, a sealed id cannot be moved to another row unnoticed.
        sealed = self._seal.encrypt(text.encode(), [reference.encode()])
        # Where another process has just made this child's reference, that one holds.
        added = "INSERT INTO identity VALUES (?, ?, ?) ON CONFLICT (id_hash) DO NOTHING"
        self._connection.execute(added, (id_hash, reference, sealed))

    def _unused(self) -> str:
        for _ in range(_DRAWS):
            reference = f"c-{self._token()}"
            taken = "SELECT 1 FROM identity WHERE reference = ?"
            if self._connection.execute(taken, (reference,)).fetchone() is None:
                return reference
        raise RuntimeError(f"the source of randomness repeats itself: {_DRAWS} references were all in use")

    def _opened(self, sealed: bytes, reference: str) -> str:
        try:
            return self._seal.decrypt(sealed, [reference.encode()]).decode()
        except InvalidTag:
            raise IdentityKeyFault(
                "the identity table of this store was made with another key: put that key file back"
            ) from None

    def _check_key(self) -> None:
        row = self._connection.execute("SELECT reference, sealed FROM identity LIMIT 1").fetchone()
        if row:
            self._opened(row[1], row[0])


def has_identities(connection: Connection) -> bool:
    """Whether the store already knows children, so that its key must exist."""
    return connection.execute("SELECT 1 FROM identity LIMIT 1").fetchone() is not None


def normalise(local_id: object) -> str:
    """A local id as text: trimmed, a whole number without its decimal point (1111.0 is "1111")."""
    text = str(local_id).strip("\ufeff\u200b").strip()
    if isinstance(local_id, float) and local_id.is_integer():
        text = str(int(local_id))
    number = _WHOLE_NUMBER.fullmatch(text)
    return number[1] if number else text


def _derived(key: IdentityKey, use: str) -> bytes:
    return hmac.digest(key.secret, f"casedrift identity: {use}".encode(), sha256)
