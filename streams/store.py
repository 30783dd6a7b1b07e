"""The store: what holds the log, its index of cases and identities, the quarantine, the views and what is to go out.

It is one file for one machine, or a PostgreSQL database for many; whoever takes facts in, folds or asks sees only
what is said here. Two locks keep the order: the log's, under which facts are accepted, and the views', under which
they are folded. A file has one lock for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final, Protocol, Self

from eventsourcing.persistence import StoredEvent

from projections.connection import Connection

VIEWS: Final = "views"
"""The name under which the views keep the place they have reached in the log."""
CLOCK: Final = "live_known_at"
"""The name under which a store keeps the latest live instant of knowledge."""
META_OF: Final = "SELECT key, value FROM meta WHERE key IN (SELECT value FROM json_each(?))"
SET_META: Final = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
"""How what is kept under names is read and written, in every kind of store."""
WAIT: Final = 120
"""Seconds to wait for another process's transaction."""


class Store(Protocol):
    """An open store. One connection, held for as long as it is open; only the thread that opened it may use it."""

    name: str
    """How it is called in messages; never with a password."""
    address: str
    """By which another process of this program opens the same store."""
    key_file: Path
    """Where the key to who is who is kept; never the store itself."""
    folds_apart: bool
    """Whether a feed of its own may keep the views, so that whoever accepts facts need not."""

    @property
    def connection(self) -> Connection:
        """The store's connection."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def close(self) -> None:
        """Close the connection."""

    def said(self) -> AbstractContextManager[None]:
        """The database's errors as one line that says what to do: OutOfReach, or StoreHeld."""

    def accepting(self) -> AbstractContextManager[Connection]:
        """A transaction under the log's lock, for facts to be accepted; commits, or undoes everything."""

    def folding(self) -> AbstractContextManager[Connection]:
        """A transaction under the views' lock, for rows and the place reached."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction under both locks, for whoever does both."""

    def reading(self) -> AbstractContextManager[Connection]:
        """One unchanging view of the store, whatever is written meanwhile; undone at its end."""

    def aside(self) -> AbstractContextManager[Connection]:
        """A transaction of temporary tables alone, which takes no lock and is kept."""

    def settle(self, known: int | None = None) -> None:
        """Wait until every acceptance under way has ended, so that what it took on before now is seen.

        An answer "as known now" is then final: whoever accepts next takes a later instant of knowledge. So it is as
        `known` at an instant of another machine's clock too: the store's own is waited for. OutOfReach where that one
        is far behind.
        """

    def await_views(self) -> None:
        """Wait until the views have reached what the log now holds. OutOfReach where nobody keeps them up."""

    def lead(self) -> bool:
        """Whether this process is now the one feed that keeps the views; once it is, it stays so until it closes."""

    @property
    def session(self) -> int:
        """By which number the database knows this connection."""

    def is_led_by(self, session: int) -> bool:
        """Whether the feed that keeps the views is the one of that connection; as of now, whatever it thinks itself."""

    def wait(self, seconds: float) -> None:
        """Wait so long, or until something was accepted."""

    def now(self) -> int | None:
        """The store's own clock (microseconds), where it has one: later than any live instant of knowledge so far."""

    def place(self) -> int:
        """The position in the log that the views have reached."""

    def reach(self, position: int) -> None:
        """Keep the place that the views have reached; in the transaction of their rows."""

    def position(self) -> int:
        """The position of the last event in the log; 0 where it is empty."""

    def append(self, events: Sequence[StoredEvent]) -> None:
        """Append stored events to the log, in the transaction that is open."""

    def meta(self, key: str) -> Any:
        """A number or text kept under a name, or None."""

    def meta_of(self, keys: Iterable[str]) -> dict[str, Any]:
        """The same under several names, read at once; a name with nothing under it is left out."""

    def set_meta(self, key: str, value: int | str) -> None:
        """Keep a number or text under a name, in the transaction that is open."""

    def set_meta_of(self, values: Mapping[str, int | str]) -> None:
        """The same under several names."""

    def writes_of_others(self) -> int:
        """A number that is another once another process has accepted something; under the log's lock."""

    def state(self) -> object:
        """A value that is another once another process has changed what questions are answered from."""


class ReadOnly(Protocol):
    """Opens a connection that only reads a store, on one unchanging view of it, for a helping process."""

    def __call__(self, address: str, /) -> AbstractContextManager[Connection]: ...
