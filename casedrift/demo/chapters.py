"""The demo's chapters on the made-up authority: how many are open, what is late, who drifts, and one case told."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from casedrift.cli.taking_in import take_lines
from casedrift.demo.authority import FACTS
from casedrift.demo.worst import show_worst, worst_cases
from casedrift.desk import Desk
from casedrift.now import now
from casedrift.present.chart import bars
from casedrift.present.compliance import show_compliance
from casedrift.present.explain import show_explanation
from casedrift.present.paper import day_words, number, plain, say, table
from casedrift.present.tally import show_tally
from domain.days import end_of_day, parse_day

WIDTH: Final = 100
"""Columns where there is no terminal."""
_NARROWEST: Final = 80
"""Columns into which commands are fitted, so that they can be copied from any terminal."""
_JUNE: Final = parse_day("2019-06-30")
_SEPTEMBER: Final = parse_day("2019-09-30")
_FIRST_MONDAY: Final = parse_day("2019-05-06")
_LATER: Final = 5
"""Days after the day asked, at which a monthly report is drawn up."""


def tell_authority(store: str) -> str:
    """Take the facts in and tell of them; the reference of the case that was explained."""
    with Desk(store, create=True, now=now) as desk:
        tally = take_lines(desk, [str(FACTS)], backfill=True)
        chapter(
            "A made-up authority, May to October 2019. No child in it is real.",
            Text("Its case system's facts came in as history: known when they were recorded."),
            show_tally(tally),
        )
        chapter("Open cases, week by week, on Mondays", _by_week(desk))
        chapter(
            "Open at the end of a month: as known five days later, and as known now",
            _by_locality(desk),
        )
        kept = desk.compliance(_SEPTEMBER, now())
        chapter(f"Is what we expect done in time? By clock, on {day_words(_SEPTEMBER)}", show_compliance(kept, ()))
        drifting = desk.drift(_SEPTEMBER, now())
        chapter(f"Drift: overdue on {day_words(_SEPTEMBER)}, by clock and locality", _by_clock(drifting))
        worst = worst_cases(drifting, 10)
        chapter("The ten worst cases: most clocks of high severity overdue, then for longest", show_worst(worst))
        told = _readable([desk.explain(case, _SEPTEMBER, now()) for case, _ in worst])
        chapter(
            f"One of them in full: {plain(told['case'])}, on {day_words(_SEPTEMBER)}",
            *show_explanation(told, _SEPTEMBER, desk.rules()),
        )
    return str(told["case"])


def chapter(title: str, *parts: RenderableType) -> None:
    """A chapter: its title, what it shows, and a blank line."""
    say(Text(f"── {title} ", style="bold"), Text(), *parts, Text(), in_a_pipe=WIDTH)


def tell_what_next(store: str, case: str) -> None:
    """Five commands to go on with, on the store that the demo left."""
    program, on = _program(), "--on 2019-09-30"
    commands = (
        f"counts --store {store} {on} --known 2019-10-05 --by locality,tier",
        f"drift --store {store} {on} --clock looked-after-visit",
        f"compliance --store {store} {on} --by locality --clock supervision",
        f"explain {case} --store {store} {on} --known 2019-09-30",
        f"rebuild --check --store {store}",
    )
    chapter("To try next", *(Text(_folded(f"{program} {command}")) for command in commands))


def _folded(command: str) -> str:
    """A command over two lines where it is long, as a shell takes it."""
    if len(command) <= _NARROWEST:
        return command
    cut = command.rindex(" ", 0, _NARROWEST - 1)
    if command[cut + 1 : cut + 3] != "--":  # an option keeps its value
        cut = command.rindex(" --", 0, cut)
    return f"{command[:cut]} \\\n    {command[cut + 1 :]}"


def _program() -> str:
    """How the program was called, from the working folder where it lies within."""
    called = Path(sys.argv[0])
    near = os.path.relpath(called) if called.is_file() else ""
    return near if near and not near.startswith("..") else "casedrift"


def _by_week(desk: Desk) -> RenderableType:
    mondays = range(_FIRST_MONDAY, _SEPTEMBER + 1, 7)
    return bars([(day_words(day), desk.counts(day, now())[0]["open_cases"]) for day in mondays])


def _by_locality(desk: Desk) -> RenderableType:
    columns: list[dict[str | None, int]] = []
    titles = []
    for day in (_JUNE, _SEPTEMBER):
        for known in (end_of_day(day + _LATER), now()):
            rows = desk.counts(day, known, ("locality",))
            columns.append({row["locality"]: row["open_cases"] for row in rows})
        titles += [f">{_short(day)}, known {_short(day + _LATER)}", ">known now", ">change"]
    shown = table("locality", *titles)
    localities = sorted({name for column in columns for name in column}, key=lambda name: (name is None, name or ""))
    for name in localities:
        shown.add_row(plain(name), *_with_change([column.get(name, 0) for column in columns]))
    shown.add_row("all", *_with_change([sum(column.values()) for column in columns]))
    return shown


def _with_change(figures: Sequence[int]) -> Iterable[str]:
    for then, at_last in zip(figures[::2], figures[1::2], strict=True):
        yield from (number(then), number(at_last), f"{at_last - then:+,}" if at_last != then else "0")


def _short(day: int) -> str:
    """A day without its year."""
    return day_words(day).rpartition(" ")[0]


def _by_clock(drifting: Sequence[Mapping[str, Any]]) -> RenderableType:
    found = Counter((line["clock"], line["locality"]) for line in drifting)
    localities = sorted({name for _, name in found}, key=lambda name: (name is None, name or ""))
    shown = table("clock", *(f">{plain(name)}" for name in localities), ">all")
    for clock in sorted({clock for clock, _ in found}):
        figures = [found[clock, name] for name in localities]
        shown.add_row(plain(clock), *map(number, figures), number(sum(figures)))
    sums = [sum(n for (_, place), n in found.items() if place == name) for name in localities]
    shown.add_row("all", *map(number, sums), number(sum(sums)))
    return shown


def _readable(explained: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The shortest to tell; before all others, one of which the record says nothing after the day asked."""
    return min(explained, key=lambda each: (_goes_on(each), len(each["facts"]) + len(each["runs"]), each["case"]))


def _goes_on(each: Mapping[str, Any]) -> bool:
    return any(parse_day(fact["data"]["effective_on"]) > _SEPTEMBER for fact in each["facts"])
