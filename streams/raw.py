"""What arrived, byte for byte, before anybody has read it: the line of a file or the message of a topic.

One that is too long to be a fact need not be held to be refused: how it begins, its length and its digest are enough
for the quarantine to say what it was, and for people to find it where it came from.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 64 * 1024
"""Bytes; a longer line is refused, and no more of any is kept in quarantine."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """How something begins that is not held whole: `start` is at most 64 KiB of it.

    `length` (bytes) and `sha256` (hex) are those of the whole.
    """

    start: bytes
    length: int
    sha256: str


Raw = bytes | Beginning
"""The bytes of what arrived, or the beginning of them."""


def beginning_of(raw: Raw) -> Beginning:
    """What the quarantine keeps of it."""
    if isinstance(raw, Beginning):
        return raw
    return Beginning(raw[:LONGEST], len(raw), hashlib.sha256(raw).hexdigest())
