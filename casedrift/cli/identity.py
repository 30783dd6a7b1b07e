"""Who is who, for the few who may know: a child looked up, and the key changed by which that is possible.

A local id that is typed stays in the history of the shell; so one can also be given on standard input.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from casedrift.cli.options import JsonOption, StoreOption, is_text, open_identities
from casedrift.present.paper import how_many, plain, print_json, say
from streams.errors import WrongInput

_STDIN: Final = "-"
_LONGEST: Final = 1_000


def lookup(
    asked: Annotated[
        str, typer.Argument(metavar="ID|REFERENCE", help="A local id, a child's reference or a case; - reads one line.")
    ],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Whose case it is: from a local id to the reference and the case, or back."""
    from casedrift.lookup import lookup as found
    from casedrift.settings import read_settings

    with open_identities(store) as opened:
        answer = found(opened, _asked(asked), read_settings().case_link)
    if as_json:
        return print_json(answer)
    from casedrift.present.store import show_child

    return say(show_child(answer))


def key_rotate(
    keep_old: Annotated[
        Path | None, typer.Option("--keep-old", metavar="FILE", help="Write the earlier key there. Else it is gone.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put who is who under a new key."""
    import secrets

    from streams.identity_rotation import rotate

    with open_identities(store, writes=True) as opened:
        children = rotate(opened, secrets.token_bytes, keep_old)
        key_file = opened.key_file
    if as_json:
        kept = None if keep_old is None else str(keep_old)
        return print_json({"children": children, "key_file": str(key_file), "old_key_file": kept})
    where = "is in no file of ours any more" if keep_old is None else f"is in {plain(keep_old)}"
    return say(
        f"{how_many(children, 'child is', 'children are')} under a new key now, which is in {plain(key_file)}: back it"
        " up, apart from the store.",
        f"Backups of the store from before now open only with the earlier key, which {where}: keep the two together,"
        " or let go of both. Whoever works on this store with a copy of the key needs the new one.",
        in_a_pipe=100,
    )


def _asked(words: str) -> str:
    """The id as given, or the first line of standard input. WrongInput where it is no text."""
    text = words
    if words == _STDIN:
        text = sys.stdin.buffer.readline(_LONGEST).decode("utf-8", errors="surrogateescape")
    if not text.strip() or "\0" in text or not is_text(text):
        raise WrongInput("that is no id; give a local id, a child's reference or a case")
    return text
