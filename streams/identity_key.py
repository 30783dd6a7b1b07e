"""The key to who is who: thirty-two random bytes in a file of their own beside the store.

Made on first use, readable by its owner only. Whoever loses it can no longer say which child a reference
stands for, and the next extract would make every child a stranger: so it is never made anew over known
children.
"""

from __future__ import annotations

import base64
import os
import shlex
import stat
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from streams.pipes import is_named_pipe

KEY_LENGTH: Final = 32
"""Bytes."""
_HEADING: Final = "casedrift-identity-key-1 "


class IdentityKeyFault(Exception):
    """The key is lost, damaged, open to others or another store's; the message says what to do (exit 3)."""


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """The secret from which the hash's and the seal's keys are derived; never shown."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_LENGTH:
            raise ValueError(f"an identity key has {KEY_LENGTH} bytes")


def identity_key(path: Path, *, needed: bool, secret: Callable[[int], bytes]) -> IdentityKey:
    """The key in that file; made there from `secret` (random bytes, that many) if there is none.

    With `needed` (the store already knows children) a missing file is an IdentityKeyFault; so is one that is
    damaged, that others than its owner may read, or that can't be read or made.
    """
    with _said(path):
        if not path.exists():
            if needed:
                raise IdentityKeyFault(
                    f"the key file {_named(path)} of this store is missing: put it back beside the store, or where the"
                    " setting key_file says"
                )
            with suppress(FileExistsError):  # another process was first
                _make(path, secret(KEY_LENGTH))
        return _read(path)


def read_key(path: Path) -> IdentityKey:
    """The key in that file. IdentityKeyFault where there is none, or as above."""
    with _said(path):
        return _read(path)


def beside(path: Path) -> Path:
    """Where a key waits that is to take the place of the one in the file."""
    return path.with_name(f"{path.name}.new")


def new_key(path: Path, secret: Callable[[int], bytes]) -> IdentityKey:
    """A new key, written beside the one in the file, over any that waits there."""
    waiting = beside(path)
    with _said(waiting):
        waiting.unlink(missing_ok=True)
        _make(waiting, secret(KEY_LENGTH))
        return _read(waiting)


def take_over(path: Path) -> None:
    """Put the key that waits beside the file in its place, at once."""
    with _said(path):
        os.replace(beside(path), path)
        _settle(path.parent)


def keep_copy(key: IdentityKey, path: Path) -> None:
    """Write the key to another file, its owner's alone; IdentityKeyFault where there is one already."""
    with _said(path):
        _make(path, key.secret)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """What the system has against it, in one line that says what to do."""
    try:
        yield
    except OSError as fault:
        why = (fault.strerror or "unknown fault").lower()
        raise IdentityKeyFault(
            f"the key file {_named(path)} can't be read or made ({why}): see to the file and its folder, and try again"
        ) from fault


def _read(path: Path) -> IdentityKey:
    if is_named_pipe(path):
        raise IdentityKeyFault(f"the key file {_named(path)} is a named pipe: put back the file made with this store")
    text = path.read_text("ascii", errors="replace")
    key = None
    with suppress(NotBase64, ValueError):
        if text.startswith(_HEADING):
            key = IdentityKey(base64.b64decode(text.removeprefix(_HEADING).strip(), validate=True))
    if key is None:
        raise IdentityKeyFault(f"the key file {_named(path)} is damaged: put back the one made with this store")
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        name = _named(path)
        raise IdentityKeyFault(f"the key file {name} is open to others than its owner: chmod 600 {name}")
    return key


def _named(path: Path) -> str:
    """The path as a shell takes it, wherever it is typed."""
    return shlex.quote(str(path.absolute()))


def _make(path: Path, secret: bytes) -> None:
    """Whole or not at all, and never over one that is there (FileExistsError): a link, not a rename."""
    half_made = path.with_name(f"{path.name}.{os.getpid()}.new")
    half_made.unlink(missing_ok=True)
    handle = os.open(half_made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_HEADING + base64.b64encode(secret).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(half_made, path)
    finally:
        half_made.unlink()
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """The folder's entry reaches the disk too: rows must not outlive their key in a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
