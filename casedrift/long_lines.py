"""Lines without end, sent by mistake or in bad faith: a whole database in one line, or ten gigabytes packed into ten
megabytes.

Such a line is refused as any other that can't be read, and the lines after it come in. It is read through, for its
length and its digest are kept, but never held; and a packed file is unpacked only to what a file of its size may hold.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from io import RawIOBase
from pathlib import Path
from typing import Final

from typing_extensions import Buffer

from streams.errors import WrongInput
from streams.raw import LONGEST, Beginning

_ALWAYS: Final = 256 * 1024 * 1024
"""Bytes that any packed file may unpack to: seconds of work."""
_MOST: Final = 200
"""Times its own size that a longer one may unpack to. JSON lines of facts pack to about a tenth, zeros to a thousandth
part: whoever packs a bomb does not get further than this."""


def beginning_of_line(start: bytes, pieces: Iterator[bytes]) -> tuple[Beginning | bytes, int]:
    """The beginning of a line that goes on in the pieces, up to its end; and how many bytes of them it took.

    `start` is what there is of it, without a line end. Empty where the whole line is blank.
    """
    digest, length, taken = hashlib.sha256(), 0, 0
    blank, last = start.isspace(), start
    while not last.endswith(b"\n") and (piece := next(pieces, b"")):
        digest.update(last[:-1])
        length += len(last) - 1
        taken += len(piece)
        blank = blank and piece.isspace()
        last = last[-1:] + piece  # the end of the line may be cut in two
    rest = last.removesuffix(b"\n").removesuffix(b"\r")
    digest.update(rest)
    length += len(rest)
    return (b"" if blank else Beginning(start[:LONGEST], length, digest.hexdigest())), taken


class Unpacked(RawIOBase):
    """What a packed file holds. WrongInput once it is more than a file of that size holds by nature."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = gzip.GzipFile(path, "rb")
        self._left = max(_ALWAYS, _MOST * Path(path).stat().st_size)

    def readable(self) -> bool:
        """It is for nothing else."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """As the standard library has it: the number of bytes, 0 at the end."""
        size = self._file.readinto(buffer)
        self._left -= size
        if self._left < 0:
            raise WrongInput(
                f"{self._path} unpacks to over {_MOST} times its size, as no file of facts does; look at what it is"
            )
        return size

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
