"""Up to where a store's changes have been told: the instant, the place in the log, and who was the last to be told.

It is a handful of numbers, each kept under its name. They are read together and kept together, because whoever tells
holds the views' lock meanwhile, and an alert waits for every question that the database is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Final

from streams.store import Store

LIVE_SINCE: Final = "live_since"
TOLD_UNTIL: Final = "told_until"
"""The names under which a store keeps the first two of these."""


@dataclass(slots=True)
class Told:
    """What is kept, by its names; instants in microseconds."""

    live_since: int | None = None
    """The instant from which changes are told; there is none before a feed serves the store."""
    told_until: int = 0
    """The instant up to which they have been."""
    told_policy: str | None = None
    """The fingerprint of the policy whose alerts were told."""
    told_place: int = 0
    """The position in the log up to which what its facts changed was told. The views may be ahead of it: a rebuild
    brings them to the log's end and tells nobody."""
    told_next: int = 0
    """The instant at which an alert may turn though nothing more be learnt. Kept with the rest, so that it holds for
    whoever tells next, and is undone with what was told."""
    announced: int = 0
    """How many messages there were; each has its number."""
    live_known_at: int = 0
    """The latest live instant of knowledge. It is the log's, and only read here."""


def read_told(store: Store) -> Told:
    """How things stand."""
    return Told(**store.meta_of(_NAMES))


@contextmanager
def telling(store: Store) -> Iterator[Told]:
    """How things stand, to be changed; what was changed is kept at the end, in the transaction that is open."""
    told = read_told(store)
    before = asdict(told)
    yield told
    if changed := {name: value for name, value in asdict(told).items() if value != before[name]}:
        store.set_meta_of(changed)


_NAMES: Final = [field.name for field in fields(Told)]
