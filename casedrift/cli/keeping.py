"""Keeping the store: what is in it, what stayed outside, by which policy, and whether its views are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casedrift.cli import say_faults
from casedrift.cli.options import JsonOption, StoreOption, open_desk
from casedrift.present.paper import how_many, print_json, say
from casedrift.present.progress import progress_bar
from domain.policy_faults import PolicyUnreadable
from streams.errors import WrongInput

if TYPE_CHECKING:
    from domain.policy import Policy
    from projections.differences import DifferenceInWords

PolicyArgument = Annotated[
    str | None, typer.Argument(metavar="[FILE]", help="A file, or a shipped name. Else the store's policy.")
]


def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Only compare.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell every case anew from its facts and compare. Ends with 1 where views differed."""
    found: list[DifferenceInWords] = []
    with open_desk(store, writes=not check) as desk, progress_bar("cases") as bar:
        answer = desk.rebuild(check=check, progress=bar, found=found.append)
    if as_json:
        print_json(answer)
    else:
        from casedrift.present.proof import show_proof

        say(*show_proof(answer, found, put_right=not check), in_a_pipe=120)
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


def quarantine_redrive(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="[NUMBER…]", help="Only these. Else all but what waits.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in again what was refused. Ends with 1 where something still is."""
    with open_desk(store, writes=True) as desk:
        redriven = desk.redrive(set(numbers) if numbers else None)
    if as_json:
        print_json(redriven.tally.as_dict())
    else:
        from casedrift.present.tally import show_redriven

        say(*show_redriven(redriven), in_a_pipe=100)
    raise typer.Exit(1 if redriven.tally.refused else 0)


def quarantine_discard(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="[NUMBER…]", help="These.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything, what waits too.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let go of what was not accepted, for good."""
    if bool(numbers) == everything:
        raise WrongInput("name the numbers to discard, or else give --all; casedrift quarantine list shows them")
    with open_desk(store, writes=True) as desk:
        gone = desk.discard(set(numbers) if numbers else None)
    if as_json:
        print_json({"discarded": gone})
    else:
        say(f"{gone:,} discarded.")


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
