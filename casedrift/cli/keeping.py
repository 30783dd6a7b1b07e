"""Keeping the store: what is in it, what stayed outside, by which policy, and whether its views are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casedrift.cli import say_faults
from casedrift.cli.options import JsonOption, StoreOption, open_desk
from casedrift.present.paper import how_many, print_json, say
from casedrift.present.progress import progress_bar
from domain.policy_faults import PolicyUnreadable

if TYPE_CHECKING:
    from domain.policy import Policy

PolicyArgument = Annotated[
    str | None, typer.Argument(metavar="[FILE]", help="A file, or a shipped name. Else the store's policy.")
]


def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Only compare.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fold the views anew from the facts and compare. Ends with 1 where they differed."""
    with open_desk(store) as desk, progress_bar("facts") as bar:
        answer = desk.rebuild(check=check, progress=bar)
    if as_json:
        print_json(answer)
    else:
        outcome = how_many(answer["differences"], "difference") if answer["differences"] else "no differences"
        done = " The views are the new ones now." if answer["differences"] and not check else ""
        say(f"{how_many(answer['facts'], 'fact')} folded anew: {outcome}.{done}")
    raise typer.Exit(1 if answer["differences"] else 0)


def status(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """What the store holds."""
    with open_desk(store) as desk:
        answer = desk.status()
    if as_json:
        return print_json(answer)
    from casedrift.present.store import show_status

    return say(show_status(answer))


def quarantine_list(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """What was not accepted, or waits."""
    with open_desk(store) as desk:
        answer = desk.quarantined()
    if as_json:
        return print_json(answer)
    from casedrift.present.store import show_quarantine

    return say(show_quarantine(answer))


def policy_show(file: PolicyArgument = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """A policy in words."""
    from casedrift.present.policy import policy_json, show_policy

    policy = _policy(file, store)
    if as_json:
        print_json(policy_json(policy))
    else:
        say(show_policy(policy), in_a_pipe=100)


def policy_check(file: PolicyArgument = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Whether a policy can be used; every fault with its line."""
    from casedrift.present.policy import policy_json

    try:
        policy = _policy(file, store)
    except PolicyUnreadable as error:
        raise typer.Exit(say_faults(error)) from None
    if as_json:
        print_json(policy_json(policy))
    else:
        say(f"{policy.id}, version {policy.version}: {how_many(len(policy.clocks), 'clock')}, no faults.")


def policy_use(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file, or a shipped name.")],
    store: StoreOption = None,
    as_json: JsonOption = False,  # noqa: ARG001 - it prints nothing, for people or programs
) -> None:
    """Make a policy the store's own."""
    from casedrift.policies import load_policy

    policy = load_policy(file)
    with open_desk(store, create=True) as desk:
        desk.use_policy(policy)


def _policy(file: str | None, store: str | None) -> Policy:
    if file is not None:
        from casedrift.policies import load_policy

        return load_policy(file)
    with open_desk(store) as desk:
        return desk.policy
