"""The present instant, read in this one place and handed in wherever it is needed.

So that everything else can be asked about any day, and answers the same whenever it is asked.
"""

from __future__ import annotations

import time


def now() -> int:
    """This machine's present instant, in microseconds since 1970-01-01T00:00Z."""
    return time.time_ns() // 1_000
