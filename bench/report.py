"""How a figure of the bench is printed: one line each, as soon as it is known, ratios last."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from statistics import mean

from bench.extracts import Loaded
from bench.fold import Folded
from bench.intake import Taken
from bench.midnight import Step
from bench.peers import Side, Sides
from bench.questions import WANTED, Cost
from bench.workbook import Read


def say(name: str, figure: str, words: str = "") -> None:
    """Print one figure."""
    print(f"{name:<13}{figure:>22}   {words}".rstrip(), flush=True)


def say_intake(ours: Taken, raw: Taken) -> None:
    """Taking facts in, beside the bare log."""
    say(
        "intake",
        f"{ours.a_second:,.0f} facts/s",
        f"{ours.facts:,} facts, {ours.open_cases:,} open at the end, fsync on",
    )
    say("  peer", f"{raw.a_second:,.0f} events/s", f"insert_events alone, 500 a call, {raw.facts:,} events")
    say("  ratio", f"{ours.a_second / raw.a_second:.2f}")
    say("  on cpu", f"{ours.a_busy_second:,.0f} facts/s", f"of processor time; the peer {raw.a_busy_second:,.0f}")
    say("  ratio", f"{ours.a_busy_second / raw.a_busy_second:.2f}")
    say("  memory", f"{ours.megabytes:,.0f} MB", "at its peak; wanted under 1,000")


def say_growth(smalls: Sequence[Taken], large: Taken) -> None:
    """A fact's cost in a large store, beside what it was on average in a small one, taken in before and after."""
    small = smalls[0]
    seconds, busy = (mean(cost(each) for each in smalls) for cost in (attrgetter("seconds"), attrgetter("busy")))
    wall = large.seconds / large.facts / (seconds / small.facts)
    on_cpu = large.busy / large.facts / (busy / small.facts)
    say("growth", f"{wall:.2f}", f"a fact's cost, {large.facts:,} to {small.facts:,} facts")
    say("  on cpu", f"{on_cpu:.2f}", "both wanted at 1.3 at most")
    words = f"peak memory, of which the small: {small.megabytes:,.0f} MB at {small.open_cases:,} open cases"
    say("  memory", f"{large.megabytes / small.megabytes:.2f}", words)


def say_fold(folded: Folded) -> None:
    """The fold beside json.loads, and the rebuild."""
    say("fold", f"{folded.fold_a_second:,.0f} facts/s", f"{folded.facts:,} facts, {folded.clocks} clocks")
    say("  peer", f"{folded.json_a_second:,.0f} lines/s", f"json.loads alone, {folded.lines:,} lines")
    say("  ratio", f"{folded.fold_a_second / folded.json_a_second:.2f}")
    say(
        "rebuild", f"{folded.rebuild_a_second:,.0f} facts/s", f"compared and switched; {folded.differences} rows differ"
    )


def say_questions(within: dict[str, Cost], apart: dict[str, Cost]) -> None:
    """Each question within a process and as a command: the middle and the 95th percentile, wall and processor."""
    for name, cost in within.items():
        words = f"95 %: {cost.wall_95:.1f} wall, {cost.busy_95:.1f} cpu; wanted under {WANTED[name]}"
        say(name, f"{cost.wall:.1f} ms, cpu {cost.busy:.1f}", words)
        whole = apart[name]
        words = f"95 %: {whole.wall_95:.0f} wall, {whole.busy_95:.0f} cpu; wanted under 1,000"
        say("  command", f"{whole.wall:.0f} ms, cpu {whole.busy:.0f}", words)


def say_longer(both: dict[str, tuple[Cost, Cost]]) -> None:
    """The same answers out of twice the history."""
    for name, (half, whole) in both.items():
        words = (
            f"{name}: twice the history, the same answers; on cpu {whole.busy / half.busy:.2f}; wanted at 1.2 at most"
        )
        say("longer", f"{whole.wall / half.wall:.2f}", words)


def say_polars(sides: dict[str, Sides]) -> None:
    """The notebook's cost beside ours, loaded anew and warm."""
    for name, (ours, peer) in sides.items():
        words = f"ours {_ms(ours)}, the notebook {_ms(peer)}"
        say(f"polars {name}"[:13], f"{peer.wall / ours.wall:.1f} times", words)


def say_policy(whole: Side, overdue: int, plain: Sides) -> None:
    """Another policy folded for one question, beside DuckDB."""
    say("what-if", f"{whole.wall:.2f} s, cpu {whole.busy:.2f}", f"all clocks, {overdue:,} overdue; wanted under 5")
    ours, peer = plain
    say("  duckdb", f"{peer.wall / ours.wall:.2f} times", f"plain clocks only: ours {_ms(ours)}, the SQL {_ms(peer)}")


def say_midnight(store: Step, million: Step, runs: int, tenth: Step) -> None:
    """The step over midnight."""
    say("midnight", f"{store.wall:.3f} s, cpu {store.busy:.3f}", f"alerts of the store, {store.turned:,} lines")
    words = f"index look-up, {runs:,} open runs, {million.turned:,} turned; wanted under 1"
    say("  open runs", f"{million.wall:.3f} s, cpu {million.busy:.3f}", words)
    say("  memory", f"{million.megabytes:,.0f} MB", f"a tenth of the runs: {tenth.megabytes:,.0f}")


def say_workbook(ours: Read, pandas: Read) -> None:
    """Reading a workbook, beside pandas; both have found as many cells."""
    assert ours.cells == pandas.cells, (ours.cells, pandas.cells)
    say("workbook", f"{ours.seconds:.2f} s, cpu {ours.busy:.2f}", f"{ours.cells:,} cells read; wanted under 6")
    say("  pandas", f"{pandas.seconds:.2f} s, cpu {pandas.busy:.2f}", "read_excel of all sheets, with openpyxl")
    say("  ratio", f"{pandas.seconds / ours.seconds:.1f} times", f"on cpu {pandas.busy / ours.busy:.1f}; wanted at 2")
    words = f"at its peak, {ours.before:,.0f} before; pandas {pandas.megabytes:,.0f}, {pandas.before:,.0f} before"
    say("  memory", f"{ours.megabytes:,.0f} MB", words)


def say_workbooks(rows: int, first: Loaded, later: Loaded) -> None:
    """A workbook loaded, and the next month's held against it; each is to take 20 s and 500 MB at most."""
    words = f"a workbook of {rows:,} rows becomes {first.tally['accepted']:,} facts; wanted under 20"
    say("extracts", f"{first.seconds:.1f} s, cpu {first.busy:.1f}", words)
    news = ", ".join(f"{later.tally[each]:,} {each}" for each in ("accepted", "corrected", "withdrawn"))
    say("  next month", f"{later.seconds:.1f} s, cpu {later.busy:.1f}", f"held against it: {news}; wanted under 20")
    words = f"at its peak, then {later.megabytes:,.0f}; wanted under 500"
    say("  memory", f"{first.megabytes:,.0f} MB", words)


def say_census(children: int, load: Loaded) -> None:
    """A census loaded."""
    words = f"{children:,} children become {load.tally['accepted']:,} facts; wanted under 15"
    say("census", f"{load.seconds:.1f} s, cpu {load.busy:.1f}", words)
    say("  memory", f"{load.megabytes:,.0f} MB", "at its peak")


def _ms(side: Side) -> str:
    return f"{side.wall * 1000:,.0f} ms (cpu {side.busy * 1000:,.0f})"
