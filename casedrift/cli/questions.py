"""The questions: how many cases are open, which have drifted, how far each expectation is kept, and why.

Each is about a day, as known at an instant.
"""

from __future__ import annotations

from typing import Annotated

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
from casedrift.present.compliance import show_compliance
from casedrift.present.counts import show_counts
from casedrift.present.drift import show_drift
from casedrift.present.explain import show_explanation
from casedrift.present.paper import heading, plain, print_json, say


def counts(
    by: ByOption = None,
    on: OnOption = None,
    known: KnownOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """How many cases and children are open on a day."""
    present = now()
    day, instant = when(on, known, present)
    keys = grouping(by)
    with open_desk(store) as desk:
        answer = desk.counts(day, instant, keys)
    if as_json:
        print_json(answer)
    else:
        say(heading("Open cases", day, instant, present), show_counts(answer, keys))


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
    present = now()
    day, instant = when(on, known, present)
    asked = policy_asked(policy)
    with open_desk(store) as desk:
        answer = desk.drift(day, instant, clock=clock, due_soon=due_soon, policy=asked)
    if as_json:
        print_json(answer)
    else:
        what = "Due soon" if due_soon else "Overdue"
        say(heading(what, day, instant, present), show_drift(answer))


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
    present = now()
    day, instant = when(on, known, present)
    keys, asked = grouping(by), policy_asked(policy)
    with open_desk(store) as desk:
        answer = desk.compliance(day, instant, by=keys, clock=clock, policy=asked)
    if as_json:
        print_json(answer)
    else:
        say(heading("Compliance", day, instant, present), show_compliance(answer, keys))


def explain(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The reference of the case.")],
    on: OnOption = None,
    known: KnownOption = None,
    policy: PolicyOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """One case: its facts, where it was held, its runs, and the record's faults."""
    present = now()
    day, instant = when(on, known, present)
    asked = policy_asked(policy)
    with open_desk(store) as desk:
        answer = desk.explain(case_asked(case), day, instant, policy=asked)
    if as_json:
        print_json(answer)
    else:
        title = heading(f"Case {plain(answer['case'])}", day, instant, present)
        say(title, "", *show_explanation(answer, day))
