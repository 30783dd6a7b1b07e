"""How a worker ends, so that whoever started it knows what to do.

What it had in hand and could not put into the store is left as it was: the broker gives it to the next one.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import Final, NoReturn

DONE: Final = 0
"""Asked to end, and everything in hand is in the store."""
INTERNAL: Final = 70
"""Our own program failed (`EX_SOFTWARE` of sysexits.h). Starting it again helps only once it is put right."""
TRY_AGAIN: Final = 75
"""The store or the broker was away (`EX_TEMPFAIL`). Start it again: the facts come again, and none twice."""


def leave_at_once(code: int) -> NoReturn:
    """End the process here and now: an ordinary end would tell the broker that what is in hand was taken."""
    with suppress(Exception):
        logging.shutdown()
        sys.stderr.flush()
    os._exit(code)
