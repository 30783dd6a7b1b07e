"""Extract after extract of one simulated authority: a workbook at each month's end, or a census each 31 March.

The same arguments make the same authority as `simulate` does, child by child, and the same files to the byte. Child n,
whose case the facts call `case-0000n`, has the local id 100000 + n.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final, Literal

from casedrift.simulation.extracts.census import write_census
from casedrift.simulation.extracts.held import Held, held
from casedrift.simulation.extracts.workbook import write_workbook
from casedrift.simulation.recording import Record
from casedrift.simulation.rows import records
from casedrift.simulation.stream import seen, world_of
from domain.days import format_day, midnight
from domain.working_days import add_months

Kind = Literal["annex-a", "cin-census"]
KINDS: Final[tuple[Kind, ...]] = ("annex-a", "cin-census")
FIRST_LOCAL_ID: Final = 100_000

Children = Iterator[tuple[int, Held]]
"""Local id, and what is shown of the child."""


def write_extracts(kind: Kind, folder: Path, seed: int, start: date, months: int, children: int) -> Iterator[Path]:
    """Write the files into the folder, which is made, and yield each once it is written, in order of day.

    A file shows what had been recorded by the end of its day (London), and is named by it. ValueError as `simulate`,
    and where no 31 March lies in the span of a census; OSError where a file can't be written.
    """
    world = world_of(seed, start, months, children)
    days = list(_days(kind, world.begin, world.end))
    if not days:
        raise ValueError("a span for censuses must hold a 31 March")
    return _written(kind, folder, days, [records(world, who, day)[1] for day, who in seen(world, children)])


def _written(kind: Kind, folder: Path, days: list[int], written: list[list[Record]]) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    ending, write = _WRITERS[kind]
    for day in days:
        path = folder / f"{kind}-{format_day(day)}{ending}"
        write(path, day, _shown(written, day))
        yield path


def _shown(written: list[list[Record]], day: int) -> Children:
    """Of every child of whom anything was recorded by the end of the day."""
    instant = midnight(day + 1)
    for number, each in enumerate(written, start=1):
        if known := each[: bisect_left(each, instant, key=lambda record: record.at)]:
            yield FIRST_LOCAL_ID + number, held(known, day)


def _days(kind: Kind, begin: int, end: int) -> Iterator[int]:
    first = date.fromordinal(begin).replace(day=1).toordinal()
    for month in range(1, (end - begin) // 28 + 2):
        day = add_months(first, month) - 1
        if day < end and (kind == "annex-a" or format_day(day).endswith("-03-31")):
            yield day


_WRITERS: Final[dict[Kind, tuple[str, Callable[[Path, int, Children], None]]]] = {
    "annex-a": (".xlsx", write_workbook),
    "cin-census": (".xml", write_census),
}
