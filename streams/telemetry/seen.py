"""What a worker and a feed let be seen while they run; nobody need be looking.

They tell it to one of these, and know nothing of monitoring: with figures asked for it is `WorkerMetrics` and
`FeedMetrics`, else `Unseen`. Only numbers and words of ours are told, nothing of a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Counted(Protocol):
    """What became of a batch's facts, as intake tallies it."""

    @property
    def read(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def duplicate(self) -> int: ...
    @property
    def refused(self) -> int: ...
    @property
    def waiting(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Span:
    """One partition of a topic: its first offset that is still there, the offset after its last, and the next that we
    have not taken."""

    first: int
    end: int
    place: int

    @property
    def is_all_taken(self) -> bool:
        """Whether nothing follows our place."""
        return self.place >= self.end

    @property
    def share_left(self) -> float:
        """How much of what the partition holds lies behind our place: 1 at its end, 0 where the next message to go is
        the next that we need, below 0 where some went before we had them."""
        if self.place < self.first:
            return -1.0
        return 1.0 if self.end <= self.first else (self.place - self.first) / (self.end - self.first)

    def is_running_out(self, least: float) -> bool:
        """Whether less than this share is left, of a partition from which something was let go already."""
        return self.first > 0 and self.share_left < least


class WorkerSeen(Protocol):
    """What a worker tells while it takes facts in."""

    def holds(self, oldest_ms: int) -> None:
        """It has a batch in hand; `oldest_ms` is the broker's time of its oldest message, milliseconds since 1970."""

    def took(self, tally: Counted, seconds: float, newest_ms: int) -> None:
        """The batch is in the store, with everything before it. `newest_ms`: the broker's time of its last message."""

    def refused(self, reasons: Mapping[str, int]) -> None:
        """How many of a batch's messages were refused, by reason."""

    def assigned(self, partitions: int) -> None:
        """How many partitions are this worker's now."""

    def offsets(self, taken: Mapping[int, int], committed: Mapping[int, int]) -> None:
        """The next offset to take, and the one committed to the group, of each of its partitions."""

    def missed(self, messages: int) -> None:
        """So many messages more were let go by the topic before they were taken."""

    def spans(self, spans: Mapping[int, Span]) -> None:
        """What each of its partitions still holds, and where it is in them."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """Where the feed stands, looked up in the store every second or so. All ages in seconds, 0 where there is none."""

    lag: float
    """How long the oldest fact has been accepted but not yet folded."""
    undecided: float
    """How long ago the earliest midnight passed that no delivery has yet looked at, or `lag`, whichever is longer."""
    outbox: int
    """Messages not yet sent."""
    refused: int
    """Facts in quarantine, without those that wait."""
    waiting: int
    """Facts that wait for their targets."""


class FeedSeen(Protocol):
    """What a feed tells while it folds and sends."""

    def leads(self, active: bool) -> None:
        """Whether it is the one feed that works, or stands by."""

    def stepped(self, facts: int, seconds: float) -> None:
        """A page of the log was folded and committed."""

    def sent(self, topic: str, messages: int) -> None:
        """Messages that the broker has acknowledged."""

    def stands(self, state: FeedState) -> None:
        """Where it stands now."""


class Unseen:
    """Nobody looks: takes everything that either tells, and does nothing."""

    def holds(self, oldest_ms: int) -> None: ...
    def took(self, tally: Counted, seconds: float, newest_ms: int) -> None: ...
    def refused(self, reasons: Mapping[str, int]) -> None: ...
    def assigned(self, partitions: int) -> None: ...
    def offsets(self, taken: Mapping[int, int], committed: Mapping[int, int]) -> None: ...
    def missed(self, messages: int) -> None: ...
    def spans(self, spans: Mapping[int, Span]) -> None: ...
    def leads(self, active: bool) -> None: ...
    def stepped(self, facts: int, seconds: float) -> None: ...
    def sent(self, topic: str, messages: int) -> None: ...
    def stands(self, state: FeedState) -> None: ...
