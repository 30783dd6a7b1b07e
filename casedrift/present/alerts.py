"""The alarm log for people: when, in which case, by which clock, what turned, and on which facts that rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from casedrift.asking import as_datetime
from casedrift.present.paper import day_words, known_words, plain, table
from domain.days import LONDON, end_of_day, london_day, parse_instant

_TITLES: Final = ("when", "case", "clock", "what", "due", "~why")


def alerts_heading(since: int | None, known: int, now: int) -> Text:
    """`Alerts since the end of 3 Jun 2019, as known now` (instants)."""
    window = "" if since is None else f" since {_since_words(since)}"
    return Text(f"Alerts{window}, as known {known_words(known, now)}", style="bold")


def _since_words(since: int) -> str:
    day = london_day(since)
    return f"the end of {day_words(day)}" if since == end_of_day(day) else hour_words(since)


def show_alerts(lines: Sequence[Mapping[str, Any]]) -> RenderableType:
    """A row a change."""
    if not lines:
        return Text("None.")
    shown = table(*_TITLES)
    for line in lines:
        shown.add_row(*_cells(line))
    return shown


def alert_words(line: Mapping[str, Any]) -> str:
    """One change on one line, as it comes."""
    when, case, clock, what, due, because = _cells(line)
    return f"{when}  {case}  {clock}  {what}  due {due}  {because}"


def _cells(line: Mapping[str, Any]) -> tuple[str, ...]:
    """What the titles name."""
    when = hour_words(parse_instant(line["state_at"]))
    return when, plain(line["case"]), plain(line["clock"]), line["state"], day_words(line["due"]), why(line)


def why(line: Mapping[str, Any]) -> str:
    """`began with 1, ended with 4`: the facts that the change rests on, by their ids."""
    facts = [plain(fact) for fact in line["because"]]
    if line["state"] == "withdrawn":
        return f"learnt then: {', '.join(facts)}"
    return "began with " + ", ended with ".join(facts)


def hour_words(instant: int) -> str:
    """`4 Jun 2019 00:00 BST`: London's time of the instant; seconds where they are not zero, and nothing finer."""
    moment = as_datetime(instant).astimezone(LONDON)
    return f"{day_words(london_day(instant))} {moment:%H:%M:%S %Z}".replace(":00 ", " ")
