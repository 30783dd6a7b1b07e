"""Files of JSON lines on their way in: one fact a line, read some at a time in the order of files and lines.

A line is handed on as it stands in the file, without its line end, because what can't be accepted is kept as it came.
That is why a file that is something else, a census say, is not read as lines at all: its names would be kept with it.
"""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import BufferedReader
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from casedrift.long_lines import Unpacked, beginning_of_line
from streams.cloudevents import without_bom
from streams.errors import WrongInput
from streams.raw import LONGEST, Raw

STDIN: Final = "-"
"""The path that means standard input."""
LOOKED_AT: Final = 64 * 1024
"""Bytes; a file of which no line within these begins as a fact does is no file of JSON lines."""
_AROUND: Final = len(b"\xef\xbb\xbf" + b"\r\n")
"""What may stand around a line and is no part of it."""
_LINES_AT_ONCE: Final = 10_000
_BYTES_AT_ONCE: Final = 4 * 1024 * 1024


def batches(
    paths: Sequence[str],
    read: Callable[[int], None],
    *,
    whole: int = LONGEST,
    bad: Callable[[str, WrongInput], None] | None = None,
    places: list[tuple[str, int]] | None = None,
) -> Iterator[list[Raw]]:
    """The lines of the files, in batches; blank ones are left out. Of a line over `whole` bytes there is the beginning.

    `read` is told, before each batch is handed on, how many bytes of the files that took; to `places` the path and the
    number of each line is added. Where a file can't be read, or not to its end, `bad` is told and the others are read;
    without it the rest is left, and it is WrongInput. What was read until then is handed on before.
    """
    batch: list[Raw] = []
    size = 0
    faults: list[WrongInput] = []
    for path, number, line, length in _as_far_as_can_be(paths, whole, bad, faults):
        size += length
        if line:
            batch.append(line)
            if places is not None:
                places.append((path, number))
        if len(batch) >= _LINES_AT_ONCE or size >= _BYTES_AT_ONCE:
            read(size)
            yield batch
            batch, size = [], 0
    if batch:
        read(size)
        yield batch
    for fault in faults:
        raise fault


def check(paths: Sequence[str]) -> None:
    """WrongInput where one of the files is no file of JSON lines, or can't be read; pipes are passed over.

    To be asked before anything is taken in: `batches` looks again, when files before that one are in the store.
    """
    for path in paths:
        if path != STDIN and Path(path).is_file():
            with _faults_said(path), _opened(path) as file:
                _head(path, _pieces(file, LONGEST))


def size_of(paths: Sequence[str]) -> int | None:
    """How many bytes the files take together; None where that can't be told beforehand."""
    if any(path == STDIN or path.endswith(".gz") or not Path(path).is_file() for path in paths):
        return None
    return sum(Path(path).stat().st_size for path in paths)


def _as_far_as_can_be(
    paths: Sequence[str], whole: int, bad: Callable[[str, WrongInput], None] | None, faults: list[WrongInput]
) -> Iterator[tuple[str, int, Raw, int]]:
    """The lines of the files one after another, each with its path and number; of files that can't be read `bad` is
    told, or without it the first is put among the faults, and ends it."""
    for path in paths:
        try:
            for number, (line, length) in enumerate(_lines(path, whole), start=1):
                yield path, number, line, length
        except WrongInput as fault:
            if bad is None:
                faults.append(fault)
                return
            bad(path, fault)


def _lines(path: str, whole: int) -> Iterator[tuple[Raw, int]]:
    """Each line without its end, empty where it is blank, and the bytes that it took."""
    with _faults_said(path), _opened(path) as file:
        pieces = _pieces(file, whole)
        first = True
        for raw in chain(_head(path, pieces), pieces):
            start = without_bom(raw) if first else raw
            first = False
            if len(raw) == whole + _AROUND and not raw.endswith(b"\n"):
                line, length = beginning_of_line(start, pieces)
                yield line, len(raw) + length
            else:
                line = start.removesuffix(b"\n").removesuffix(b"\r")
                yield (b"" if line.isspace() else line), len(raw)


def _pieces(file: BinaryIO, whole: int) -> Iterator[bytes]:
    """The lines with their ends; one that is too long comes in several pieces, of which only the last may have one."""
    return iter(partial(file.readline, whole + _AROUND), b"")


@contextmanager
def _faults_said(path: str) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise WrongInput(f"{path} is damaged: it can't be unpacked; fetch it again") from None
    except OSError as fault:
        raise WrongInput(f"{path} can't be read: {(fault.strerror or 'unknown fault').lower()}") from None


def is_named_so(path: str) -> bool:
    """Whether the name says that it is a file of JSON lines."""
    return path.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson", ".json"))


def _head(path: str, lines: Iterator[bytes]) -> list[bytes]:
    """The lines up to the first that begins as a fact does; WrongInput where this is no file of JSON lines. Of a line
    that comes in pieces the first is looked at, for it takes all that is looked at.

    A bad line is a refusal of that line, and is kept. But of a census or a table each line would be refused and kept,
    names and dates of birth with it. So where none of the lines in the first 64 KiB so much as begins with a brace,
    nothing is taken of what looks like XML, a list over lines or a packed file, nor of a file that does not even have
    the name of one of JSON lines.
    """
    head: list[bytes] = []
    texts: list[bytes] = []
    size = 0
    for line in lines:
        head.append(line)
        size += len(line)
        text = without_bom(line).strip()
        if text.startswith(b"{") and texts != [b"["]:
            return head
        texts += [text] if text else []
        if text.startswith(b"{") or size >= LOOKED_AT:
            break
    if texts and (what := _something_else(texts)):
        raise _no_json_lines(path, what)
    if texts and texts[0].startswith(b"[") and len(texts[0]) >= LOOKED_AT:
        raise _no_json_lines(path, _A_LIST)
    if texts and path != STDIN and not is_named_so(path):
        raise _no_json_lines(path, "none of its first lines begins with {, as a fact does; make facts of a table first")
    return head


def _something_else(texts: Sequence[bytes]) -> str | None:
    """What a file is that begins with these lines; None where they may be bad lines of JSON."""
    if any(text.startswith(b"<") for text in texts):
        return _XML
    if texts[0] == b"[":
        return _A_LIST
    return next((what for start, what in _STARTS.items() if texts[0].startswith(start)), None)


def _no_json_lines(path: str, what: str) -> WrongInput:
    return WrongInput(f"{'standard input' if path == STDIN else path} is no file of JSON lines: {what}")


_XML: Final = "it holds XML; a census is read from a file of its own, unpacked, whose name ends in .xml"
_A_LIST: Final = "it begins with [; one fact a line is wanted, without a list around them"
_STARTS: Final = {
    b"\xff\xfe": "it is text in UTF-16; save it as UTF-8",
    b"\xfe\xff": "it is text in UTF-16; save it as UTF-8",
    b"\x1f\x8b": "it is packed; unpack it, or let its name end in .gz",
    b"PK\x03\x04": "it is a workbook or another packed file; make JSON lines of it first",
}


def _opened(path: str) -> BinaryIO:
    if path == STDIN:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    return BufferedReader(Unpacked(path)) if path.endswith(".gz") else open(path, "rb")
