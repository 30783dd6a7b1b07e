"""Fuzz targets: inputs are drawn for so many seconds, and none may do what its check forbids or take over a second.

`CASEDRIFT_FUZZ_SECONDS` sets how long each target tries; a failure is shown by Hypothesis as the smallest input found.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

_LONGEST: Final = 1.0
"""Seconds of processor time for one input."""
_AT_ONCE: Final = 100


def fuzz_seconds(usual: float = 60) -> float:
    """How long a target tries."""
    return float(os.environ.get("CASEDRIFT_FUZZ_SECONDS", usual))


def for_seconds(inputs: SearchStrategy[T], check: Callable[[T], None], seconds: float | None = None) -> int:
    """Check inputs, at least a hundred, until the time is over; how many. Raises what the check raises."""
    tried = 0

    @settings(max_examples=_AT_ONCE, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(inputs)
    def try_each(each: T) -> None:
        nonlocal tried
        tried += 1
        began = time.process_time()
        check(each)
        spent = time.process_time() - began
        assert spent < _LONGEST, f"{spent:.1f} s for one input"

    end = time.monotonic() + (fuzz_seconds() if seconds is None else seconds)
    while not tried or time.monotonic() < end:
        try_each()
    return tried
