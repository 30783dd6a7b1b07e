"""A reconciliation: who was open, what came and went, who is open; the sum is shown, for everybody to add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.text import Text

from casedrift.present.counts import group
from casedrift.present.paper import day_words, known_words, number, table
from domain.vocabulary import GroupKey

Line = Mapping[str, Any]
_TERMS: Final = {
    "revised": ("learnt since", 1),
    "opened": ("opened", 1),
    "closed": ("closed", -1),
    "stepped_out": ("stepped out", -1),
    "moved_in": ("moved in", 1),
    "moved_out": ("moved out", -1),
}
"""What leads from the first count to the last: how each is called, and whether it adds or takes away."""


def flow_heading(start: tuple[int, int], end: tuple[int, int], now: int) -> Text:
    """`Open cases from 31 Mar 2019, as known at the end of 5 Apr 2019, to 30 Sep 2019, as known now`."""
    (first, then), (last, later) = start, end
    began = f"{day_words(first)}, as known {known_words(then, now)}," if then != later else day_words(first)
    told = f"Open cases from {began} to {day_words(last)}, as known {known_words(later, now)}"
    return Text(told, style="bold")


def show_flow(lines: Sequence[Line], by: Sequence[GroupKey], first: int, last: int) -> RenderableType:
    """A row a term; with a grouping a row a group, and all of them together last."""
    if by:
        return _by_group(lines, by)
    (line,) = lines
    shown = table("", ">cases")
    shown.add_row(f"open on {day_words(first)}", number(line["open_from"]))
    for term, (words, _) in _terms(line):
        shown.add_row(words, _signed(line, term))
    shown.add_row(f"open on {day_words(last)}", number(line["open_to"]))
    return Group(shown, Text(), Text(in_sum(line)))


def in_sum(line: Line) -> str:
    """`168 + 1 + 90 - 80 - 2 = 177`. AssertionError where it does not hold."""
    total, told = line["open_from"], number(line["open_from"])
    for term, (_, sign) in _terms(line):
        change = sign * line[term]
        total += change
        told += f" {'-' if change < 0 or change == 0 > sign else '+'} {number(abs(change))}"
    assert total == line["open_to"], "the figures of a flow do not add up"
    return f"{told} = {number(total)}"


def _by_group(lines: Sequence[Line], by: Sequence[GroupKey]) -> RenderableType:
    titles = [f">{words}" for words, _ in _TERMS.values()]
    shown = table(*by, ">open before", *titles, ">open after")
    for line in lines:
        shown.add_row(*group(line, by), *_row(line))
    figures = ("open_from", *_TERMS, "open_to")
    together = {figure: sum(line[figure] for line in lines) for figure in figures}
    shown.add_row("all", *[""] * (len(by) - 1), *_row(together))
    return Group(shown, Text(), Text(in_sum(together)))


def _row(line: Line) -> list[str]:
    return [number(line["open_from"]), *(_signed(line, term) for term in _TERMS), number(line["open_to"])]


def _terms(line: Line) -> list[tuple[str, tuple[str, int]]]:
    return [(term, told) for term, told in _TERMS.items() if term in line]


def _signed(line: Line, term: str) -> str:
    count = _TERMS[term][1] * line[term]
    return f"{count:+,}" if count else "0"
