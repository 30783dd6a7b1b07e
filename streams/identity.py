"""Who a case is about is known to the local authority, not to this program: here a child is a random
reference.

One small table joins the two, for the few who may look a child up. Without its key, a file beside the store
that only its owner can read, it tells nobody anything: the local id stands in it as a keyed hash, and sealed.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from pydantic_core import to_json

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
_SEALED: Final = "SELECT reference, sealed FROM identity WHERE reference IN (SELECT value FROM json_each(?))"
_WHOLE_NUMBER: Final = re.compile(r"([+-]?[0-9]+)\.0*")
_DRAWS: Final = 20
CASE: Final = "case-"
"""What a case of an extract's child is called by, before the child's reference."""


class Identities:
    """Local ids and references of children, kept in the store's table under one key.

    New references are written on the connection that was handed over and left uncommitted: the caller
    commits. `token` gives random text for a new reference (12 characters or so); nothing else here is random.
    IdentityKeyFault where the table's rows are not under this key.
    """

    def __init__(self, connection: Connection, key: IdentityKey, token: Callable[[], str]) -> None:
        self._connection = connection
        self._token = token
        self._cipher = Cipher(key)
        self._check_key()

    def reference(self, local_id: object) -> str:
        """The child's reference, made now if the child is new; ValueError where the local id is empty."""
        text = normalise(local_id)
        if not text:
            raise ValueError("a child without a local id has no reference")
        id_hash = self._cipher.hash(text)
        known = self._known(id_hash)
        if known is None:
            self._make(text, id_hash)
            known = self._known(id_hash)
        assert known is not None
        return known

    def known(self, local_id: object) -> str | None:
        """The reference of the child with the local id; None where nobody here has it, and none is made."""
        return self._known(self._cipher.hash(normalise(local_id)))

    def local_id(self, reference: str) -> str | None:
        """The local id that the reference stands for; None where it stands for none."""
        return self.local_ids([reference]).get(reference)

    def local_ids(self, references: Iterable[str]) -> dict[str, str]:
        """The local ids that the references stand for; what stands for none is left out."""
        rows = self._connection.execute(_SEALED, (to_json(list(references)).decode(),))
        return {reference: self._cipher.opened(sealed, reference) for reference, sealed in rows}

    def _known(self, id_hash: bytes) -> str | None:
        found = "SELECT reference FROM identity WHERE id_hash = ?"
        row = self._connection.execute(found, (id_hash,)).fetchone()
        return str(row[0]) if row else None

    def _make(self, text: str, id_hash: bytes) -> None:
        self._check_key()  # under one that was changed meanwhile every child would seem to be new
        reference = self._unused()
        # Where another process has just made this child's reference, that one holds.
        added = "INSERT INTO identity VALUES (?, ?, ?) ON CONFLICT (id_hash) DO NOTHING"
        self._connection.execute(added, (id_hash, reference, self._cipher.sealed(text, reference)))

    def _unused(self) -> str:
        for _ in range(_DRAWS):
            reference = f"c-{self._token()}"
            taken = "SELECT 1 FROM identity WHERE reference = ?"
            if self._connection.execute(taken, (reference,)).fetchone() is None:
                return reference
        raise RuntimeError(f"the source of randomness repeats itself: {_DRAWS} references were all in use")

    def _check_key(self) -> None:
        row = self._connection.execute("SELECT reference, sealed FROM identity LIMIT 1").fetchone()
        if row:
            self._cipher.opened(row[1], row[0])


class Cipher:
    """What a key makes of a local id: a hash by which it is found, and a seal from which it is read back."""

    def __init__(self, key: IdentityKey) -> None:
        self._hash_key = _derived(key, "hash")
        self._seal = AESSIV(_derived(key, "seal, first half") + _derived(key, "seal, second half"))

    def hash(self, text: str) -> bytes:
        """The keyed hash of a local id."""
        return hmac.digest(self._hash_key, text.encode(), sha256)

    def sealed(self, text: str, reference: str) -> bytes:
        """The local id encrypted; bound to its reference, it cannot be moved to another row unnoticed."""
        return self._seal.encrypt(text.encode(), [reference.encode()])

    def opened(self, sealed: bytes, reference: str) -> str:
        """The local id. IdentityKeyFault where it was sealed with another key, or for another reference."""
        try:
            return self._seal.decrypt(sealed, [reference.encode()]).decode()
        except InvalidTag:
            raise IdentityKeyFault(
                "the identity table of this store was made with another key: put that key file back, or the new one"
                " where the key was changed since"
            ) from None


def has_identities(connection: Connection) -> bool:
    """Whether the store already knows children, so that its key must exist."""
    return connection.execute("SELECT 1 FROM identity LIMIT 1").fetchone() is not None


def case_of(reference: str) -> str:
    """The case of a child, one a child, as extracts name it."""
    return f"{CASE}{reference}"


def normalise(local_id: object) -> str:
    """A local id as text: trimmed, a whole number without its decimal point (1111.0 is "1111")."""
    text = str(local_id).strip("\ufeff\u200b").strip()
    if isinstance(local_id, float) and local_id.is_integer():
        text = str(int(local_id))
    number = _WHOLE_NUMBER.fullmatch(text)
    return number[1] if number else text


def _derived(key: IdentityKey, use: str) -> bytes:
    return hmac.digest(key.secret, f"casedrift identity: {use}".encode(), sha256)
