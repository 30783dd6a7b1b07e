"""`casedrift feed`: the views kept up with what is accepted, alerts and counts sent as they change."""

from __future__ import annotations

import signal
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from casedrift.cli.options import StoreOption, store_asked
from casedrift.now import now, refuse_to_write

if TYPE_CHECKING:
    from types import FrameType


def feed(store: StoreOption = None) -> None:
    """Keep the views up with the log, and send alerts and counts to Kafka. Of several, one works and the rest stand by.

    It goes on until it is told to end (SIGTERM, or Ctrl-C).
    """
    from casedrift.settings import read_settings

    refuse_to_write()
    url, settings = store_asked(store), read_settings()
    settings.kafka()  # what can't go together is said before anything is tried
    from casedrift.serving.feed import PARTS, Feed, run_feed
    from casedrift.serving.telemetry import telemetry
    from streams.stores import open_store

    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _setter(stop))
    with open_store(url):
        pass  # a store that can't be used is said at once; later it is waited for
    with telemetry(settings, *PARTS, works=["feed"]) as told:
        run_feed(Feed(url, settings, now, told.health, told.feed), stop)


def _setter(stop: Event) -> Callable[[int, FrameType | None], None]:
    def set_it(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return set_it
