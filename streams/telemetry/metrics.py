"""The figures for an operator's monitoring, in Prometheus' form: how many facts came, how far behind we are.

Labels come from fixed lists, so that no figure can tell of a child. Ages that grow while nothing happens are reckoned
when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from streams.kafka.topics import CASE_ALERTS, CASE_COUNTS, QUARANTINE
from streams.telemetry.alarms import Alarm, Flood
from streams.telemetry.seen import Counted, FeedState, Span

OUTCOMES: Final = ("accepted", "duplicate", "refused", "waiting")
REASONS: Final = (
    *("not-json", "not-an-event", "unknown-type", "invalid-data", "too-long", "recorded-in-future"),
    *("conflicting-duplicate", "target-unknown", "target-elsewhere", "target-itself", "not-read"),
)
"""Reasons of refusals that are told apart; any other counts as `other`."""
ALARMS: Final = ("refusals", "retention")
_TOPICS: Final = (CASE_ALERTS, CASE_COUNTS, QUARANTINE)
_FACTS: Final = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LOOKS_WITHIN: Final = 10.0
"""Seconds; a feed that can reach its store looks every second or so where it stands."""
_NOTHING: Final = FeedState(0, 0, 0, 0, 0)
_DAY: Final = 86_400
"""Seconds."""
_MS: Final = 1_000
"""Microseconds in a millisecond."""


class Figures:
    """What a worker and a feed have in common: a registry of their own, and whether they are ready."""

    def __init__(self, version: str, now: Callable[[], int], registry: CollectorRegistry | None = None) -> None:
        """`now` is the present instant in microseconds since 1970."""
        self.registry = CollectorRegistry() if registry is None else registry
        self.now = now
        Gauge("casedrift_info", "Which casedrift runs.", ["version"], registry=self.registry).labels(version).set(1)
        self._ready = Gauge("casedrift_ready", "1: does its work; 0: /readyz says why not.", registry=self.registry)
        alarm = Gauge("casedrift_alarm", "1: somebody should look; docs/runbook.md.", ["alarm"], registry=self.registry)
        self._alarms = {name: alarm.labels(name) for name in ALARMS}
        self._told = {name: Alarm(name) for name in ALARMS}

    def ready_is(self, ready: Callable[[], bool]) -> None:
        """Ask this whether the process is ready, whenever figures are asked for."""
        self._ready.set_function(lambda: float(ready()))

    def alarm_is(self, alarm: str, raised: Callable[[], bool]) -> None:
        """Ask this whether the alarm is raised, whenever figures are asked for."""
        self._alarms[alarm].set_function(lambda: float(self.watch(alarm, raised())))

    def watch(self, alarm: str, raised: bool) -> bool:
        """Whether the alarm is raised, which the log tells when it changes."""
        return self._told[alarm].is_now(raised)


class WorkerMetrics:
    """What a worker tells, as figures; it is a `WorkerSeen`."""

    def __init__(self, figures: Figures, flood: Flood, retention_alarm: float, retention_days: int) -> None:
        """`flood` watches over what is not accepted. `retention_alarm` is the share of a partition that must lie
        behind us, and of the `retention_days` that must be left to the message that we have come to."""
        registry = figures.registry
        self._figures = figures
        self._now = figures.now
        self._flood = flood
        self._least = retention_alarm
        self._longest_lag = (1 - retention_alarm) * retention_days * _DAY
        self._oldest_held: int | None = None
        self._lag = 0.0
        self._behind_since: dict[int, int] = {}
        """Of each partition that is behind: since when, or since when its commits have stood still."""
        self._committed: Mapping[int, int] = {}
        self._spans: Mapping[int, Span] = {}
        facts = Counter("casedrift_facts", "Facts taken, by what became of them.", ["outcome"], registry=registry)
        self._facts = {outcome: facts.labels(outcome) for outcome in OUTCOMES}
        refused = Counter("casedrift_refusals", "Messages refused, by reason.", ["reason"], registry=registry)
        self._refused = {reason: refused.labels(reason) for reason in (*REASONS, "other")}
        self._batch = Histogram("casedrift_batch_facts", "Facts a batch.", buckets=_FACTS, registry=registry)
        self._took = Histogram("casedrift_batch_seconds", "Seconds a batch.", buckets=_SECONDS, registry=registry)
        self._partitions = Gauge("casedrift_partitions", "Partitions that are this worker's.", registry=registry)
        lag = Gauge(
            "casedrift_intake_lag_seconds", "From the broker to the store: age of what is taken.", registry=registry
        )
        lag.set_function(self.lag_seconds)
        age = Gauge(
            "casedrift_committed_offset_age_seconds",
            "How long the partition that waits longest has waited for a commit of what was taken.",
            registry=registry,
        )
        age.set_function(self.committed_age_seconds)
        left = Gauge(
            "casedrift_retained_share_left",
            "Of what the topic holds, the share behind our place; below 0: some was let go before we had it.",
            registry=registry,
        )
        left.set_function(lambda: min((span.share_left for span in self._spans.values()), default=1.0))
        self._missed = Counter(
            "casedrift_messages_missed", "Messages that the topic let go before we had them.", registry=registry
        )
        figures.alarm_is("refusals", lambda: self._flood.is_on)
        figures.alarm_is("retention", lambda: self.is_running_out)

    @property
    def is_running_out(self) -> bool:
        """Whether the topic may soon let go of what was not yet taken: by its share, or by age, since where nothing was
        let go yet the first to go may be what we need."""
        by_share = any(span.is_running_out(self._least) for span in self._spans.values())
        return by_share or self.lag_seconds() > self._longest_lag

    def lag_seconds(self) -> float:
        """The age of the oldest message in hand, or, with none in hand, of the last one when it was taken, until it is
        seen that nothing follows it."""
        held = self._oldest_held
        return self._lag if held is None else self._since(held)

    def committed_age_seconds(self) -> float:
        """How long something taken has not been committed, of the partition that waits longest; 0 where all is."""
        now = self._now()
        return max(((now - since) / 1_000_000 for since in list(self._behind_since.values())), default=0.0)

    def holds(self, oldest_ms: int) -> None:
        """A batch is in hand."""
        self._oldest_held = oldest_ms

    def took(self, tally: Counted, seconds: float, newest_ms: int) -> None:
        """The batch is in the store."""
        for outcome, counter in self._facts.items():
            counter.inc(max(0, getattr(tally, outcome)))  # a batch that sets waiting ones free has fewer than none
        self._batch.observe(tally.read)
        self._took.observe(seconds)
        self._oldest_held, self._lag = None, self._since(newest_ms)
        self._flood.kept(tally.refused + max(0, tally.waiting))
        self._figures.watch("refusals", self._flood.is_on)

    def refused(self, reasons: Mapping[str, int]) -> None:
        """So many of its messages were refused."""
        for reason, count in reasons.items():
            self._refused.get(reason, self._refused["other"]).inc(count)

    def assigned(self, partitions: int) -> None:
        """So many partitions are this worker's."""
        self._partitions.set(partitions)

    def offsets(self, taken: Mapping[int, int], committed: Mapping[int, int]) -> None:
        """Where it is, and where the group knows it to be."""
        now, before = self._now(), self._committed
        self._behind_since = {
            partition: self._behind_since.get(partition, now)
            if committed.get(partition) == before.get(partition)
            else now
            for partition, offset in taken.items()
            if committed.get(partition, 0) < offset
        }
        self._committed = dict(committed)

    def missed(self, messages: int) -> None:
        """So many were let go before they were taken."""
        self._missed.inc(messages)

    def spans(self, spans: Mapping[int, Span]) -> None:
        """What its partitions still hold."""
        self._spans = dict(spans)
        if all(span.is_all_taken for span in spans.values()):
            self._lag = 0.0  # else a batch that came late would be told of until the next one comes
        self._figures.watch("retention", self.is_running_out)
        self._figures.watch("refusals", self._flood.is_on)  # it may be over without anything having come since

    def _since(self, milliseconds: int) -> float:
        return max(0.0, (self._now() - milliseconds * _MS) / 1_000_000)


