"""Whether a process lives and whether it does its work: asked over HTTP by whoever restarts it, or sends it traffic.

It lives while each of its loops turns. It is ready while each part that it needs says so; what is missing is named.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from time import monotonic
from typing import Any, Final, NamedTuple

TURNS_WITHIN: Final = 60.0
"""Seconds; a loop that has not turned for so long hangs. A batch, a page and a bounded wait for a server all fit."""


class Answer(NamedTuple):
    """An answer for a machine and for a person."""

    good: bool
    told: dict[str, Any]


class Health:
    """The health of one process; its parts are those that it was made with."""

    def __init__(self, *parts: str, turns_within: float = TURNS_WITHIN, clock: Callable[[], float] = monotonic) -> None:
        """`parts` are what the process needs, as in "store" and "broker": none is up before it says so. `clock` gives
        seconds."""
        self._clock = clock
        self._within = turns_within
        self._began = clock()
        self._turned_at: dict[str, float] = {}
        self._why: dict[str, str | None] = dict.fromkeys(parts, "not tried yet")
        self._stopping = False

    def turned(self, loop: str) -> None:
        """The loop of that name has turned once more; also while it waits for a server that is away.

        One that has turned once is expected to go on: of two in one process neither hides that the other hangs.
        """
        self._turned_at[loop] = self._clock()

    def up(self, part: str) -> None:
        """The part does its work."""
        self._why[part] = None

    def down(self, part: str, why: str) -> None:
        """The part does not; `why` is words of ours, which name no case."""
        self._why[part] = why

    def stopping(self) -> None:
        """The process was asked to end: it finishes what it has in hand."""
        self._stopping = True

    def is_ready(self) -> bool:
        """Whether everything that it needs is there."""
        return self.ready().good

    def lives(self) -> Answer:
        """Whether each of its loops turns."""
        loop, turned_at = min(self._turned_at.items(), key=itemgetter(1), default=("process", self._began))
        seconds = self._clock() - turned_at
        good = seconds <= self._within
        return Answer(good, {"lives": good} | ({} if good else {"why": f"{loop} last turned {seconds:.0f} s ago"}))

    def ready(self) -> Answer:
        """Whether it does its work, and of each part why not."""
        missing = {part: why for part, why in self._why.items() if why is not None}
        if self._stopping:
            missing["process"] = "stopping"
        good = not missing
        return Answer(good, {"ready": good} | ({} if good else {"why": missing}))
