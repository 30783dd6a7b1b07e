"""The record's own faults in words, each beside its case, or counted by group: for whoever is to put them right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from casedrift.present.counts import group
from casedrift.present.paper import number, plain, table
from domain.vocabulary import GroupKey

FAULTS: Final = {
    "opened-while-open": "opened while it was open",
    "closed-while-closed": "closed while it was closed",
    "activity-while-closed": "something done while it was closed",
    "effective-in-future": "recorded before it happened",
    "recorded-late": "recorded late",
    "missing-locality": "no locality named",
    "missing-team": "no team named",
    "missing-worker": "no worker named",
    "never-assessed": "never assessed",
}
"""Each finding in a few words."""


def show_findings(lines: Sequence[Mapping[str, Any]]) -> Iterator[RenderableType]:
    """A row a finding, with the facts that it rests on; then how many cases have each."""
    if not lines:
        yield Text("None.")
        return
    shown, cases = table("case", "finding", "~in words", "~rests on"), dict[str, set[str]]()
    for line in lines:
        finding = line["finding"]
        shown.add_row(plain(line["case"]), finding, FAULTS[finding], ", ".join(map(plain, line["facts"])))
        cases.setdefault(finding, set()).add(line["case"])
    yield shown
    yield Text()
    yield _together(cases)


def show_cases_with_faults(lines: Sequence[Mapping[str, Any]], by: Sequence[GroupKey]) -> RenderableType:
    """A row a group and finding."""
    if not lines:
        return Text("None.")
    shown = table(*by, "finding", ">cases")
    for line in lines:
        shown.add_row(*group(line, by), line["finding"], number(line["cases"]))
    return shown


def _together(cases: Mapping[str, set[str]]) -> RenderableType:
    shown = table("finding", ">cases")
    for finding in sorted(cases):
        shown.add_row(finding, number(len(cases[finding])))
    return shown
