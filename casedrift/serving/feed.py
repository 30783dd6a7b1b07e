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
_LOOP: Final = "feed"
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


class _Between:
    """What the thread that folds and the one that sends tell each other."""

    def __init__(self) -> None:
        self.leads: int | None = None
        """By which connection this process leads, if it does; whether that still lives only the store knows."""
        self.changed = Event()
        self.folded = Event()
        """Set once nothing more is folded: what is in the outbox then is sent, and no more."""
        self.sent = Event()
        """Set once nothing more is sent: until then the lead is kept, so that nobody else sends the same."""


def run_feed(feed: Feed, stop: Event) -> None:
    """Keep the views and send what is told, until `stop` is set; the step and the messages in hand are finished."""
    between, failed = _Between(), list[BaseException]()
    feed.health.turned(_LOOP)  # from here on it is expected to

    def send() -> None:
        try:
            _patiently(feed, stop, "broker", lambda tried: _send(feed, between, tried))
        except BaseException as error:
            failed.append(error)
            stop.set()  # rows without anybody told of them are not what a feed is for
        finally:
            between.sent.set()

    sending = Thread(target=send)
    sending.start()
    try:
        _patiently(feed, stop, "store", lambda tried: _fold(feed, stop, between, tried))
    finally:
        stop.set()
        feed.health.stopping()
        between.folded.set()
        between.changed.set()
        sending.join()
    if failed:
        raise failed[0]
    log().info("feed ended")


def _fold(feed: Feed, stop: Event, between: _Between, tried: Callable[[], None]) -> None:
    """Fold while this process leads; else stand by."""
    between.leads = None  # it may have led before the database was away
    with open_store(feed.url) as store:
        if not _lead(feed, store, stop, tried):
            return
        between.leads = store.session
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
            feed.health.turned(_LOOP)
            folded = feeder.step()
            if not folded:
                feeder.pass_time()
            if not works:  # no sooner: a store that opens and can't be written to is away too
                works = True
                tried()
                feed.health.up("store")
                feed.health.up("feed")
                log().info("feed works")
            between.changed.set()
            idle = not folded and not feeder.recall()
            if idle or time.monotonic() - looked >= _LOOK:  # also where there is no end of facts to fold
                feeder.look()
                looked = time.monotonic()
            if idle:
                store.wait(feeder.seconds_to_wait(_LOOK))
        feed.health.stopping()
        between.folded.set()
        between.changed.set()
        between.sent.wait()


def _lead(feed: Feed, store: Store, stop: Event, tried: Callable[[], None]) -> bool:
    """Wait until this process is the one feed that works; False where it is to end before."""
    said, began = False, time.monotonic()
    while not store.lead():
        feed.seen.leads(False)
        feed.health.turned(_LOOP)
        feed.health.up("store")
        feed.health.up("feed")  # standing by is its work
        if not said:
            log().info("feed stands by")
            said = True
        if time.monotonic() - began >= _LONGEST_WAIT:  # no sooner: where no feed can write, they take turns at trying
            tried()
        if stop.wait(_STANDBY):
            return False
    feed.seen.leads(True)
    return True


def _send(feed: Feed, between: _Between, tried: Callable[[], None]) -> None:
    """Send what waits in the outbox, again and again, while this process leads: two that send would say all twice, and
    the older news after the newer."""
    with open_store(feed.url) as store, _sender(feed) as sender:

        def leads() -> bool:
            return between.leads is not None and store.is_led_by(between.leads)

        works = False
        while True:
            ending = between.folded.is_set()
            between.changed.clear()
            send_out(store, sender.send, feed.seen.sent, leads)
            if not works:
                works = True
                tried()
                feed.health.up("broker")
            if ending:
                return
            between.changed.wait(_LOOK)


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
            if part == "store":  # the loop that folds; that the other one turns says nothing of it
                feed.health.turned(_LOOP)
            of_store = part == "broker" and isinstance(away, OutOfReach) and not isinstance(away, BrokerAway)
            feed.health.down(part, "waits for the store" if of_store else "out of reach")
            if not tried:
                log().warning("out of reach", part="store" if of_store else part, error=away)
            if stop.wait(min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(tried, 16)) * (0.5 + random.random() / 2)):
                return None
            tried += 1
