"""How often a fault is tried: the full number for `make faults`, a tenth of it in `make test`."""

from __future__ import annotations

import os


def times(full: int) -> int:
    """The number of times that is asked for."""
    return full if os.environ.get("CASEDRIFT_FAULTS") == "full" else max(1, full // 10)
