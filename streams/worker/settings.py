"""What a worker goes by: how it reaches the broker, who it is in its group, how much it takes at once.

The times are those with which a worker that was killed is back at work in under five seconds
(`docs/settings.md`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from streams.kafka.connecting import KafkaSettings


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """The settings of one worker; times in seconds."""

    kafka: KafkaSettings = field(default_factory=KafkaSettings)
    group: str = "casedrift"
    """The workers that share the facts between them."""
    member: str = "worker"
    """Which worker of the group this is, also after it was started again. No two may have the same."""
    batch: int = 500
    """Messages taken at once, at most."""
    batch_wait: float = 0.1
    """How long a batch that is not full may wait for more."""
    session: float = 6
    """A worker not heard of for so long is dead, and its partitions go to others."""
    heartbeat: float = 1
    request: float = 10
    rebalance: float = 6
    """How long the group waits for a member to finish what it has in hand before partitions change hands."""
    commit: float = 1
    """Between two times that the broker is told how far we are."""
    grace: float = 25
    """How long a worker that was asked to end may take; then it leaves what it has in hand to the next one."""
