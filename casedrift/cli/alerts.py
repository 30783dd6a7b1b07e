"""`casedrift alerts`: every change of an alert up to an instant, or with `--follow` each one as it comes.

An alert is raised when a run is overdue on the very day, cleared when that was made good, and withdrawn when it turns
out never to have been so.
"""

from __future__ import annotations

import json
import select
import signal
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casedrift.asking import an_instant, when
from casedrift.cli.options import JsonOption, KnownOption, PolicyOption, StoreOption, open_desk, policy_asked
from casedrift.now import now
from casedrift.present.paper import say, write
from streams.errors import WrongInput

if TYPE_CHECKING:
    from casedrift.desk import Desk
    from domain.policy import Policy


def alerts(
    since: Annotated[
        str | None, typer.Option("--since", metavar="INSTANT", help="Only changes then or later; a day means its end.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Then each as it comes; from now, or --since.")] = False,
    known: KnownOption = None,
    policy: PolicyOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """When runs were found overdue, and when that was settled. JSON is one object a line."""
    if follow and known is not None:
        raise WrongInput("--follow goes on as more is learnt, so --known has no use with it; leave one out")
    present = now()
    _, until = when(None, known, present)
    start = None if since is None else an_instant(since, present, "--since")
    other = policy_asked(policy)
    with open_desk(store) as desk:
        if follow:
            return _follow(desk, present if start is None else start, other, as_json=as_json)
        lines = desk.alerts(until, since=start, policy=other).lines
    if as_json:
        return write(_json(lines))
    from casedrift.present.alerts import alerts_heading, show_alerts

    return say(alerts_heading(start, until, present), show_alerts(lines))


def _follow(desk: Desk, since: int, policy: Policy | None, *, as_json: bool) -> None:
    """Tell changes until somebody ends the program, or nobody reads its output any more: both are a good end."""
    from casedrift.following import Follower, follow

    # a service is ended by SIGTERM; and a shell starts what it leaves in the background deaf to Ctrl-C
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        follow(
            Follower(lambda start, end: desk.alerts(end, since=start, policy=policy), since),
            now=now,
            store_state=desk.store_state,
            tell=_teller(as_json=as_json),
            rest=_rest,
        )
    except (KeyboardInterrupt, typer.Exit):
        return


def _teller(*, as_json: bool) -> Callable[[dict[str, Any]], None]:
    """Writes a line at once, for programs or for people."""
    if as_json:
        return lambda line: write(_json([line]))
    from casedrift.present.alerts import alert_words

    return lambda line: write(alert_words(line) + "\n")


def _json(lines: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)


def _rest(seconds: float) -> bool:
    """Wait so long, or until the reader of our output goes away; whether it is still there."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    return not poll.poll(int(seconds * 1_000) + 1)
