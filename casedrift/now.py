"""The present instant, read in this one place and handed in wherever it is needed.

So that everything else can be asked about any day, and answers the same whenever it is asked. For tests and audits
`CASEDRIFT_NOW` sets another hour, which then goes on from the start of the program; under it the store is only read.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from streams.errors import WrongInput

if TYPE_CHECKING:
    from streams.store import Store

_STARTED: Final = time.monotonic_ns() // 1_000
_FILE: Final = Path("casedrift.toml")
"""As in `casedrift.settings`, which is loaded where something is set."""


def now() -> int:
    """The present instant, in microseconds since 1970-01-01T00:00Z: this machine's, or the one that is set, going on.

    WrongInput where what is set is no instant.
    """
    start = _set_hour()
    if start is None:
        return time.time_ns() // 1_000
    return start + time.monotonic_ns() // 1_000 - _STARTED


def of_store(store: Store, now: Callable[[], int]) -> Callable[[], int]:
    """The instant from which what a store accepts now is known: by the clock that it has, else by `now`."""

    def known_from() -> int:
        own = store.now()
        return now() if own is None else own

    return known_from


def another_hour() -> bool:
    """Whether another hour than the real one is set."""
    return _set_hour() is not None


def refuse_to_write() -> None:
    """WrongInput where another hour is set: what is taken in is known from when it really was."""
    if another_hour():
        raise WrongInput("CASEDRIFT_NOW sets another hour, and under it a store is only read; unset it to write")


@cache
def _set_hour() -> int | None:
    """The instant that is set for the start of the program, if one is."""
    if not os.environ.get("CASEDRIFT_NOW") and not _FILE.is_file():
        return None
    from casedrift.settings import read_settings

    return read_settings().now
