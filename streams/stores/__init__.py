"""The two kinds of store, and which of them a name means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from projections.connection import Connection
from streams.errors import OutOfReach, WrongInput
from streams.store import Store

_POSTGRES: Final = ("postgresql", "postgres")


def open_store(url: str, *, create: bool = False, key_file: Path | None = None) -> Store:
    """Open the store that a path or a URL names; with `create`, make its tables where there are none.

    A path, or `sqlite:///path` (four slashes for an absolute one), is a file; `postgresql://…` a database. The key to
    who is who is in `key_file`; left out, beside the file, or for a database in the working folder under its name.
    OutOfReach where it can't be opened, is no store, or is of a newer version; WrongInput for any other name.
    """
    if is_postgres(url):
        with _postgres_installed():
            from streams.stores.postgres import PostgresStore

        return PostgresStore(url, create=create, key_file=key_file)
    from streams.stores.sqlite import SQLiteStore

    return SQLiteStore(store_path(url), create=create, key_file=key_file)


def read_only(address: str) -> AbstractContextManager[Connection]:
    """A connection that only reads the store of that address, on one unchanging view of it."""
    if is_postgres(address):
        from streams.stores.postgres import reading_beside

        return reading_beside(address)
    from streams.stores.sqlite import reading_beside as reading_a_file_beside

    return reading_a_file_beside(Path(address))


def is_postgres(url: str) -> bool:
    """Whether the name means a PostgreSQL database."""
    return url.split("://", 1)[0] in _POSTGRES if "://" in url else False


def store_path(url: str) -> Path:
    """The file of a store named by a path or an `sqlite:///` URL (four slashes for an absolute path).

    WrongInput for any other kind of store.
    """
    if "://" not in url:
        return Path(url)
    parts = urlsplit(url)
    if parts.scheme != "sqlite" or parts.netloc or not parts.path.strip("/"):
        raise WrongInput(
            f"{parts.scheme}://… is no store that can be opened; give a path, sqlite:///path or postgresql://…"
        )
    return Path(unquote(parts.path[1:]))


@contextmanager
def _postgres_installed() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise OutOfReach("PostgreSQL needs a driver that is not installed; run make live, then try again") from error
