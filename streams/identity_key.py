"""The key to who is who: thirty-two random bytes in a file of their own beside the store.

Made on first use, readable by its owner only. Whoever loses it can no longer say which child a reference
stands for, and the next extract would make every child a stranger: so it is never made anew over known
children.
"""

from __future__ import annotations

import base64
import os
import stat
from binascii import Error as NotBase64
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_LENGTH: Final = 32
_HEADING: Final = "casedrift-identity-key-1 "


class IdentityKeyFault(Exception):
    """The key is lost, damaged, open to others or another store's; the message says what to do (exit 3)."""


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """The secret from which the hash's and the seal's keys are derived; never shown."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != _LENGTH:
            raise ValueError(f"an identity key has {_LENGTH} bytes")


def identity_key(path: Path, *, needed: bool, secret: Callable[[int], bytes]) -> IdentityKey:
    """The key in that file; made there from `secret` (random bytes, that many) if there is none.

    With `needed` (the store already knows children) a missing file is an IdentityKeyFault; so is one that is
    damaged, that others than its owner may read, or that can't be read or made.
    """
    try:
        return _read_or_made(path, needed=needed, secret=secret)
    except OSError as fault:
        why = (fault.strerror or "unknown fault").lower()
        raise IdentityKeyFault(
            f"the key file {path.name} can't be read or made ({why}): see to the file and its folder, and try again"
        ) from fault


def _read_or_made(path: Path, *, needed: bool, secret: Callable[[int], bytes]) -> IdentityKey:
    if not path.exists():
        if needed:
            raise IdentityKeyFault(
                f"the key file {path.name} of this store is missing: put it back beside the store, or where the setting"
                " key_file says"
            )
        _make(path, secret(_LENGTH))
    return _read(path)


def _read(path: Path) -> IdentityKey:
    text = path.read_text("ascii", errors="replace")
    key = None
    with suppress(NotBase64, ValueError):
        if text.startswith(_HEADING):
            key = IdentityKey(base64.b64decode(text.removeprefix(_HEADING).strip(), validate=True))
    if key is None:
        raise IdentityKeyFault(f"the key file {path.name} is damaged: put back the one made with this store")
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise IdentityKeyFault(f"the key file {path.name} is open to others than its owner: chmod 600 {path.name}")
    return key


def _make(path: Path, secret: bytes) -> None:
    """Whole or not at all, and never over one that another process has just made: a link, not a rename."""
    half_made = path.with_name(f"{path.name}.{os.getpid()}.new")
    half_made.unlink(missing_ok=True)
    handle = os.open(half_made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_HEADING + base64.b64encode(secret).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
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
