"""The questions: how many cases are open, which have drifted, how far each expectation is kept, and why.

Each is about a day, as known at an instant. What lays an answer out for people is loaded only where people ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from casedrift.asking import when
from casedrift.cli.options import (
    ByOption,
    ClockOption,
    JsonOption,
    KnownOption,
    OnOption,
    PolicyOption,
    StoreOption,
    case_asked,
    grouping,
    open_desk,
    policy_asked,
)
from casedrift.now import now
from casedrift.present.paper import heading, plain, print_json, say

if TYPE_CHECKING:
    from rich.text import Text


class Question(NamedTuple):
    """What is asked about: the day (an ordinal), as known at the instant, and the present instant (microseconds)."""

    on: int
    known: int
    now: int

    def heading(self, what: str) -> Text:
        """The title over the answer."""
        return heading(what, *self)


def _question(on: str | None, known: str | None) -> Question:
    present = now()
    return Question(*when(on, known, present), present)


def counts(
    by: ByOption = None,
    on: OnOption = None,
    known: KnownOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """How many cases and children are open on a day."""
    asked, keys = _question(on, known), grouping(by)
    with open_desk(store) as desk:
        answer = desk.counts(asked.on, asked.known, keys)
    if as_json:
        return print_json(answer)
    from casedrift.present.counts import show_counts

    return say(asked.heading("Open cases"), show_counts(answer, keys))


def drift(
    clock: ClockOption = None,
    due_soon: Annotated[bool, typer.Option("--due-soon", help="Those that are due soon instead.")] = False,
    on: OnOption = None,
    known: KnownOption = None,
    policy: PolicyOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which cases are overdue on a day, by which clock."""
    asked, other = _question(on, known), policy_asked(policy)
    with open_desk(store) as desk:
        answer = desk.drift(asked.on, asked.known, clock=clock, due_soon=due_soon, policy=other)
    if as_json:
        return print_json(answer)
    from casedrift.present.drift import show_drift

    return say(asked.heading("Due soon" if due_soon else "Overdue"), show_drift(answer))


def compliance(
    by: ByOption = None,
    clock: ClockOption = None,
    on: OnOption = None,
    known: KnownOption = None,
    policy: PolicyOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """How far each expectation is kept on a day."""
    asked, keys, other = _question(on, known), grouping(by), policy_asked(policy)
    with open_desk(store) as desk:
        answer = desk.compliance(asked.on, asked.known, by=keys, clock=clock, policy=other)
    if as_json:
        return print_json(answer)
    from casedrift.present.compliance import show_compliance

    return say(asked.heading("Compliance"), show_compliance(answer, keys))


def explain(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The reference of the case.")],
    on: OnOption = None,
    known: KnownOption = None,
    policy: PolicyOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """One case: its facts, where it was held, its runs, and the record's faults."""
    asked, other = _question(on, known), policy_asked(policy)
    with open_desk(store) as desk:
        answer = desk.explain(case_asked(case), asked.on, asked.known, policy=other)
    if as_json:
        return print_json(answer)
    from casedrift.present.explain import show_explanation

    return say(asked.heading(f"Case {plain(answer['case'])}"), "", *show_explanation(answer, asked.on))
