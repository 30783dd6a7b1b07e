"""The life of a case as a picture: when it was held at which tier, which plans were on, what was done, and when each
expectation ran and was overdue.

This is what there is to draw, in days; `picture_strip` draws it on a terminal, `picture_svg` on a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from domain.days import parse_day

MARKS: Final = {
    "case-opened": "opened",
    "case-assessed": "assessed",
    "case-supervised": "supervised",
    "child-visited": "visited",
    "plan-reviewed": "reviewed",
    "case-stepped-up": "stepped up",
    "case-stepped-down": "stepped down",
    "case-closed": "closed",
}
"""The facts that a manager looks for, each with its word; everything else is `OTHER`."""
OTHER: Final = "other"


class Stretch(NamedTuple):
    """Days (ordinals) from `begin` up to but not including `end`; where they are equal, something of no length."""

    begin: int
    end: int


class Row(NamedTuple):
    """A tier, a plan or the like (its code), and when it was so, in order."""

    code: str
    stretches: tuple[Stretch, ...]


class ClockRow(NamedTuple):
    """A clock, its runs, and the parts of them that were overdue, in order."""

    clock: str
    runs: tuple[Stretch, ...]
    overdue: tuple[Stretch, ...]


class Picture(NamedTuple):
    """The whole life, from the first day to the last (ordinals, both drawn), as seen on the day asked."""

    first: int
    last: int
    on: int
    tiers: tuple[Row, ...]
    plans: tuple[Row, ...]
    done: tuple[tuple[int, str], ...]
    """The days of facts that stand, each with its word."""
    clocks: tuple[ClockRow, ...]


def picture_of(answer: Mapping[str, Any], on: int) -> Picture | None:
    """The picture of a case explained (as JSON has it) on the day (ordinal); None where nothing stands of it.

    What goes on is drawn up to the day asked, or to the last thing known where that is later.
    """
    done = _done(answer["facts"])
    if not done:
        return None
    ends = [parse_day(each[key]) for each, key in _ends(answer) if each[key] is not None]
    first, last = done[0][0], max(on, done[-1][0], *ends)
    places = sorted(answer["places"], key=lambda place: str(place["from"]))
    held = [(place["tier"], _stretch(place["from"], place["to"], last)) for place in places]
    planned = [(plan, _stretch(p["from"], p["to"], last)) for p in places for plan in p["plans"]]
    return Picture(first, last, on, _rows(held), _rows(planned), done, _clocks(answer["runs"], last))


def _done(facts: Iterable[Mapping[str, Any]]) -> tuple[tuple[int, str], ...]:
    return tuple(
        sorted(
            (parse_day(fact["data"]["effective_on"]), MARKS.get(fact["type"].rpartition(".v")[0], OTHER))
            for fact in facts
            if fact["stands"]
        )
    )


def _ends(answer: Mapping[str, Any]) -> Iterable[tuple[Mapping[str, Any], str]]:
    yield from ((place, "to") for place in answer["places"])
    yield from ((run, "end") for run in answer["runs"])


def _stretch(begin: str, end: str | None, last: int) -> Stretch:
    return Stretch(parse_day(begin), last + 1 if end is None else parse_day(end))


def _rows(held: Iterable[tuple[str, Stretch]]) -> tuple[Row, ...]:
    """A row a code, in the order in which they came first; what follows without a gap is one stretch."""
    found: dict[str, list[Stretch]] = {}
    for code, stretch in held:
        so_far = found.setdefault(code, [])
        if so_far and so_far[-1].end >= stretch.begin:
            so_far[-1] = Stretch(so_far[-1].begin, max(so_far[-1].end, stretch.end))
        else:
            so_far.append(stretch)
    return tuple(Row(code, tuple(stretches)) for code, stretches in found.items())


def _clocks(runs: Sequence[Mapping[str, Any]], last: int) -> tuple[ClockRow, ...]:
    found: dict[str, tuple[list[Stretch], list[Stretch]]] = {}
    for run in runs:
        begun, overdue = found.setdefault(run["clock"], ([], []))
        stretch = _stretch(run["baseline"], run["end"], last)
        begun.append(stretch)
        # The due day itself is in time (docs/policies.md).
        late = Stretch(max(stretch.begin, parse_day(run["due"]) + 1), stretch.end)
        if late.begin < late.end:
            overdue.append(late)
    return tuple(ClockRow(clock, tuple(begun), tuple(overdue)) for clock, (begun, overdue) in found.items())
