"""The demo's last chapter: a CIN census through the same door, into a store of its own."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from casedrift.demo.authority import CENSUS
from casedrift.desk import Desk
from casedrift.now import now
from casedrift.present.counts import show_counts
from casedrift.present.paper import day_words, say
from casedrift.present.progress import progress_bar
from casedrift.present.tally import show_tally
from domain.days import london_day, parse_instant
from streams.sources.formats import Reader

_WIDTH = 100


def tell_census(path: Path | None) -> None:
    """Take in the census at the path, or the small one that ships, and tell how many cases it has open."""
    if path is not None:
        return _tell(path, f"The CIN census {path.name}")
    with as_file(files(__name__.rpartition(".")[0]) / "census.xml") as shipped:
        return _tell(shipped, "A small made-up CIN census")


def _tell(path: Path, title: str) -> None:
    with Desk(str(CENSUS), create=True, now=now) as desk:
        with progress_bar("census") as bar:
            tally, notes = desk.door().take_extract("cin-census", path, Reader(), bar, backfill=True)
        parts: list[RenderableType] = [show_tally(tally), *(Text(f"\n{note.strip()}") for note in notes)]
        if last := desk.status()["known_at"]:
            day = london_day(parse_instant(last))
            counts = desk.counts(day, now(), ("tier",))
            parts += [Text(f"\nOpen on {day_words(day)}, the day it was taken:"), show_counts(counts, ("tier",))]
    say(Text(f"── {title}, through the same door ", style="bold"), Text(), *parts, Text(), in_a_pipe=_WIDTH)
