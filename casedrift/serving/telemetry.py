"""What an operator sees of a process of the live path, put together: its log, its figures, its health, and the pages
on which the last two are served.

Without a port set no pages are served; the log is always written, and alarms are always told in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import casedrift
from casedrift.now import now
from casedrift.settings import Settings
from streams.errors import OutOfReach
from streams.telemetry.health import Health
from streams.telemetry.seen import FeedSeen, Unseen, WorkerSeen


@dataclass(frozen=True, slots=True)
class Telemetry:
    """To whom a process tells what it does."""

    health: Health
    worker: WorkerSeen
    feed: FeedSeen
    port: int | None
    """Where the pages are served, if they are."""


@contextmanager
def telemetry(
    settings: Settings, *parts: str, works: Collection[Literal["worker", "feed"]] = ("worker", "feed")
) -> Iterator[Telemetry]:
    """The log is set up, and the pages are served until the end. `parts`: what the process needs to be ready; `works`:
    what it does, so that it gives no figures of what it does not.

    OutOfReach where what this needs is not installed, WrongInput where the pages can't be served.
    """
    try:
        from streams.telemetry.alarms import Flood
        from streams.telemetry.logs import set_up
        from streams.telemetry.metrics import FeedMetrics, Figures, WorkerMetrics
        from streams.telemetry.serving import Pages
    except ImportError as error:
        raise OutOfReach("the live path needs more than is installed; run make live, then try again") from error
    set_up(settings.log_level, now)
    health = Health(*parts)
    figures = Figures(casedrift.__version__, now)
    figures.ready_is(health.is_ready)
    worker: WorkerSeen = Unseen()
    if "worker" in works:
        flood = Flood(settings.quarantine_alarm, now)
        worker = WorkerMetrics(figures, flood, settings.retention_alarm, settings.facts_retention_days)
    feed: FeedSeen = FeedMetrics(figures) if "feed" in works else Unseen()
    if settings.metrics_port is None:
        yield Telemetry(health, worker, feed, None)
        return
    pages = Pages(settings.metrics_address, settings.metrics_port, figures.registry, health)
    try:
        yield Telemetry(health, worker, feed, pages.port)
    finally:
        pages.close()
