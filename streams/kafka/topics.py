"""The four topics: facts come in on one, and what followed from them goes out on three.

Why each is as it is stands beside it here; what an authority may choose is in `docs/settings.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

CASE_FACTS: Final = "case-facts"
CASE_ALERTS: Final = "case-alerts"
CASE_COUNTS: Final = "case-counts"
QUARANTINE: Final = "case-facts-quarantine"
LONGEST_MESSAGE: Final = 1024 * 1024
"""Bytes of a batch on `case-facts`. A fact has at most 64 KiB; what is somewhat longer shall reach the quarantine,
which says so, and not end with an error that only its sender sees."""
_DAY: Final = 86_400_000
_HOUR: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """How one topic is to be. `configs` are Kafka's own names and values."""

    name: str
    partitions: int
    replication: int
    configs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Topics:
    """What may be chosen of the topics."""

    partitions: int = 12
    replication: int = 1
    in_sync: int = 1
    facts_retention_days: int = 28
    news_retention_days: int = 28
    counts_compaction_hours: int = 24

    def __iter__(self) -> Iterator[TopicPlan]:
        # Facts are let go by age alone: compaction would keep only the last fact of each case. By bytes none are, for a
        # busy week must not shorten the time in which a store that was restored can be brought up to date.
        facts = self._let_go_after(self.facts_retention_days) | {
            "max.message.bytes": str(LONGEST_MESSAGE),
            # The broker's clock and no sender's: retention counts by it, and so does `replay-topic --from`. A sender
            # whose clock is wrong could else have its facts let go at once, or kept for years.
            "message.timestamp.type": "LogAppendTime",
        }
        yield self._plan(CASE_FACTS, self.partitions, facts)
        # As many partitions as the facts have, so that whoever reads alerts can share the cases out likewise.
        yield self._plan(CASE_ALERTS, self.partitions, self._let_go_after(self.news_retention_days))
        # The latest count of a group says all; what it overtook is let go. One partition: there are few groups, and
        # one order for them all. A segment is closed after the same time, for only closed ones are compacted.
        compaction = str(self.counts_compaction_hours * _HOUR)
        counts = {
            "cleanup.policy": "compact",
            "max.compaction.lag.ms": compaction,
            "segment.ms": compaction,
        }
        yield self._plan(CASE_COUNTS, 1, counts)
        # One partition: a flood of refusals is seen in the order in which it came.
        yield self._plan(QUARANTINE, 1, self._let_go_after(self.news_retention_days))

    def _plan(self, name: str, partitions: int, configs: dict[str, str]) -> TopicPlan:
        # Every write is acknowledged by this many copies: with fewer in step the broker refuses it, and the sender
        # tries again, rather than one copy holding what is then lost with it.
        return TopicPlan(name, partitions, self.replication, configs | {"min.insync.replicas": str(self.in_sync)})

    @staticmethod
    def _let_go_after(days: int) -> dict[str, str]:
        # Kafka lets go of closed segments only, and of each once its last message is old enough. By its own week a
        # segment most of a short retention would go at once, and what came first would stay for a week too long.
        segment = min(_DAY, days * _DAY // 10)
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(days * _DAY),
            "retention.bytes": "-1",
            "segment.ms": str(segment),
        }
