"""`casedrift reconcile`: does the store hold what the case system's own file shows, child by child?

Nothing of the file is taken in, and the store is only read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casedrift.asking import when
from casedrift.cli.files import check, format_of
from casedrift.cli.options import JsonOption, KnownOption, PolicyOption, StoreOption, open_desk, policy_asked
from casedrift.cli.taking_in import reader_of
from casedrift.now import now
from casedrift.present.paper import heading, print_json, say
from casedrift.present.progress import progress_bar
from streams.errors import WrongInput


def reconcile(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An extract: an Annex A workbook or a CIN census.")],
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="auto, cin-census, annex-a.")] = "auto",
    taken: Annotated[str | None, typer.Option("--taken", metavar="INSTANT", help="When the file was taken.")] = None,
    known: KnownOption = None,
    policy: PolicyOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open cases, plans and overdue clocks as a file shows them, against ours. Ends with 1 where they differ, or
    something of the file can't be read."""
    from casedrift.reconciling import reconcile as reconciled

    kind = format_of(file, format_)
    if kind == "jsonl":
        raise WrongInput(f"{file} is no extract that shows a day; give an Annex A workbook or a CIN census")
    check([file], [kind], {})
    present = now()
    _, instant = when(None, known, present)
    other, reader = policy_asked(policy), reader_of(None, taken)
    with open_desk(store, identities=True) as desk, progress_bar(Path(file).name) as bar:
        answer = reconciled(desk, kind, Path(file), reader, known=instant, now=now, policy=other, progress=bar)
    if as_json:
        print_json(answer.lines)
    else:
        from casedrift.present.reconciled import show_reconciled

        title = heading("The file and the store", answer.on, instant, present)
        say(title, *show_reconciled(answer.lines, answer.refused, answer.notes), in_a_pipe=100)
    differ = any(line["only_theirs"] or line["only_ours"] for line in answer.lines)
    raise typer.Exit(1 if differ or answer.refused else 0)
