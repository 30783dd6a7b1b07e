"""`casedrift worker` and `casedrift live`: facts taken from Kafka into the store as they come, until told to end.

What is wrong with the settings, the store or the broker at the start is said at once; later it is waited for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from casedrift.cli.options import StoreOption, store_asked
from casedrift.now import now, refuse_to_write
from streams.errors import OutOfReach

if TYPE_CHECKING:
    from casedrift.settings import Settings


def worker(store: StoreOption = None) -> None:
    """Take facts from Kafka into the store, which must be there. Several share the partitions between them.

    It goes on until it is told to end (SIGTERM, or Ctrl-C).
    """
    url, settings = _asked(store)
    with _installed():
        from casedrift.serving.telemetry import telemetry
        from casedrift.serving.worker import PARTS, WORKS, make_worker
    with telemetry(settings, *PARTS, works=WORKS) as told:
        make_worker(url, settings, told).run()


def live(store: StoreOption = None) -> None:
    """Worker and feed in one process, for a small authority: facts from Kafka in, alerts and counts out.

    It makes the store where there is none, and goes on until it is told to end (SIGTERM, or Ctrl-C).
    """
    url, settings = _asked(store)
    with _installed():
        from casedrift.serving.live import PARTS, run_live
        from casedrift.serving.telemetry import telemetry
    with telemetry(settings, *PARTS) as told:
        run_live(url, settings, told, now)


def _asked(store: str | None) -> tuple[str, Settings]:
    """The store and the settings; what can't go together is said before anything is tried."""
    from casedrift.settings import read_settings

    refuse_to_write()
    url, settings = store_asked(store), read_settings()
    settings.kafka()
    return url, settings


@contextmanager
def _installed() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise OutOfReach("the live path needs more than is installed; run make live, then try again") from error
