"""`casedrift live`: a worker and a feed in one process, for an authority small enough for one machine.

The worker has the main thread, where the broker's heartbeats are; the feed has one of its own, with a store of its
own. Where either fails, both end, and whoever started them starts them again.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Final

from casedrift.serving.feed import PARTS as OF_THE_FEED
from casedrift.serving.feed import Feed, run_feed
from casedrift.serving.telemetry import Telemetry
from casedrift.serving.worker import PARTS as OF_THE_WORKER
from casedrift.serving.worker import make_worker
from casedrift.settings import Settings
from streams.stores import open_store
from streams.telemetry.logs import log

PARTS: Final = tuple(dict.fromkeys((*OF_THE_WORKER, *OF_THE_FEED)))
"""What both need to be ready."""


def run_live(url: str, settings: Settings, told: Telemetry, now: Callable[[], int]) -> None:
    """Work and feed until SIGTERM or SIGINT. OutOfReach, or WrongInput, where that can't begin."""
    with open_store(url, create=True):
        pass
    worker = make_worker(url, settings, told)
    feed = _FeedBeside(Feed(url, settings, now, told.health, told.feed), worker.end)
    try:
        worker.run(then=feed.start)
    finally:
        feed.end()
    if feed.failed is not None:
        raise feed.failed


class _FeedBeside:
    """The feed in a thread of its own; where it fails, `failing` is called to end the worker too."""

    def __init__(self, feed: Feed, failing: Callable[[], None]) -> None:
        self._feed = feed
        self._failing = failing
        self._stop = Event()
        self._thread = Thread(target=self._run, name="feed")
        self.failed: Exception | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Finish the page and the messages in hand, and end."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            run_feed(self._feed, self._stop)
        except Exception as error:
            self.failed = error
            log().error("feed failed", error=error)
            self._failing()
