"""A store in a database as tests use it: desks by a clock of their own, messages, and what a feed does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from casedrift.desk import Desk
from casedrift.standing import Standing
from streams.feed import Feed
from streams.kafka.message import Message
from streams.stores.postgres import PostgresStore
from tests.streams.written_facts import fact

HOUR = 3_600 * 1_000_000
LONG_AGO = 1_600_000_000 * 1_000_000


@contextmanager
def desk_at(url: str, clock: int = LONG_AGO) -> Iterator[Desk]:
    """A desk whose machine's clock says this instant."""
    with Desk(url, create=True, now=lambda: clock) as desk:
        yield desk


def messages(*lines: bytes) -> list[Message]:
    return [Message("case-facts", 3, 100 + at, b"case", line, 0) for at, line in enumerate(lines)]


def opened(number: int, **more: object) -> bytes:
    return fact(f"o-{number}", "case-opened.v1", subject=f"case-{number}", tier="assessment", **more)


def fold(store: PostgresStore) -> int:
    """What a feed does: page by page, until the log's end; the place that it came to."""
    with store.folding():
        standing = Standing(store)
        standing.refold_if_stale()
        feed = Feed(store, standing.rules())
    while True:
        with store.folding():
            if not feed.fold_page():
                return store.place()
