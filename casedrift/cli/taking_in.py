"""`casedrift ingest`: facts come in, from files of JSON lines or from an extract, and what became of them is told.

What reads and takes in facts is loaded only where this is asked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedrift.asking import an_instant, as_datetime
from casedrift.cli.files import FORMATS, File, SetAside, check_options, sorted_out
from casedrift.cli.options import JsonOption, StoreOption, open_desk
from casedrift.now import now
from casedrift.present.paper import print_json, say
from casedrift.present.progress import progress_bar
from streams.errors import CasedriftError, TooMuchMissing, WrongInput

if TYPE_CHECKING:
    from casedrift.desk import Desk
    from streams.intake import Tally
    from streams.sources.formats import Reader


def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Files to take in; - is standard input.")],
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help=f"auto, {', '.join(FORMATS)}.")] = "auto",
    source: Annotated[
        str | None, typer.Option("--source", metavar="URI", help="Of an extract: the name of who sent it.")
    ] = None,
    backfill: Annotated[bool, typer.Option("--backfill", help="History: known when it was recorded, not now.")] = False,
    taken: Annotated[
        str | None, typer.Option("--taken", metavar="INSTANT", help="Of an extract: when it was taken.")
    ] = None,
    alongside: Annotated[
        bool, typer.Option("--alongside", help="Of an extract: take only what the store's own kind never tells.")
    ] = False,
    confirm_missing: Annotated[
        bool, typer.Option("--confirm-missing", help="Of an extract: much is missing, and is really gone.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, case by case, and store nothing.")
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take facts in. Ends with 1 where something was refused."""
    aside = SetAside(alone=dry_run or len(paths) == 1)
    options = {"--source": source, "--taken": taken}
    only_of_extracts = {"--alongside": alongside or None, "--confirm-missing": confirm_missing or None}
    files = sorted_out(paths, format_, aside)
    check_options(files, {**options, **only_of_extracts})
    done = _Done(of_extract=any(file.format != "jsonl" for file in files))
    reader = reader_of(source, taken) if done.of_extract else None  # wrong use is said before a store is made
    if dry_run:
        from casedrift.cli.rehearsal import rehearse

        rehearse(store, [file.path for file in files], [file.format for file in files], reader, as_json=as_json,
                 backfill=backfill, alongside=alongside, confirm_missing=confirm_missing)  # fmt: skip
    left: list[list[File]] = []
    try:
        if files:
            with open_desk(store, create=True) as desk:
                left = list(_together(files))
                while left:
                    file, *more = left.pop(0)
                    if reader is None or file.format == "jsonl":
                        told, faults = _taken_lines(desk, [file, *more], backfill=backfill)
                        done.add(told)
                        for bad, fault in faults:
                            aside.note(bad, fault)
                    elif not aside.waits(file):
                        try:
                            done.add(*_taken_extract(desk, file, reader, backfill=backfill, alongside=alongside,
                                                     confirm_missing=confirm_missing))  # fmt: skip
                        except (WrongInput, TooMuchMissing) as fault:
                            aside.note(file, fault)
    except CasedriftError:
        if done.tally.read:  # what was committed before the fault is told beside it
            done.tell(as_json=as_json)
        for file in chain.from_iterable(left):
            aside.note(file, WrongInput(f"{file.path}: not read, for the run ended before it; take it in again"))
        aside.tell()
        raise
    if done.tally.read or not aside:
        done.tell(as_json=as_json)
    raise typer.Exit(max(aside.tell(), 1 if done.tally.refused else 0))


def _together(files: Sequence[File]) -> Iterator[list[File]]:
    """Each extract for itself, and files of JSON lines as far as they follow one another."""
    for kind, some in groupby(files, key=lambda file: file.format):
        following = list(some)
        yield from [following] if kind == "jsonl" else [[file] for file in following]


def _taken_extract(
    desk: Desk, file: File, reader: Reader, *, backfill: bool, alongside: bool, confirm_missing: bool
) -> tuple[Tally, list[str]]:
    with progress_bar(Path(file.path).name) as bar:
        return desk.door().take_extract(
            file.format, Path(file.path), reader, bar,
            backfill=backfill, alongside=alongside, confirm_missing=confirm_missing,
        )  # fmt: skip


def reader_of(source: str | None, taken: str | None) -> Reader:
    """Whoever reads extracts as the command line and the settings say."""
    from casedrift.settings import read_settings
    from streams.sources.formats import Reader

    settings = read_settings()
    teams = settings.annex_a_teams
    return Reader(
        source=source,
        taken=None if taken is None else as_datetime(an_instant(taken, now(), "--taken")),
        localities={name: team.locality for name, team in teams.items() if team.locality is not None},
        cohorts={name: team.cohort for name, team in teams.items() if team.cohort is not None},
        not_a_person=frozenset(settings.not_a_person),
    )


def take_lines(desk: Desk, paths: Sequence[str], *, backfill: bool) -> Tally:
    """Take in files of JSON lines, with a bar by bytes. What becomes of each line is in the tally."""
    told, faults = _taken_lines(desk, [File("jsonl", path) for path in paths], backfill=backfill)
    for _, fault in faults:
        raise fault
    return told


def _taken_lines(desk: Desk, files: Sequence[File], *, backfill: bool) -> tuple[Tally, list[tuple[File, WrongInput]]]:
    """As `take_lines`; of a file that can't be read to its end what was taken in until then, and the fault."""
    from casedrift.lines import batches, size_of

    paths = [file.path for file in files]
    handed_on: deque[int] = deque()
    faults: list[tuple[File, WrongInput]] = []
    done = 0
    with progress_bar("facts", size_of(paths)) as bar:

        def committed(_lines: int) -> None:
            nonlocal done
            done += handed_on.popleft() if handed_on else 0
            bar(done, None)

        def bad(path: str, fault: WrongInput) -> None:
            faults.append((File("jsonl", path), fault))

        told = desk.ingest_lines(batches(paths, handed_on.append, bad=bad), backfill=backfill, progress=committed)
    return told, faults


class _Done:
    """What became of the facts of all the files so far, and what there is to say of them."""

    def __init__(self, *, of_extract: bool) -> None:
        from streams.intake import Tally

        self.tally = Tally()
        self.of_extract = of_extract
        self._notes: list[str] = []

    def add(self, told: Tally, notes: Sequence[str] = ()) -> None:
        """Count what one file, or several, came to."""
        self.tally += told
        self._notes += notes

    def tell(self, *, as_json: bool) -> None:
        """The tally on standard output, and for people the notes."""
        from casedrift.present.tally import show_tally

        if as_json:
            print_json(self.tally.as_dict(of_extract=self.of_extract))
        else:
            say(show_tally(self.tally), *(f"\n{note.strip()}" for note in self._notes), in_a_pipe=100)
