"""A page put into a file whole or not at all: whoever opens it never finds half a page, nor an old one cut short."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from casedrift.present.paper import write
from streams.errors import OutOfReach, WrongInput

STDOUT: Final = "-"


def write_page(file: str, page: str) -> None:
    """Write the page to the file, in place of what is there; `-` is standard output. OutOfReach where it can't be."""
    if file == STDOUT:
        write(page)
        return
    if not file:
        raise WrongInput("--html names no file; give a path, or - for standard output")
    try:
        _put(Path(file), page.encode())
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "that is no name of a file"
        raise OutOfReach(f"{file} can't be written: {why}; check its folder and the disk") from None


def _put(path: Path, page: bytes) -> None:
    target = path.resolve()  # of a link, what it leads to is replaced and the link stays
    if target.exists() and not target.is_file():
        target.write_bytes(page)  # a pipe or a device is written to, never replaced
        return
    made, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with open(made, "wb") as file:
            file.write(page)
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
