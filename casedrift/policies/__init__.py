"""The policies that ship, and where any other one is found: by a shipped name, or as a file.

`england` is what is expected everywhere; `england-census` and `england-annex-a` are the same for those who
have only such an extract, and say what it can't tell.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Final

from domain.policy import Policy
from domain.policy_faults import PolicyNotFound, meant
from domain.policy_text import read_policy
from streams.pipes import is_named_pipe

_FIRST: Final = "england"
_LONGEST: Final = 64 * 1024
"""Bytes of a policy: some hundred clocks."""


def shipped() -> tuple[str, ...]:
    """The names of the policies that ship, `england` first."""
    names = {Path(each.name).stem for each in files(__name__).iterdir() if each.name.endswith(".toml")}
    return (_FIRST, *sorted(names - {_FIRST}))


def find_policy(reference: str, folder: Path | None = None) -> tuple[str, str]:
    """The text and the name of a policy: a shipped one, else the file at that path from the folder.

    Without a folder the path is from the working directory. Raises `PolicyNotFound`, in one line.
    """
    if reference in shipped():
        text = files(__name__).joinpath(f"{reference}.toml").read_text(encoding="utf-8")
        return text, f"casedrift/policies/{reference}.toml"
    path = os.path.normpath((folder or Path()) / reference)
    try:
        return _text(path), path
    except UnicodeDecodeError:
        raise PolicyNotFound(f"{path} is no policy: it is not text in UTF-8") from None
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) and fault.strerror else "no such file"
        raise PolicyNotFound(f'no policy "{reference}": {why.lower()}{_ships(reference)}') from None


def _text(path: str) -> str:
    if is_named_pipe(path):
        raise PolicyNotFound(f"{path} is no policy: it is a named pipe; give a file")
    with Path(path).open("rb") as file:
        content = file.read(_LONGEST + 1)
    if len(content) > _LONGEST:
        raise PolicyNotFound(f"{path} is no policy: it is longer than any, over {_LONGEST} bytes")
    return content.decode("utf-8-sig")


def load_policy(reference: str) -> Policy:
    """The policy, read and checked, with what it extends.

    Raises `PolicyUnreadable`: `PolicyNotFound`, or `PolicyFaults` with every fault.
    """
    text, name = find_policy(reference)
    return read_policy(text, name, _beside)


def _beside(reference: str, of_name: str) -> tuple[str, str]:
    """What a file extends is looked for from the file's own folder."""
    return find_policy(reference, Path(of_name).parent)


def _ships(reference: str) -> str:
    """The nearest of the shipped names, else all of them."""
    return meant(reference, shipped(), "these ship:")
