"""From a worker killed to facts flowing again, with the settings that ship: it is started anew at once, as a service
manager does, and takes up its place in the group.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from bench.live.ground import WITHIN, ground, one_number
from bench.live.whole import ACCEPTED, FOLDED
from tests.kit.parts import wait_until


def pauses(folder: Path, lines: Sequence[bytes], times: int) -> list[float]:
    """Seconds, shortest first, from each kill to the rows of a fact that was not yet accepted by then."""
    found = []
    with ground(folder) as live, live.command("feed"):
        live.publish(lines)
        for _ in range(times):
            with live.command("worker") as worker:
                before = one_number(live.url, ACCEPTED)
                wait_until(lambda: one_number(live.url, ACCEPTED) > before, "facts flow", WITHIN)  # noqa: B023
                worker.kill()
            killed = time.monotonic()
            there = one_number(live.url, ACCEPTED)
            assert there < len(lines) // 2, "too few facts are left to see them flow"
            with live.command("worker"):
                wait_until(lambda: one_number(live.url, FOLDED) > there, "facts flow again", WITHIN)  # noqa: B023
                found.append(time.monotonic() - killed)
    return sorted(found)
