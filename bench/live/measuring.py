"""The parts of the live bench in their order: the sizes, and what is said of each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bench.live import report
from bench.live.feeds import both_feeds
from bench.live.ground import facts_until_now
from bench.live.killed import pauses
from bench.live.latency import A_SECOND, delays
from bench.live.whole import bare, one_by_one, through

FACTS: Final = 100_000
PEERS_SHARE: Final = 33
"""The peers take one in so many: enough for their steady pace, which does not change."""
SECONDS: Final = 60
"""So long facts are published at the pace at which alerts are timed."""
HISTORY: Final = 150_000
"""Facts before these: some thousands of cases are open then."""
KILLS: Final = 10
"""So often a worker is killed and started anew."""


def measure(folder: Path, *, quick: bool) -> None:
    """Measure the live path and print each figure; `quick` is a tenth of the size."""
    part = 10 if quick else 1
    lines = facts_until_now(FACTS // part)
    few = lines[: max(len(lines) // PEERS_SHARE, 1_000)]
    report.say_whole(through(folder, lines, silent=True), one_by_one(folder, few), bare(folder, lines))
    report.say_telling(through(folder, lines))
    report.say_pauses(pauses(folder, lines, max(KILLS // part, 3)))
    timed = A_SECOND * SECONDS // part
    report.say_delays(delays(folder, facts_until_now(HISTORY // part + timed), timed))
    report.say_feeds(*both_feeds(folder, lines, len(few)))
