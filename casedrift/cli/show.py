"""What can be shown without an authority's own records: a made-up stream of facts, and the demo drawn from one.

The simulation is loaded where it runs, so that no other command waits for it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from casedrift.asking import a_day
from casedrift.cli.options import JsonOption
from casedrift.present.paper import how_many, number, print_json, reader_gone, say
from casedrift.present.progress import progress_bar
from streams.errors import OutOfReach, WrongInput

Extracts = Literal["annex-a", "cin-census"]
FORMS: Final[tuple[Literal["facts"] | Extracts, ...]] = ("facts", "annex-a", "cin-census")
Arguments = tuple[int, date, int, int]
"""Seed, first day, months and children."""


def simulated(
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed, the same facts.")],
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day.")],
    months: Annotated[int, typer.Option("--months", metavar="M", help="How many months from then on.")],
    children: Annotated[int, typer.Option("--children", metavar="K", help="How many children are seen.")],
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="Where to; - is standard output. Of extracts: a folder.")
    ],
    form: Annotated[str, typer.Option("--as", metavar="FORM", help=f"{', '.join(FORMS)}.")] = "facts",
    as_json: JsonOption = False,
) -> None:
    """Make up an authority: its facts as JSON lines, or the extracts of them."""
    asked = next((known for known in FORMS if known == form), None)
    if asked is None:
        raise WrongInput(f'--as knows no "{form}"; it takes {", ".join(FORMS)}')
    begin = date.fromordinal(a_day(start, "--from"))
    try:
        if asked == "facts":
            _facts(out, (seed, begin, months, children), as_json=as_json)
        else:
            _extracts(asked, out, (seed, begin, months, children), as_json=as_json)
    except ValueError as fault:
        raise WrongInput(f"that can't be simulated: {fault}") from None


def _facts(out: str, arguments: Arguments, *, as_json: bool) -> None:
    from casedrift.lines import STDIN
    from casedrift.simulation import simulate

    if as_json and out == STDIN:
        raise WrongInput("--json has no use with --out -, which prints the facts themselves; leave it out")
    lines = simulate(*arguments)
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


def _extracts(form: Extracts, out: str, arguments: Arguments, *, as_json: bool) -> None:
    from casedrift.lines import STDIN
    from casedrift.simulation.extracts import write_extracts

    if out == STDIN:
        raise WrongInput(f"--as {form} writes several files; name a folder for them with --out")
    written = 0
    try:
        with progress_bar(form) as bar:
            for written, _ in enumerate(write_extracts(form, Path(out), *arguments), start=1):
                bar(written, None)
    except OSError as fault:
        why = fault.strerror or "unknown fault"
        raise OutOfReach(f"{out} can't be written to: {why}; check the folder and the disk") from None
    if as_json:
        print_json({"files": written})
    else:
        say(f"{how_many(written, 'file')} written to {out}.")


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
