"""`casedrift feed` as a process: one feed works, another stands by, and neither ends because something is away.

Folding and sending go on side by side, each over a connection of its own. Whatever is away is waited for, tried again
and said once; what was folded, and what was not yet sent, is in the store.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final

from casedrift.serving.feeding import Feeder
from casedrift.settings import Settings
from streams.errors import BrokerAway, OutOfReach, WrongInput
from streams.sending import KafkaSender, send_out
from streams.store import Store
from streams.stores import open_store
from streams.telemetry.health import Health
from streams.telemetry.logs import log
from streams.telemetry.seen import FeedSeen

_STANDBY: Final = 0.5
"""Seconds after which a standby asks again whether the other is gone."""
_FIRST_WAIT: Final = 0.1
_LONGEST_WAIT: Final = 5.0
"""Seconds before what is away is tried again: doubled each time, from the first to the longest."""
_LOOK: Final = 1.0
"""Seconds between two looks at how things stand."""
PARTS: Final = ("store", "broker", "feed")
"""What a feed needs to be ready."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed process works with."""

    url: str
    settings: Settings
    now: Callable[[], int]
    health: Health
    seen: FeedSeen


def run_feed(feed: Feed, stop: Event) -> None:
    """Keep the views and send what is told, until `stop` is set; the step and the messages in hand are finished."""
    leads, changed, failed = Event(), Event(), list[BaseException]()

    def send() -> None:
        try:
            _patiently(feed, stop, "broker", lambda tried: _send(feed, stop, leads, changed, tried))
        except BaseException as error:
            failed.append(error)
            stop.set()  # rows without anybody told of them are not what a feed is for

    sending = Thread(target=send)
    sending.start()
    try:
        _patiently(feed, stop, "store", lambda tried: _fold(feed, stop, leads, changed, tried))
    finally:
        stop.set()
        changed.set()
        sending.join()
    if failed:
        raise failed[0]
    log().info("feed ended")


def _fold(feed: Feed, stop: Event, leads: Event, changed: Event, tried: Callable[[], None]) -> None:
    """Fold while this process leads; else stand by."""
    with open_store(feed.url) as store:
        if not store.lead():
            leads.clear()  # it may have led before the database was away
        if not _lead(feed, store, stop):
            return
        leads.set()
        feeder = Feeder(
            store,
            feed.now,
            feed.seen,
            source=feed.settings.announced_by,
            counts_seconds=feed.settings.counts_seconds,
        )
        feeder.look()  # before it folds: where it can't, how long that lasts is to be seen
        looked, works = time.monotonic(), False
        while not stop.is_set():
            feed.health.turned()
            folded = feeder.step()
            if not folded:
                feeder.pass_time()
            if not works:  # no sooner: a store that opens and can't be written to is away too
                works = True
                tried()
                feed.health.up("store")
                feed.health.up("feed")
                log().info("feed works")
            changed.set()
            idle = not folded and not feeder.recall()
            if idle or time.monotonic() - looked >= _LOOK:  # also where there is no end of facts to fold
                feeder.look()
                looked = time.monotonic()
            if idle:
                store.wait(feeder.seconds_to_wait(_LOOK))


def _lead(feed: Feed, store: Store, stop: Event) -> bool:
    """Wait until this process is the one feed that works; False where it is to end before."""
    said = False
    while not store.lead():
        feed.seen.leads(False)
        feed.health.turned()
        feed.health.up("store")
        feed.health.up("feed")  # standing by is its work
        if not said:
            log().info("feed stands by")
            said = True
        if stop.wait(_STANDBY):
            return False
    feed.seen.leads(True)
    return True


def _send(feed: Feed, stop: Event, leads: Event, changed: Event, tried: Callable[[], None]) -> None:
    """Send what waits in the outbox, again and again, while this process leads: two that send would say all twice."""
    with open_store(feed.url) as store, _sender(feed) as sender:
        works = False
        while True:
            ending = stop.is_set()
            changed.clear()
            if leads.is_set():
                send_out(store, sender.send, feed.seen.sent)
            if not works:
                works = True
                tried()
                feed.health.up("broker")
            if ending:
                return
            changed.wait(_LOOK)


@contextmanager
def _sender(feed: Feed) -> Iterator[KafkaSender]:
    sender = KafkaSender(feed.settings.kafka())
    try:
        yield sender
    finally:
        with suppress(OutOfReach):
            sender.close()


def _patiently(feed: Feed, stop: Event, part: str, work: Callable[[Callable[[], None]], None]) -> None:
    """Do the work, and where something is away begin it again, until `stop` is set."""
    tried = 0

    def works() -> None:
        nonlocal tried
        if tried:
            log().info("back at work", part=part, attempt=tried)
        tried = 0

    while True:
        try:
            return work(works)
        except (OutOfReach, WrongInput) as away:  # a topic or a table that is not there yet may be made
            feed.health.turned()
            of_store = part == "broker" and isinstance(away, OutOfReach) and not isinstance(away, BrokerAway)
            feed.health.down(part, "waits for the store" if of_store else "out of reach")
            if not tried:
                log().warning("out of reach", part="store" if of_store else part, error=away)
            if stop.wait(min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(tried, 16)) * (0.5 + random.random() / 2)):
                return None
            tried += 1