class FeedMetrics:
    """What a feed tells, as figures; it is a `FeedSeen`."""

    def __init__(self, figures: Figures) -> None:
        registry = figures.registry
        self._now = figures.now
        self._state = _NOTHING
        self._seen_at = figures.now()
        self._is_active = False
        self._active = Gauge("casedrift_feed_active", "1: the one feed that works; 0: stands by.", registry=registry)
        self._folded = Counter("casedrift_folded_facts", "Facts folded.", registry=registry)
        self._page = Histogram("casedrift_page_facts", "Facts a page of the log.", buckets=_FACTS, registry=registry)
        self._took = Histogram("casedrift_page_seconds", "Seconds a page.", buckets=_SECONDS, registry=registry)
        sent = Counter("casedrift_announcements", "Messages sent and acknowledged.", ["topic"], registry=registry)
        self._sent = {topic: sent.labels(topic) for topic in _TOPICS}
        lag = Gauge("casedrift_feed_lag_seconds", "Age of the oldest fact accepted, not yet folded.", registry=registry)
        lag.set_function(lambda: self._grown(self._state.lag))
        undecided = Gauge(
            "casedrift_undecided_deadline_seconds",
            "Age of the oldest undecided deadline: a midnight not looked at, or a fact not folded.",
            registry=registry,
        )
        undecided.set_function(lambda: self._grown(self._state.undecided))
        self._outbox = Gauge("casedrift_outbox_messages", "Messages not yet sent.", registry=registry)
        kept = Gauge("casedrift_quarantine_facts", "What is in quarantine.", ["kind"], registry=registry)
        self._kept = {kind: kept.labels(kind) for kind in ("refused", "waiting")}

    def leads(self, active: bool) -> None:
        """Whether it is the one feed that works."""
        if active and not self._is_active:
            self._seen_at = self._now()
        self._is_active = active
        self._active.set(active)
        if not active:  # what it last saw is for the one that works now to tell
            self._state = _NOTHING
            for gauge in (self._outbox, *self._kept.values()):
                gauge.set(0)

    def stepped(self, facts: int, seconds: float) -> None:
        """A page was folded."""
        self._folded.inc(facts)
        self._page.observe(facts)
        self._took.observe(seconds)

    def sent(self, topic: str, messages: int) -> None:
        """The broker has them."""
        self._sent[topic].inc(messages)

    def stands(self, state: FeedState) -> None:
        """Where it stands now."""
        self._state, self._seen_at = state, self._now()
        self._outbox.set(state.outbox)
        self._kept["refused"].set(state.refused)
        self._kept["waiting"].set(state.waiting)

    def _grown(self, age: float) -> float:
        """The age by now. Of the feed that works: nobody knows what became due since it last could look."""
        since = max(0.0, (self._now() - self._seen_at) / 1_000_000)
        if not self._is_active:
            return 0.0
        return age + since if age > 0 or since > _LOOKS_WITHIN else 0.0
