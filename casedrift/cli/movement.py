"""`casedrift flow`: how the open cases of one day became those of another, each day as known at an instant."""

from __future__ import annotations

from typing import Annotated

import typer

from casedrift.asking import a_day, an_instant
from casedrift.cli.options import ByOption, JsonOption, StoreOption, grouping, open_desk
from casedrift.now import now
from casedrift.present.paper import print_json, say
from streams.errors import WrongInput

FromOption = Annotated[str, typer.Option("--from", metavar="DATE", help="The first day: who was open then.")]
ToOption = Annotated[str, typer.Option("--to", metavar="DATE", help="The last day: who is open then.")]
KnownFromOption = Annotated[
    str | None,
    typer.Option("--known-from", metavar="INSTANT", help="The first day as known then. Else as known now."),
]
KnownToOption = Annotated[
    str | None,
    typer.Option("--known-to", metavar="INSTANT", help="The last day and what moved, as known then. Else now."),
]


def flow(
    from_: FromOption,
    to: ToOption,
    known_from: KnownFromOption = None,
    known_to: KnownToOption = None,
    by: ByOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """How the open cases of one day became those of another."""
    first, last = a_day(from_, "--from"), a_day(to, "--to")
    if first > last:
        raise WrongInput(f"--from {from_} is after --to {to}; give the earlier day to --from")
    present, keys = now(), grouping(by)
    then = present if known_from is None else an_instant(known_from, present, "--known-from")
    later = present if known_to is None else an_instant(known_to, present, "--known-to")
    with open_desk(store) as desk:
        answer = desk.flow((first, then), (last, later), keys)
    if as_json:
        return print_json(answer if keys else answer[0])
    from casedrift.present.flow import flow_heading, show_flow

    return say(flow_heading((first, then), (last, later), present), show_flow(answer, keys, first, last))
