"""Alerts as they come: told when a fact makes one, or a London midnight does, with no traffic at all.

The log of alerts is a function of the facts. A follower only asks for the part of it that has not been told yet, up to
now; so it does not matter when it wakes, how often, or for what: nothing is told twice, and nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from projections.questions.alerts import Alerts
from streams.errors import StoreHeld

_BETWEEN_LOOKS: Final = 0.25
"""Seconds at most between two glances at whether the store has changed."""


class Follower:
    """Where one telling of the log has come to."""

    def __init__(self, ask: Callable[[int, int], Alerts], since: int) -> None:
        """`ask` gives the changes at or after one instant and up to another; what comes before `since` is not told."""
        self._ask = ask
        self._since = since
        self.next_at = since
        """The instant at which it is time to look again, though nothing more be learnt."""

    def look(self, now: int) -> list[dict[str, Any]]:
        """The changes up to the instant that have not been told. Where a clock was set back, none until it has
        caught up."""
        if now < self._since:
            self.next_at = self._since
            return []
        told = self._ask(self._since, now)
        self._since, self.next_at = now + 1, told.next_at
        return told.lines


def follow(
    follower: Follower,
    *,
    now: Callable[[], int],
    store_state: Callable[[], object],
    tell: Callable[[dict[str, Any]], None],
    rest: Callable[[float], bool],
) -> None:
    """Tell every change as it comes, until `rest` says that nobody listens any more.

    `store_state` is another value once another process has written to the store; `rest` waits for some seconds.
    """
    while True:
        seen = store_state()  # before the look: what is written during it is looked at again
        try:
            lines = follower.look(now())
        except StoreHeld:  # nothing was told, so nothing is lost: look again
            if not rest(_BETWEEN_LOOKS):
                return
            continue
        for line in lines:
            tell(line)
        while store_state() == seen and (left := follower.next_at - now()) > 0:
            if not rest(min(_BETWEEN_LOOKS, left / 1_000_000)):
                return
