"""The questions: how many cases are open, which have drifted, how far each expectation is kept, and why.

Each is about a day, as known at an instant. What lays an answer out for people is loaded only where people ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from casedrift.asking import a_day, when
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
from domain.days import format_day
from streams.errors import WrongInput

if TYPE_CHECKING:
    from rich.text import Text

STDOUT: Final = "-"


class Question(NamedTuple):
    """What is asked about: the day (an ordinal), as known at the instant, and the present instant (microseconds)."""

    on: int
    known: int
    now: int

    def heading(self, what: str) -> Text:
        """The title over the answer."""
        return heading(what, *self)

    def lasting(self, what: str) -> Text:
        """The title for a file that is kept, in which "now" would soon be wrong."""
        return self._replace(now=self.known + 1).heading(what)


def question(on: str | None, known: str | None) -> Question:
    """What is asked about, as it was typed. WrongInput where that is no day, or no instant."""
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
    asked, keys = question(on, known), grouping(by)
    with open_desk(store) as desk:
        answer = desk.counts(asked.on, asked.known, keys)
    if as_json:
        return print_json(answer)
    from casedrift.present.counts import show_counts

    return say(asked.heading("Open cases"), show_counts(answer, keys))


def drift(
    clock: ClockOption = None,
    due_soon: Annotated[bool, typer.Option("--due-soon", help="Those that are due soon instead.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Beside those of that day: what is new, what is gone.")
    ] = None,
    on: OnOption = None,
    known: KnownOption = None,
    policy: PolicyOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which cases are overdue on a day, by which clock."""
    asked, other = question(on, known), policy_asked(policy)
    earlier = _since(since, asked.on, due_soon=due_soon)
    with open_desk(store) as desk:
        answer = desk.drift(asked.on, asked.known, clock=clock, due_soon=due_soon, since=earlier, policy=other)
    if as_json:
        return print_json(answer)
    from casedrift.present.drift import show_drift, show_drift_since

    if earlier is not None:
        return say(asked.heading("Overdue"), *show_drift_since(answer, earlier))
    return say(asked.heading("Due soon" if due_soon else "Overdue"), show_drift(answer))


def _since(since: str | None, on: int, *, due_soon: bool) -> int | None:
    """The earlier day of a comparison. WrongInput where it is later than the day, or there is nothing to compare."""
    if since is None:
        return None
    if due_soon:
        raise WrongInput("--since compares what is overdue; leave out --due-soon, or --since")
    earlier = a_day(since, "--since")
    if earlier > on:
        raise WrongInput(f"--since {since} is after the day asked about, {format_day(on)}; give an earlier day")
    return earlier


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
    asked, keys, other = question(on, known), grouping(by), policy_asked(policy)
    with open_desk(store) as desk:
        answer = desk.compliance(asked.on, asked.known, by=keys, clock=clock, policy=other)
    if as_json:
        return print_json(answer)
    from casedrift.present.compliance import show_compliance

    return say(asked.heading("Compliance"), show_compliance(answer, keys))


def findings(
    by: ByOption = None,
    on: OnOption = None,
    known: KnownOption = None,
    policy: PolicyOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """The record's own faults: what it lacks, or says that can't be."""
    asked, keys, other = question(on, known), grouping(by), policy_asked(policy)
    with open_desk(store) as desk:
        answer = desk.findings(asked.on, asked.known, by=keys, policy=other)
    if as_json:
        return print_json(answer)
    from casedrift.present.findings import show_cases_with_faults, show_findings

    if keys:
        return say(asked.heading("Open cases with faults of the record"), show_cases_with_faults(answer, keys))
    return say(asked.heading("Faults of the record"), *show_findings(answer))


def explain(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The reference of the case.")],
    html: Annotated[
        str | None, typer.Option("--html", metavar="FILE", help="Write it as a page; - is standard output.")
    ] = None,
    on: OnOption = None,
    known: KnownOption = None,
    policy: PolicyOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """One case: its life as a picture, why each expectation was due and what came of it, and the record."""
    if as_json and html == STDOUT:
        raise WrongInput("--json has no use with --html -, which prints the page itself; leave one out")
    asked, other = question(on, known), policy_asked(policy)
    with open_desk(store) as desk:
        answer = desk.explain(case_asked(case), asked.on, asked.known, policy=other)
        rules = desk.rules(other)
    title = asked.heading(f"Case {plain(answer['case'])}")
    if html is not None:
        from casedrift.present.explain_page import explained_page
        from casedrift.present.whole_file import write_text

        lasting = asked.lasting(f"Case {plain(answer['case'])}")
        write_text(html, explained_page(answer, lasting.plain, asked.on, rules), "--html")
    if as_json:
        return print_json(answer)
    if html is not None:
        return None if html == STDOUT else say(f"{title} is told in {plain(html)}.")
    from casedrift.present.explain import show_explanation

    return say(title, "", *show_explanation(answer, asked.on, rules))
