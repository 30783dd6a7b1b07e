"""`python -m bench`: what taking facts in costs, and what asking of a million of them does, each beside a peer.

Figures of one machine say little on another; the ratios do. `bench/README.md` says what each means.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import extracts, midnight, peers, report
from bench.fold import fold_all
from bench.history import apart, write_half, write_history, write_long_history
from bench.intake import insert_raw, take_in
from bench.questions import ask_apart, ask_both, ask_within
from bench.workbook import read_by_pandas, read_it, write_lists

PARTS = ("intake", "fold", "questions", "polars", "policy", "midnight", "workbook", "extracts", "live")
WHOLE = 1_000_000
"""Facts of the long history."""


def main() -> None:
    """Measure, and print a line for each figure as soon as it is known."""
    asked = _asked()
    with ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(TemporaryDirectory(prefix="casedrift-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        files = Files(folder, WHOLE // 10 if asked.quick else WHOLE)
        for part in asked.parts or PARTS:
            _MEASURES[part](files)


class Files:
    """What the parts measure, made when it is first asked for and kept in the folder for the next time."""

    def __init__(self, folder: Path, facts: int) -> None:
        self.folder, self.facts = folder, facts

    def lines(self) -> Path:
        """The long history."""
        path = self.at("facts.jsonl")
        if not path.exists():
            apart(write_long_history, path.with_suffix(".new"), self.facts)
            path.with_suffix(".new").rename(path)
        return path

    def fifth(self) -> Path:
        """A fifth as many facts, of 18 months."""
        path = self.at("fifth.jsonl")
        if not path.exists():
            apart(write_history, path, self.facts // 5)
        return path

    def store(self, *, half: bool = False) -> Path:
        """The store of the long history, or of its first half."""
        path, lines = self.at("half.db" if half else "facts.db"), self.lines()
        if not path.exists():
            new = self.new(path.name)
            if half:
                lines = self.at("half.jsonl")
                write_half(self.lines(), lines)
            apart(take_in, lines, new, whole=not half)
            new.rename(path)
        return path

    def new(self, name: str) -> Path:
        """A place for a store that is made anew."""
        path = self.at(f"new-{name}")
        for each in self.folder.glob(f"{path.name}*"):
            each.unlink()
        return path

    def at(self, name: str) -> Path:
        """A file of the folder, for histories of this size."""
        return self.folder / f"{self.facts}-{name}"


def _intake(files: Files) -> None:
    before = apart(take_in, files.fifth(), files.new("fifth.db"))
    report.say_intake(before, apart(insert_raw, files.at("new-fifth.db"), files.new("raw.db")))
    made = files.new("facts.db")
    large = apart(take_in, files.lines(), made)
    made.rename(files.at("facts.db"))
    report.say_intake(large, apart(insert_raw, files.store(), files.new("raw.db")))
    # the machine's pace drifts, so the small one is measured on both sides of the large one
    report.say_growth([before, apart(take_in, files.fifth(), files.new("fifth.db"))], large)


def _fold(files: Files) -> None:
    report.say_fold(apart(fold_all, files.lines(), files.store()))


def _questions(files: Files) -> None:
    times = 100
    report.say_questions(apart(ask_within, files.store(), times), apart(ask_apart, files.store(), times // 10))
    report.say_longer(apart(ask_both, files.store(half=True), files.store(), times))


def _polars(files: Files) -> None:
    report.say_polars(apart(peers.beside_polars, files.lines(), files.store()))


def _policy(files: Files) -> None:
    database = files.at("facts.duckdb")
    if not database.exists():
        apart(peers.prepare_duckdb, files.lines(), database)
    whole, overdue = apart(peers.another_policy, files.store())
    report.say_policy(whole, overdue, apart(peers.beside_duckdb, files.store(), database))


def _midnight(files: Files) -> None:
    of_store = apart(midnight.of_the_store, files.store())
    tenth, whole = (
        apart(midnight.of_open_runs, files.new("runs.db"), runs) for runs in (files.facts // 10, files.facts)
    )
    report.say_midnight(of_store, whole, files.facts, tenth)


def _workbook(files: Files) -> None:
    path = files.folder / "lists.xlsx"
    if not path.exists():
        apart(write_lists, path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)
    report.say_workbook(apart(read_it, path), apart(read_by_pandas, path))


def _extracts(files: Files) -> None:
    part = WHOLE // files.facts
    *_, first, later = extracts.simulated(files.folder, extracts.MONTHLY, part)
    store = files.new("extracts.db")
    loads = [extracts.load(path, store) for path in (first, later)]
    report.say_workbooks(extracts.rows_of(later), *loads)
    (census,) = extracts.simulated(files.folder, extracts.YEARLY, part)
    report.say_census(extracts.YEARLY[-1] // part, extracts.load(census, files.new("census.db")))


def _live(files: Files) -> None:
    from bench.live.measuring import measure  # needs a broker and a database, which the other parts do not

    measure(files.folder, quick=files.facts < WHOLE)


_MEASURES = dict(
    zip(PARTS, (_intake, _fold, _questions, _polars, _policy, _midnight, _workbook, _extracts, _live), strict=True)
)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure casedrift beside named peers.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}; left out: all")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument(
        "--folder", type=Path, help="keep what is made there, for another run: the disk that is measured"
    )
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return asked


if __name__ == "__main__":
    main()
