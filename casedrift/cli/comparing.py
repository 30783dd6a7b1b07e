"""`casedrift policy compare`: what would be flagged if another policy were in force, before anybody decides on it."""

from __future__ import annotations

from typing import Annotated

import typer

from casedrift.asking import when
from casedrift.cli.options import JsonOption, KnownOption, OnOption, StoreOption, open_desk
from casedrift.now import now
from casedrift.present.paper import heading, print_json, say


def policy_compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A file, or a shipped name.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    on: OnOption = None,
    known: KnownOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """What two policies flag as overdue on a day: only the one, only the other, and both."""
    from casedrift.policies import load_policy

    present = now()
    day, instant = when(on, known, present)
    policies = load_policy(a), load_policy(b)
    with open_desk(store) as desk:
        answer = desk.policy_compare(*policies, day, instant)
    if as_json:
        return print_json(answer)
    from casedrift.present.policy_compare import show_comparison

    names = (f"{policy.id}, version {policy.version}" for policy in policies)
    return say(heading("Overdue by two policies", day, instant, present), *show_comparison(answer, *names))
