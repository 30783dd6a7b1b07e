"""The locks of a store in PostgreSQL, and for how long whoever holds one may say nothing.

A process that dies lets go of its locks at once. One that hangs, or whose machine is gone from the network, would hold
them for hours; so the database parts with it, and what it had begun is undone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from streams.store import WAIT

LOG_LOCK: Final = 0x63617365_01
VIEWS_LOCK: Final = 0x63617365_02
FEED_LOCK: Final = 0x63617365_03
"""Numbers by which every process of this program names the database's advisory locks."""
LED_BY: Final = f"""
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = ?
    AND classid = {FEED_LOCK >> 32} AND objid = {FEED_LOCK & 0xFFFF_FFFF} AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
"""Whether a connection holds the feed's lock."""
ACCEPTS_WITHIN: Final = 5
"""Seconds of silence after which the database parts with a worker that holds the log's lock."""
FOLDS_WITHIN: Final = 60
"""The same, of whoever folds: many cases may be folded between two statements."""
LEADS_WITHIN: Final = 15
"""The same, of the feed that works; it says something every second or so."""
STATEMENTS: Final = 5
"""How many times as long one statement may take, a COPY that waits for its rows among them; of a feed, whose pages are
short, no longer: else one that hangs in a COPY would keep those who stand by waiting for minutes."""

_ON_DISK: Final = (
    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"
)
"""What is accepted is told to Kafka as done with: it must outlast a power cut, though the database be set to take less
care. Where it is set to more (copies on other machines), that stays."""


def beginning(locks: Collection[int], silence: int, statement: int, heard_on: str | None) -> str:
    """All that a transaction under the locks begins with, in one message: each that is waited for makes an alert wait.

    `silence` and `statement` are seconds; whoever listens on the channel `heard_on` is told once it has committed, and
    then it is on disk.
    """
    words = ["BEGIN", f"SET LOCAL lock_timeout = '{WAIT}s'"]
    if locks:  # before they are taken: who hangs at any moment from here on is parted from them
        words.append(f"SET LOCAL idle_in_transaction_session_timeout = '{silence}s'")
        words += [f"SELECT pg_advisory_xact_lock({lock})" for lock in locks]
        words.append(f"SET LOCAL statement_timeout = '{statement}s'")
    if heard_on is not None:
        words += [f"NOTIFY {heard_on}", _ON_DISK]
    return "; ".join(words)
