"""`casedrift ingest`: facts come in, from files of JSON lines or from an extract, and what became of them is told.

What reads and takes in facts is loaded only where this is asked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from casedrift.asking import an_instant, as_datetime
from casedrift.cli.options import JsonOption, StoreOption, is_text, open_desk
from casedrift.now import now
from casedrift.present.paper import print_json, say
from casedrift.present.progress import progress_bar
from streams.errors import CasedriftError, WrongInput
from streams.pipes import is_named_pipe

if TYPE_CHECKING:
    from casedrift.desk import Desk
    from streams.intake import Tally
    from streams.raw import Raw
    from streams.sources.formats import Reader

_STDIN: Final = "-"
"""As in `casedrift.lines`, which is loaded where lines are read."""

Format = Literal["jsonl", "cin-census", "annex-a"]
FORMATS: Final[tuple[Format, ...]] = ("jsonl", "cin-census", "annex-a")
_LINES: Final = (".jsonl", ".ndjson", ".json")
_LONGEST_SOURCE: Final = 200
_ZIP: Final = b"PK\x03\x04"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


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
    formats = [format_of(path, format_) for path in paths]
    only_of_extracts = {"--alongside": alongside or None, "--confirm-missing": confirm_missing or None}
    check(paths, formats, {"--source": source, "--taken": taken, **only_of_extracts})
    done = _Done(of_extract=set(formats) != {"jsonl"})
    reader = reader_of(source, taken) if done.of_extract else None  # wrong use is said before a store is made
    if dry_run:
        from casedrift.cli.rehearsal import rehearse

        rehearse(store, paths, formats, reader, as_json=as_json, backfill=backfill, alongside=alongside,
                 confirm_missing=confirm_missing)  # fmt: skip
    try:
        with open_desk(store, create=True) as desk:
            for kind, some in groupby(zip(formats, paths, strict=True), key=lambda each: each[0]):
                files = [path for _, path in some]
                if reader is None or kind == "jsonl":
                    done.add(*_taken_lines(desk, files, backfill=backfill))
                    continue
                for path in files:
                    with progress_bar(Path(path).name) as bar:
                        told, notes = desk.door().take_extract(
                            kind, Path(path), reader, bar,
                            backfill=backfill, alongside=alongside, confirm_missing=confirm_missing,
                        )  # fmt: skip
                    done.add(told, notes=notes)
    except CasedriftError:
        if done.tally.read:  # what was committed before the fault is told beside it
            done.tell(as_json=as_json)
        raise
    done.tell(as_json=as_json)
    raise typer.Exit(1 if done.tally.refused else 0)


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
    told, fault = _taken_lines(desk, paths, backfill=backfill)
    if fault is not None:
        raise fault
    return told


def _taken_lines(desk: Desk, paths: Sequence[str], *, backfill: bool) -> tuple[Tally, WrongInput | None]:
    """As `take_lines`; where a file can't be read to its end, what was taken in until then, and the fault."""
    from casedrift.lines import batches, size_of

    handed_on: deque[int] = deque()
    faults: list[WrongInput] = []
    done = 0
    with progress_bar("facts", size_of(paths)) as bar:

        def committed(_lines: int) -> None:
            nonlocal done
            done += handed_on.popleft() if handed_on else 0
            bar(done, None)

        def until_a_fault() -> Iterator[list[Raw]]:
            try:
                yield from batches(paths, handed_on.append)
            except WrongInput as fault:
                faults.append(fault)

        told = desk.ingest_lines(until_a_fault(), backfill=backfill, progress=committed)
    return told, next(iter(faults), None)


class _Done:
    """What became of the facts of all the files so far, and what there is to say of them."""

    def __init__(self, *, of_extract: bool) -> None:
        from streams.intake import Tally

        self.tally = Tally()
        self.of_extract = of_extract
        self._notes: list[str] = []

    def add(self, told: Tally, fault: WrongInput | None = None, *, notes: Sequence[str] = ()) -> None:
        """Count what one file, or several, came to; what was counted before a fault is counted, then it is raised."""
        self.tally += told
        self._notes += notes
        if fault is not None:
            raise fault

    def tell(self, *, as_json: bool) -> None:
        """The tally on standard output, and for people the notes."""
        from casedrift.present.tally import show_tally

        if as_json:
            print_json(self.tally.as_dict(of_extract=self.of_extract))
        else:
            say(show_tally(self.tally), *(f"\n{note.strip()}" for note in self._notes), in_a_pipe=100)


def format_of(path: str, asked: str) -> Format:
    """What the file is: as asked, else by its name and its first bytes. A pipe is read once, so not for this."""
    if is_named_pipe(path) and (asked == "jsonl" or _by_content(path.lower(), b"") == "jsonl"):
        raise WrongInput(
            f"{path} is a named pipe, and to read it may be to wait for ever; give a file, or - and send it to "
            "standard input"
        )
    start = b""
    if path != _STDIN and not Path(path).is_fifo():
        try:
            with open(path, "rb") as file:
                start = file.read(64)
        except OSError as fault:
            raise WrongInput(f"{path} can't be read: {(fault.strerror or 'unknown fault').lower()}") from None
    for known in FORMATS:
        if asked == known:
            return known
    if asked != "auto":
        raise WrongInput(f'--format knows no "{asked}"; it takes auto, {", ".join(FORMATS)}')
    return _by_content(path.lower(), start)


def _by_content(name: str, start: bytes) -> Format:
    if name.removesuffix(".gz").endswith(_LINES):
        return "jsonl"
    if name.endswith(".xml") or _first_letter(start) == "<":
        return "cin-census"
    return "annex-a" if name.endswith((".xlsx", ".xls")) or start.startswith(_ZIP) else "jsonl"


def _first_letter(start: bytes) -> str:
    """The first that is no blank, in UTF-16 where the file says that it is, else in what agrees with ASCII."""
    encoding = "utf-16" if start.startswith(_UTF16) else "latin-1"
    return start.removeprefix(b"\xef\xbb\xbf").decode(encoding, errors="ignore").lstrip()[:1]


def check(paths: Sequence[str], formats: Sequence[Format], options: Mapping[str, object]) -> None:
    """What does not go together is said before anything is taken in; `options` are those that only extracts take."""
    of = {kind: [path for path, each in zip(paths, formats, strict=True) if each == kind] for kind in FORMATS}
    if any(path == _STDIN or Path(path).is_fifo() for path in [*of["cin-census"], *of["annex-a"]]):
        raise WrongInput(
            "an extract is read more than once, so not from standard input or a pipe; give the path of its file"
        )
    for option, value in options.items():
        if value is not None and of["jsonl"]:
            why = ", whose facts say it themselves" if option in {"--source", "--taken"} else ""
            raise WrongInput(f"{option} has no use for JSON lines{why}; leave it out")
    source = options.get("--source")
    if isinstance(source, str) and not (1 <= len(source) <= _LONGEST_SOURCE and is_text(source)):
        raise WrongInput(f"--source must have 1 to {_LONGEST_SOURCE} characters, in UTF-8")
    if of["jsonl"]:
        from casedrift.lines import check as check_lines

        check_lines(of["jsonl"])
