"""What PostgreSQL has to say against a store, in one line that tells an operator what to do; never with a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg import errors

from streams.errors import OutOfReach, StoreHeld
from streams.store import WAIT


def without_password(url: str) -> str:
    """The URL as messages call the store."""
    parts = urlsplit(url)
    at = parts.netloc.rpartition("@")
    user = at[0].partition(":")[0]
    return f"{parts.scheme}://{user + '@' if user else ''}{at[2]}{parts.path}"


@contextmanager
def said(name: str) -> Iterator[None]:
    """The database's errors as one line that says what to do: OutOfReach, StoreHeld where another holds a lock.

    A value that it can't hold is no such error: that is a fault of ours, and waiting would not mend it.
    """
    try:
        yield
    except errors.DataError:
        raise
    except errors.LockNotAvailable as error:
        raise StoreHeld(
            f"{name}: another process has held the store for {WAIT} seconds; wait for it, or end it, and try again"
        ) from error
    except (psycopg.Error, PersistenceError, OSError) as error:
        raise OutOfReach(f"{name}: {_advice(error)}") from error


def _advice(error: Exception) -> str:
    for kinds, advice in _ADVICE:
        if isinstance(error, kinds):
            return advice
    message = str(error).lower()
    for words, advice in _IN_WORDS:
        if words in message:
            return advice
    return f"the database can't be used ({type(error).__name__}); see its log, and try again"


_AWAY: Final = "the database can't be reached; check that it runs and that its address and password are right"
_ADVICE: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...]] = (
    ((errors.InvalidPassword, errors.InvalidAuthorizationSpecification), _AWAY),
    (errors.InsufficientPrivilege, "this role may not do that; see the roles in docs/live.md, or use another role"),
    (errors.InvalidCatalogName, "there is no such database; make it, then run casedrift migrate"),
    (
        errors.DiskFull,
        "its disk is full; make room and run the same command again (nothing was half stored)",
    ),
    (errors.UndefinedTable, "the tables are not all there; run casedrift migrate"),
    (errors.QueryCanceled, "the question was stopped by the database; try again"),
)
_IN_WORDS: Final = (
    ("does not exist", "there is no such database or role; make it, then run casedrift migrate"),
    ("connect", _AWAY),
    ("terminat", _AWAY),
    ("closed", _AWAY),
    ("lost", _AWAY),
    ("shutting down", _AWAY),
    ("starting up", _AWAY),
    ("recovery", _AWAY),
)
