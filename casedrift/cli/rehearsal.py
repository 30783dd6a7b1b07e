"""`casedrift ingest --dry-run`: what a load would change is told, and nothing is stored.

A store that is not there yet is one without a fact; it is not made for the asking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import typer

from casedrift.cli.options import store_asked
from casedrift.now import now, of_store, refuse_to_write
from casedrift.present.paper import print_json, say
from streams.errors import WrongInput

if TYPE_CHECKING:
    from streams.sources.formats import Reader
    from streams.store import Store


def rehearse(
    store: str | None,
    paths: Sequence[str],
    formats: Sequence[str],
    reader: Reader | None,
    *,
    as_json: bool,
    backfill: bool,
    alongside: bool,
    confirm_missing: bool,
) -> NoReturn:
    """Tell what would become of an extract, or of files of JSON lines; ends with 1 where something would be refused."""
    from casedrift.lines import batches
    from casedrift.present.refused import show_refused
    from casedrift.present.rehearsed import show_changes
    from casedrift.present.tally import show_tally
    from casedrift.rehearsing import rehearse_extract, rehearse_lines

    refuse_to_write()
    if reader is not None and len(paths) > 1:
        raise WrongInput("--dry-run takes one extract: what a second one would change depends on the first; give one")
    with _store(store_asked(store)) as opened:
        clock = of_store(opened, now)
        if reader is None:
            places: list[tuple[str, int]] = []
            lines = batches(paths, lambda _: None, places=places)
            told = rehearse_lines(opened, clock, lines, places, backfill=backfill)
        else:
            told = rehearse_extract(
                opened, clock, formats[0], Path(paths[0]), reader,
                backfill=backfill, alongside=alongside, confirm_missing=confirm_missing,
            )  # fmt: skip
    if as_json:
        print_json(
            {**told.tally.as_dict(of_extract=reader is not None), "changes": told.changes, "refusals": told.refused}
        )
    else:
        notes = (f"\n{note.strip()}" for note in told.notes)
        of_refused = ["", *show_refused(told.refused, "--json shows all")] if told.refused else []
        tally = show_tally(told.tally, refused="as is said below")
        say(tally, *of_refused, *show_changes(told.changes), *notes, in_a_pipe=100)
    raise typer.Exit(1 if told.tally.refused else 0)


@contextmanager
def _store(url: str) -> Iterator[Store]:
    from casedrift.settings import read_settings
    from streams.stores import is_postgres, open_store, store_path

    key_file = read_settings().key_file
    if is_postgres(url) or store_path(url).exists():
        with open_store(url, key_file=key_file) as opened:
            yield opened
        return
    with TemporaryDirectory() as folder, open_store(str(Path(folder) / "empty.db"), create=True) as opened:
        yield opened
