"""What can be shown without an authority's own records: a made-up stream of facts, and the demo drawn from one.

The simulation is loaded where it runs, so that no other command waits for it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from casedrift.asking import a_day
from casedrift.cli.options import JsonOption
from casedrift.present.paper import number, print_json, reader_gone, say
from casedrift.present.progress import progress_bar
from streams.errors import OutOfReach, WrongInput


def simulated(
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed, the same facts.")],
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day.")],
    months: Annotated[int, typer.Option("--months", metavar="M", help="How many months from then on.")],
    children: Annotated[int, typer.Option("--children", metavar="K", help="How many children are seen.")],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to; - is standard output.")],
    as_json: JsonOption = False,
) -> None:
    """Make up an authority's facts as JSON lines."""
    from casedrift.lines import STDIN
    from casedrift.simulation import simulate

    if as_json and out == STDIN:
        raise WrongInput("--json has no use with --out -, which prints the facts themselves; leave it out")
    begin = date.fromordinal(a_day(start, "--from"))
    try:
        lines = simulate(seed, begin, months, children)
    except ValueError as fault:
        raise WrongInput(f"that can't be simulated: {fault}") from None
    written = 0
    try:
        with open(1 if out == STDIN else out, "wb", closefd=out != STDIN) as file, progress_bar("facts") as bar:
            for line in lines:
                file.write(line)
                written += 1
                if written % 1_000 == 0:
                    bar(written, None)
    except BrokenPipeError:
        reader_gone()
    except OSError as fault:
        raise OutOfReach(f"{out} can't be written: {fault.strerror}; check its folder and the disk") from None
    if as_json:
        print_json({"facts": written})
    elif out != STDIN:
        say(f"{number(written)} facts written to {out}.")


def demo(
    census: Annotated[
        Path | None, typer.Option("--census", metavar="PATH", help="A CIN census; else the one that ships.")
    ] = None,
) -> None:
    """Make up an authority, take its facts in, and ask what people of this field ask."""
    from casedrift.demo import run_demo
    from casedrift.now import refuse_to_write

    refuse_to_write()
    run_demo(census)
