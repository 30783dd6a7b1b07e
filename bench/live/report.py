"""How the figures of the live path are printed: as the other parts', one line each as soon as it is known."""

from __future__ import annotations

from collections.abc import Sequence

from bench.live.latency import Delays
from bench.live.whole import Pace
from bench.report import say


def say_whole(ours: Pace, peer: Pace, bare: Pace) -> None:
    """From Kafka to rows, beside the peer and the ceiling."""
    say("live", f"{ours.a_second:,.0f} facts/s", f"{ours.facts:,} facts, Kafka to rows, from the start of the worker")
    say("  steady", f"{ours.steady:,.0f} facts/s", "once the first are through; wanted at least 4,000")
    _say_cpu(ours)
    say("  peer", f"{peer.steady:,.0f} facts/s", f"one event at a time, {peer.facts:,} facts, steady")
    _say_cpu(peer)
    say("  ratio", f"{ours.steady / peer.steady:.1f} times", f"{_on_cpu(ours, peer)}; wanted at least 10")
    say("  ceiling", f"{bare.steady:,.0f} messages/s", f"bare batches into a plain table, {bare.facts:,}, steady")
    _say_cpu(bare)
    say("  share", f"{ours.steady / bare.steady:.2f}", f"of the ceiling; {_on_cpu(ours, bare)}")


def say_telling(ours: Pace) -> None:
    """The same, with all that turns meanwhile told."""
    say("  telling", f"{ours.steady:,.0f} facts/s", "the same, and each alert that turns meanwhile is sent")
    _say_cpu(ours)


def say_pauses(seconds: Sequence[float]) -> None:
    """From a killed worker to rows again; the shortest comes first."""
    median = seconds[len(seconds) // 2]
    say("killed", f"{median:.1f} s", f"{len(seconds)} times; the longest {seconds[-1]:.1f}; wanted under 5")


def say_delays(delays: Delays) -> None:
    """From a fact to its alert."""
    words = f"{delays.alerts:,} alerts of {delays.facts:,} facts at {delays.a_second:,.0f} a second"
    say("alert", f"{delays.p50:,.0f} ms", f"{words}, {delays.open_cases:,} cases open")
    say("  95 %", f"{delays.p95:,.0f} ms")
    say("  99 %", f"{delays.p99:,.0f} ms", f"wanted under 500; the longest {delays.most:,.0f}")


def say_feeds(ours: Pace, peer: Pace) -> None:
    """The feed beside the library's runner."""
    say("feed", f"{ours.steady:,.0f} facts/s", f"{ours.facts:,} facts")
    _say_cpu(ours)
    say("  peer", f"{peer.steady:,.0f} facts/s", f"ProjectionRunner, the same rows, {peer.facts:,} facts, steady")
    _say_cpu(peer)
    say("  ratio", f"{ours.steady / peer.steady:.1f} times", f"{_on_cpu(ours, peer)}; wanted at least 20")


def _say_cpu(pace: Pace) -> None:
    if pace.busy:
        each = ", ".join(f"{part} {used:.1f} s" for part, used in pace.busy.items())
        say("  on cpu", f"{pace.a_busy_second:,.0f} facts/s", f"of processor time: {each}")


def _on_cpu(ours: Pace, other: Pace) -> str:
    if not ours.busy or not other.busy:
        return "processor time is not known here"
    return f"on cpu {ours.a_busy_second / other.a_busy_second:.2f}"
