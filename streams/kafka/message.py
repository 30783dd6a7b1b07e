"""A message of a topic, as the broker kept it: where it stands, and the bytes of what should be a fact."""

from __future__ import annotations

from typing import NamedTuple


class Message(NamedTuple):
    """One message; its key is the case's reference, where the sender knew it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int
    """When the broker was given it, in milliseconds since 1970."""
