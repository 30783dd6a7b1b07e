"""An answer put into a file whole or not at all: whoever opens it never finds half of it, nor an old one cut short."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from casedrift.present.paper import write
from streams.errors import OutOfReach, WrongInput

STDOUT: Final = "-"


def write_text(file: str, text: str, option: str) -> None:
    """Write the text to the file that the option names; `-` is standard output. Errors as of `write_file`."""
    if file == STDOUT:
        write(text)
        return
    write_file(file, text.encode(), option)


def write_file(file: str, content: bytes, option: str) -> None:
    """Write to the file in place of what is there. OutOfReach where it can't be, WrongInput where it has no name."""
    if not file:
        raise WrongInput(f"{option} names no file; give a path")
    try:
        _put(Path(file), content)
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "that is no name of a file"
        raise OutOfReach(f"{file} can't be written: {why}; check its folder and the disk") from None


def _put(path: Path, content: bytes) -> None:
    target = path.resolve()  # of a link, what it leads to is replaced and the link stays
    if target.exists() and not target.is_file():
        target.write_bytes(content)  # a pipe or a device is written to, never replaced
        return
    made, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with open(made, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(made)
        os.chmod(beside, _mode(target))
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _mode(target: Path) -> int:
    """What may be done with the file: as with the one that is there, else as with any new one."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
