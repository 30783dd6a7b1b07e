"""`python -m bench`: what taking facts in costs, and what folding them does, each beside a peer in the same run.

Figures of one machine say little on another; the ratios do. `bench/README.md` says what each means.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.fold import Folded, fold_all
from bench.history import apart, write_history
from bench.intake import Taken, insert_raw, take_in


def main() -> None:
    """Measure, and print a line for each figure as soon as it is known."""
    asked = _asked()
    with TemporaryDirectory(prefix="casedrift-bench-", dir=asked.folder) as name:
        folder = Path(name)
        lines, store = folder / "facts.jsonl", folder / "facts.db"
        apart(write_history, lines, asked.facts)
        once = apart(take_in, lines, store)
        _say_intake(once, apart(insert_raw, store, folder / "raw.db"))
        _say_fold(apart(fold_all, lines, store))
        if not asked.no_memory:
            _say_memory(once, _twice(folder, asked.facts))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure casedrift beside named peers.")
    parser.add_argument("--facts", type=int, default=200_000, help="about how many facts (default 200,000)")
    parser.add_argument("--folder", type=Path, help="where to put the stores: the disk that is measured")
    parser.add_argument("--no-memory", action="store_true", help="leave out the run with twice the history")
    asked = parser.parse_args()
    if asked.facts < 1_000:
        parser.error("--facts must be 1000 or more, or there is nothing to measure")
    return asked


def _twice(folder: Path, facts: int) -> Taken:
    lines = folder / "twice.jsonl"
    apart(write_history, lines, facts, 2)
    return apart(take_in, lines, folder / "twice.db")


def _say_intake(ours: Taken, raw: Taken) -> None:
    print(f"intake    {ours.a_second:>9,.0f} facts/s   JSON lines to an answered count, {ours.facts:,} facts, fsync on")
    print(f"  peer    {raw.a_second:>9,.0f} events/s  insert_events alone, 500 a call, {raw.facts:,} events, fsync on")
    print(f"  ratio   {ours.a_second / raw.a_second:>9.2f}")
    print(f"  on cpu  {ours.a_busy_second:>9,.0f} facts/s   of processor time; the peer {raw.a_busy_second:,.0f}")
    print(f"  ratio   {ours.a_busy_second / raw.a_busy_second:>9.2f}")


def _say_fold(folded: Folded) -> None:
    print(f"fold      {folded.fold_a_second:>9,.0f} facts/s   {folded.facts:,} facts, {folded.clocks} clocks")
    print(f"  peer    {folded.json_a_second:>9,.0f} lines/s   json.loads alone, {folded.lines:,} lines")
    print(f"  ratio   {folded.fold_a_second / folded.json_a_second:>9.2f}")
    print(f"rebuild   {folded.rebuild_a_second:>9,.0f} facts/s   log to rows, compared and switched")
    print(f"  differ  {folded.differences:>9,} rows")


def _say_memory(once: Taken, twice: Taken) -> None:
    print(f"memory    {once.megabytes:>9,.0f} MB        {once.facts:,} facts, {once.open_cases:,} open at the end")
    print(f"  twice   {twice.megabytes:>9,.0f} MB        {twice.facts:,} facts, {twice.open_cases:,} open at the end")
    print(f"  ratio   {twice.megabytes / once.megabytes:>9.2f}")


if __name__ == "__main__":
    main()
