"""How an answer reaches people: a heading, a plain table, and numbers and days written as one says them.

The same on a terminal and through a pipe: no boxes, nothing cut off, no blanks at the ends of lines.
"""

from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING, Any, Final

import typer

from domain.days import end_of_day, format_day, format_instant, london_day, midnight, parse_day
from streams.errors import OutOfReach

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from casedrift.present.sheet import Sheet

READER_GONE: Final = 141
"""The exit code when whoever read our output has gone away (128 + SIGPIPE), as other programs have it."""
_IN_A_PIPE: Final = 1_000
"""Columns where there is no terminal: wide enough that nothing is folded."""
_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
NOBODY: Final = "–"
"""Stands for what is not known."""


def say(*parts: RenderableType, in_a_pipe: int = _IN_A_PIPE) -> None:
    """Print for people, as wide as the terminal, or with so many columns where there is none."""
    terminal = sys.stdout.isatty()
    write(rendered(*parts, width=None if terminal else in_a_pipe, terminal=terminal))


def rendered(*parts: RenderableType, width: int | None = None, terminal: bool = False) -> str:
    """The text of what is said, without blanks at the ends of lines."""
    from rich.console import Console

    page = io.StringIO()
    console = Console(
        file=page,
        width=width,
        force_terminal=terminal,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for part in parts:
        console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())


def print_json(document: Any) -> None:
    """One JSON document on standard output, ending in a newline."""
    write(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")


def write(text: str) -> None:
    """Write to standard output at once. Ends the program quietly where its reader has gone."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        reader_gone()
    except OSError as fault:
        _let_go_of_output()
        raise OutOfReach(f"standard output can't be written: {fault.strerror}; make room and ask again") from None


def reader_gone() -> None:
    """End the program: nobody reads its output any more."""
    _let_go_of_output()
    raise typer.Exit(READER_GONE)


def _let_go_of_output() -> None:
    """What is still to be written at the end of the program goes nowhere, and makes no fault there."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def table(*titles: str) -> Sheet:
    """An empty table. A title that begins with `>` is of a column of figures, with `~` of sentences."""
    from casedrift.present.sheet import Sheet

    return Sheet(titles)


def heading(what: str, on: int, known: int, now: int) -> Text:
    """`Open cases on 30 Jun 2019, as known at the end of 5 Jul 2019`."""
    from rich.text import Text

    return Text(f"{what} on {day_words(on)}, as known {known_words(known, now)}", style="bold")


def known_words(known: int, now: int) -> str:
    """`now`, `at the end of 5 Jul 2019`, or `at 5 Jul 2019 10:15:00 London time`."""
    day = london_day(known)
    if known >= now:
        return "now"
    if known == end_of_day(day):
        return f"at the end of {day_words(day)}"
    hour = (known - midnight(day)) // 1_000_000
    plain_day = midnight(day + 1) - midnight(day) == 86_400_000_000
    if not plain_day:  # on the days on which clocks change, hours since midnight are not what clocks show
        return f"at {format_instant(known)}"
    return f"at {day_words(day)} {hour // 3600:02d}:{hour // 60 % 60:02d}:{hour % 60:02d} London time"


def day_words(day: int | str) -> str:
    """`3 Jun 2019`, of a day (ordinal) or of its text."""
    year, month, date = format_day(parse_day(day) if isinstance(day, str) else day).split("-")
    return f"{int(date)} {_MONTHS[int(month) - 1]} {year}"


def number(count: int) -> str:
    """With thousands separators."""
    return f"{count:,}"


def how_many(count: int, one: str, many: str = "") -> str:
    """`1 day`, `3 days`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def share(part: int, whole: int) -> tuple[str, str]:
    """`n of N` and its per cent; a hundred only where it is all."""
    if not whole:
        return f"0 of {number(whole)}", NOBODY
    tenths = min(round(1000 * part / whole), 1000 if part == whole else 999)
    return f"{number(part)} of {number(whole)}", f"{tenths / 10:.1f} %"


def plain(text: object) -> str:
    """A value as it may be shown: nothing in it moves the cursor; what is not known is a dash."""
    shown = NOBODY if text is None else str(text)
    return (
        shown if shown.isprintable() else "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
    )


def words(code: object) -> str:
    """A code of ours in words: `child in need`."""
    return plain(code).replace("_", " ")
