"""Files of JSON lines on their way in: one fact a line, read some at a time in the order of files and lines.

A line is handed on as it stands in the file, without its line end, because what can't be accepted is kept as it came.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, cast

from streams.cloudevents import without_bom
from streams.errors import WrongInput

STDIN: Final = "-"
"""The path that means standard input."""
LONGEST_HELD: Final = 16 * 1024 * 1024
"""Bytes; a line longer than this is no line of a file of facts, and the file is not read any further."""
_LINES_AT_ONCE: Final = 10_000
_BYTES_AT_ONCE: Final = 4 * 1024 * 1024


def batches(paths: Sequence[str], read: Callable[[int], None]) -> Iterator[list[bytes]]:
    """The lines of the files, in batches; blank ones are left out.

    `read` is told, before each batch is handed on, how many bytes of the files that took. WrongInput where a file can't
    be read; batches before it stay handed on.
    """
    batch: list[bytes] = []
    size = 0
    for path in paths:
        for line, length in _lines(path):
            size += length
            if line:
                batch.append(line)
            if len(batch) >= _LINES_AT_ONCE or size >= _BYTES_AT_ONCE:
                read(size)
                yield batch
                batch, size = [], 0
    if batch:
        read(size)
        yield batch


def size_of(paths: Sequence[str]) -> int | None:
    """How many bytes the files take together; None where that can't be told beforehand."""
    if any(path == STDIN or path.endswith(".gz") for path in paths):
        return None
    return sum(Path(path).stat().st_size for path in paths)


def _lines(path: str) -> Iterator[tuple[bytes, int]]:
    """Each line without its end, empty where it is blank, and the bytes that it took."""
    try:
        with _opened(path) as file:
            first = True
            while raw := file.readline(LONGEST_HELD + 2):
                line = raw.removesuffix(b"\n").removesuffix(b"\r")
                if len(line) > LONGEST_HELD:
                    raise WrongInput(f"{path} has a line of over {LONGEST_HELD} bytes; is it a file of JSON lines?")
                line = without_bom(line) if first else line
                first = False
                yield (b"" if line.isspace() else line), len(raw)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise WrongInput(f"{path} is damaged: it can't be unpacked; fetch it again") from None
    except OSError as fault:
        raise WrongInput(f"{path} can't be read: {(fault.strerror or 'unknown fault').lower()}") from None


def _opened(path: str) -> BinaryIO:
    if path == STDIN:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    return cast(BinaryIO, gzip.open(path, "rb")) if path.endswith(".gz") else open(path, "rb")
