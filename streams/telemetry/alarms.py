"""Alarms: a flood of messages that are not accepted, and a topic that may let go of facts before they were
taken. Somebody should look.

An alarm stops nothing: what is refused is kept, the rest goes on. It is a line in the log when it is raised and one
when it is over, and a figure in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from streams.telemetry.logs import log

_MINUTE: Final = 60_000_000


class Alarm:
    """One alarm: raised or not, and told once each time that this changes."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_raised = False

    def is_now(self, raised: bool) -> bool:
        """Whether it is raised now, which is given back; a change is a line in the log."""
        if raised != self._is_raised:
            self._is_raised = raised
            if raised:
                log().warning("alarm raised", alarm=self._name)
            else:
                log().info("alarm over", alarm=self._name)
        return raised


class Flood:
    """Whether more than so many messages went into quarantine within the last minute: refused, or waiting for what they
    correct, which is looked through with every batch and may never come."""

    def __init__(self, a_minute: int, now: Callable[[], int]) -> None:
        """`now` is the present instant in microseconds since 1970."""
        self._limit = a_minute
        self._now = now
        self._kept: deque[tuple[int, int]] = deque()
        self._count = 0

    @property
    def is_on(self) -> bool:
        """Whether it is a flood now."""
        self._forget()
        return self._count > self._limit

    def kept(self, messages: int) -> None:
        """So many more went there."""
        if messages:
            self._kept.append((self._now(), messages))
            self._count += messages

    def _forget(self) -> None:
        since = self._now() - _MINUTE
        while self._kept and self._kept[0][0] <= since:
            self._count -= self._kept.popleft()[1]
