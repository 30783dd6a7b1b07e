"""`casedrift ingest`: facts come in, from files of JSON lines or from a census, and what became of them is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from casedrift.asking import an_instant, as_datetime
from casedrift.cli.options import JsonOption, StoreOption, open_desk
from casedrift.desk import Desk
from casedrift.lines import STDIN, batches, size_of
from casedrift.now import now
from casedrift.present.paper import print_json, say
from casedrift.present.progress import progress_bar
from casedrift.present.tally import show_tally
from streams.errors import WrongInput
from streams.intake import Tally

Format = Literal["jsonl", "cin-census", "annex-a"]
FORMATS: Final[tuple[Format, ...]] = ("jsonl", "cin-census", "annex-a")
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
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take facts in. Ends with 1 where something was refused."""
    formats = [_format(path, format_) for path in paths]
    _check(paths, formats, source, taken)
    instant = None if taken is None else as_datetime(an_instant(taken, now(), "--taken"))
    total, notes = Tally(), list[str]()
    with open_desk(store, create=True) as desk:
        for kind, some in groupby(zip(formats, paths, strict=True), key=lambda each: each[0]):
            files = [path for _, path in some]
            if kind == "jsonl":
                _add(total, take_lines(desk, files, backfill=backfill))
                continue
            for path in files:
                with progress_bar(Path(path).name) as bar:
                    told, more = desk.ingest_census(
                        Path(path), source=source, taken=instant, backfill=backfill, progress=bar
                    )
                _add(total, told)
                notes += more
    if as_json:
        print_json(total.as_dict())
    else:
        say(show_tally(total), *(f"\n{note.strip()}" for note in notes), in_a_pipe=100)
    raise typer.Exit(1 if total.refused else 0)


def take_lines(desk: Desk, paths: Sequence[str], *, backfill: bool) -> Tally:
    """Take in files of JSON lines, with a bar by bytes. What becomes of each line is in the tally."""
    handed_on: deque[int] = deque()
    done = 0
    with progress_bar("facts", size_of(paths)) as bar:

        def committed(_lines: int) -> None:
            nonlocal done
            done += handed_on.popleft() if handed_on else 0
            bar(done, None)

        return desk.ingest_lines(batches(paths, handed_on.append), backfill=backfill, progress=committed)


def _add(total: Tally, more: Tally) -> None:
    for name, count in more.as_dict().items():
        setattr(total, name, getattr(total, name) + count)


def _format(path: str, asked: str) -> Format:
    """What the file is: as asked, else by its name and its first bytes."""
    if path == STDIN:
        start = b""
    else:
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
    if name.endswith(".xml") or start.startswith(_UTF16) or start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return "cin-census"
    return "annex-a" if name.endswith((".xlsx", ".xls")) or start.startswith(_ZIP) else "jsonl"


def _check(paths: Sequence[str], formats: Sequence[Format], source: str | None, taken: str | None) -> None:
    """What does not go together is said before anything is taken in."""
    if "annex-a" in formats:
        raise WrongInput(f"{paths[formats.index('annex-a')]}: Annex A lists can't be taken in yet; give JSON lines")
    if "cin-census" in formats and STDIN in paths:
        raise WrongInput("a census can't be read from standard input; give the path of its file")
    for option, value in (("--source", source), ("--taken", taken)):
        if value is not None and "jsonl" in formats:
            raise WrongInput(f"{option} has no use for JSON lines, whose facts say it themselves; leave it out")
    if source is not None and not 1 <= len(source) <= 200:
        raise WrongInput("--source must have 1 to 200 characters")
