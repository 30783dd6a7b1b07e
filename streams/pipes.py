"""Pipes on the file system: whoever opens one to read waits until somebody writes to it, perhaps for ever.

One that has been opened already, standard input or what a shell hands over as `/dev/fd/63`, has its writer and is read
like a file. One that is named is not opened at all.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_OPEN_ALREADY: Final = ("/dev/stdin", "/dev/fd/", "/proc/")


def is_named_pipe(path: str | Path) -> bool:
    """Whether the path names a pipe that nobody has opened for us."""
    if not Path(path).is_fifo():
        return False
    return not any(each.startswith(_OPEN_ALREADY) for each in (os.path.abspath(path), os.path.realpath(path)))
