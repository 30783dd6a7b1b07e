"""The options that many commands share, each explained once, and what is made of them.

A store, a policy and the settings are loaded only by commands that come to need them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from casedrift.now import another_hour, now, refuse_to_write
from domain.vocabulary import GROUP_KEYS, GroupKey
from streams.errors import WrongInput

if TYPE_CHECKING:
    from casedrift.desk import Desk
    from domain.policy import Policy
    from streams.store import Store

StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="The store: a URL, or a path. Else CASEDRIFT_STORE."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
OnOption = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help="The day asked about. Else the London day of --known."),
]
KnownOption = Annotated[
    str | None,
    typer.Option("--known", metavar="INSTANT", help="As known then; a day means its end. Else as known now."),
]
PolicyOption = Annotated[
    str | None,
    typer.Option("--policy", metavar="FILE", help="Answer by this policy: a file, or a shipped name."),
]
ByOption = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="KEYS", help=f"Group by any of {','.join(GROUP_KEYS)}."),
]
ClockOption = Annotated[str | None, typer.Option("--clock", metavar="ID", help="Only this clock.")]


def open_identities(store: str | None, *, writes: bool = False) -> Store:
    """The store that is meant, open for who is who: with its key where the settings say. Errors as of `open_desk`."""
    from casedrift.settings import read_settings
    from streams.stores import open_store

    if writes:
        refuse_to_write()
    return open_store(store_asked(store), key_file=read_settings().key_file)


def open_desk(store: str | None, *, create: bool = False, writes: bool = False, identities: bool = False) -> Desk:
    """The store that is meant, open. OutOfReach, or WrongInput where the name of it is no name of a store.

    `create` makes it where there is none; a command that `writes` to it (or creates it) works by the real hour only.
    One that asks for `identities` has the key where the settings say.
    """
    from casedrift.desk import Desk

    by_store_clock = not another_hour()
    if not (create or writes or identities):
        return Desk(store_asked(store), now=now, by_store_clock=by_store_clock)
    from casedrift.settings import read_settings

    if create or writes:
        refuse_to_write()
    settings = read_settings()
    return Desk(
        store_asked(store),
        create=create,
        now=now,
        by_store_clock=by_store_clock,
        announced_by=settings.announced_by,
        key_file=settings.key_file,
    )


def store_asked(store: str | None) -> str:
    """The name of the store that is meant: a path or a URL. WrongInput where it is none."""
    url = _store_set() if store is None else store
    if not url or not is_text(url):
        raise WrongInput("--store names no file; give a path, or sqlite:///path")
    return url


def _store_set() -> str:
    from casedrift.settings import read_settings

    return read_settings().store


def grouping(by: Iterable[str] | None) -> Sequence[GroupKey]:
    """The keys to group by, in the order asked. WrongInput for an unknown or repeated one."""
    keys: list[GroupKey] = []
    for text in [part.strip() for each in by or () for part in each.split(",")]:
        key = next((known for known in get_args(GroupKey) if known == text), None)
        if key is None:
            raise WrongInput(f'--by knows no "{text}"; it takes any of {",".join(GROUP_KEYS)}')
        if key in keys:
            raise WrongInput(f"--by names {key} twice; name each key once")
        keys.append(key)
    return keys


def policy_asked(reference: str | None) -> Policy | None:
    """The policy to answer by; None = the store's. PolicyUnreadable where it can't be used."""
    if reference is None:
        return None
    from casedrift.policies import load_policy

    return load_policy(reference)


def case_asked(case: str) -> str:
    """The reference of a case. WrongInput where it is no text at all."""
    if not is_text(case):
        raise WrongInput("that reference of a case is no text; check it")
    return case


def is_text(words: str) -> bool:
    """Whether a word of the command line is text; bytes that are none come in as lone surrogates."""
    return not any("\ud800" <= letter <= "\udfff" for letter in words)
