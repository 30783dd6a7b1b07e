"""One case, told: its life as a picture, why each expectation was due and what came of it, what the record lacks, and
then the record itself: the facts as they came, and where the case was held.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from casedrift.present.explain_faults import fault
from casedrift.present.explain_record import Record
from casedrift.present.explain_rows import Rows, fact_rows, place_rows
from casedrift.present.explain_why import Why, why_each
from casedrift.present.paper import plain, table
from casedrift.present.picture import picture_of
from casedrift.present.picture_strip import Strip
from domain.clocks import Rules

_WIDEST: Final = 100
"""Columns: sentences in longer lines are hard to read."""
_LATE, _WELL = "!", "-"
_TOGETHER: Final = re.compile(r"(?<=\d) (?=[A-Z][a-z]{2} \d{4})|(?<=[A-Z][a-z]{2}) (?=\d{4})|(?<=\(no\.) ")
"""The blanks within a day or a fact's number: a line is not folded there."""


def show_explanation(answer: Mapping[str, Any], on: int, rules: Rules | None = None) -> Iterator[RenderableType]:
    """The case in five parts, on the day (ordinal). With the rules it was asked by, limits are told too."""
    record = Record(answer["facts"])
    picture = picture_of(answer, on)
    parts: tuple[tuple[str, list[RenderableType]], ...] = (
        ("Its life", [Text("Nothing stands on record.") if picture is None else Strip(picture)]),
        ("What was expected, and what came of it", list(_expected(answer, record, on, rules))),
        ("What the record lacks", list(_lacking(answer, record, on, rules))),
        ("On record, as it came", [_sheet(fact_rows(answer["facts"], record))]),
        ("Where it was held", list(_places(answer, record))),
    )
    for nth, (title, shown) in enumerate(parts):
        yield Text(f"\n{title}" if nth else title, style="bold")
        yield from shown


def _expected(answer: Mapping[str, Any], record: Record, on: int, rules: Rules | None) -> Iterator[RenderableType]:
    whys = list(why_each(answer["runs"], record, on, rules))
    if any(why.late for why in whys):
        yield Text(f"{_LATE} marks what was late, or is.")
    for clock, each in groupby(whys, key=lambda why: str(why.run["clock"])):
        yield Folded("", _clock_title(clock, rules), "")
        yield from map(_item, each)
    if not whys:
        yield Text("Nothing.")


def _clock_title(clock: str, rules: Rules | None) -> str:
    if rules is None:
        return plain(clock)
    return f"{plain(clock)}: {plain(rules.clocks[rules.number[clock]].clock.title)}"


def _item(why: Why) -> RenderableType:
    return Folded(f"  {_LATE if why.late else _WELL} ", why.sentence, "red" if why.late else "")


def _lacking(answer: Mapping[str, Any], record: Record, on: int, rules: Rules | None) -> Iterator[RenderableType]:
    for found in answer["findings"]:
        yield Folded(f"  {_LATE} ", fault(found, record, on, rules), "")
    if not answer["findings"]:
        yield Text("Nothing.")


def _places(answer: Mapping[str, Any], record: Record) -> Iterator[RenderableType]:
    if answer["places"]:
        yield _sheet(place_rows(answer["places"], record))
    else:
        yield Text("Nowhere: it was open on no day.")


def _sheet(rows: Rows) -> RenderableType:
    shown = table(*rows.titles)
    for row in rows.rows:
        shown.add_row(*row)
    return shown


class Folded:
    """A sentence behind its mark, folded between words to 100 columns at most; the mark has the style."""

    def __init__(self, mark: str, sentence: str, style: str) -> None:
        self._mark, self._sentence, self._style = mark, sentence, style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The sentence for paper of this width."""
        width = max(1, min(options.max_width, _WIDEST) - len(self._mark))
        sentence = _TOGETHER.sub("\N{NO-BREAK SPACE}", self._sentence)
        for nth, line in enumerate(textwrap.wrap(sentence, width)):
            mark = Text(self._mark, style=self._style) if nth == 0 else Text(" " * len(self._mark))
            yield mark + Text(line.replace("\N{NO-BREAK SPACE}", " "))
