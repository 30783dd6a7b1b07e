"""A workbook that is open: which sheets it has, and each of them row by row, as often as it is asked for.

The file is read once, into memory, so that what is checked, what is hashed and what is read are the same bytes,
whatever happens to the file meanwhile; its sheets are unpacked only while they are read.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

from streams.workbook.cells import Cells, Meanings, Row
from streams.workbook.contents import Contents, read_contents
from streams.workbook.faults import UnreadableWorkbook, too_large
from streams.workbook.formats import Formats
from streams.workbook.kinds import refuse_other_kinds, refuse_other_packages
from streams.workbook.parts import MOST_OF_A_SMALL_PART, Parts
from streams.workbook.plain import without_plain_rows
from streams.workbook.words import Words

LARGEST: Final = 50_000_000
"""Bytes of a file; a workbook of a million cells has about 5 million."""


def open_workbook(path: Path) -> Workbook:
    """Open an .xlsx. UnreadableWorkbook where it is none that can be read, OSError where the file can't be."""
    content = _content(path)
    refuse_other_kinds(content)
    parts = Parts(content)
    refuse_other_packages(parts.names, next(_mimetype(parts), b""))
    contents = read_contents(parts)
    return Workbook(
        tuple(contents.sheets), hashlib.sha256(content).hexdigest(), parts, contents, _meanings(parts, contents)
    )


@dataclass(frozen=True, slots=True)
class Workbook:
    """The names of its sheets in order, hidden ones included, and the SHA-256 of the file's bytes (hex)."""

    sheets: tuple[str, ...]
    sha256: str
    _parts: Parts
    _contents: Contents
    _meanings: Meanings

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name, written as in `sheets`; KeyError where there is none."""
        part = self._contents.sheets[name]
        return Sheet(name, self.sheets.index(name) + 1, part, self._parts, self._meanings)

    def close(self) -> None:
        """Let go of the file's bytes; nothing more can be read."""
        self._parts.close()

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet; it is looked at only when its rows are asked for."""

    name: str
    _number: int
    _part: str
    _parts: Parts
    _meanings: Meanings

    def rows(self) -> Iterator[Row]:
        """Each row that holds something, by Excel's number from 1, with its values from column A on.

        A fresh pass at each call. UnreadableWorkbook, perhaps after some rows, where the sheet is broken or too large.
        """
        cells = Cells(self._number, self._meanings)
        left = without_plain_rows(self._parts.chunks(self._part), cells)
        for _ in self._parts.counted(self._part, cells, left):
            yield from cells.rows
            cells.rows.clear()


def _content(path: Path) -> bytes:
    """Nothing is waited for: what is no file, such as a pipe, is opened without reading from it."""
    with os.fdopen(_opened(path), "rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise too_large(f"its file has more than {LARGEST // 1_000_000} MB")
    return content


def _opened(path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnreadableWorkbook("this is no file but a folder, a pipe or a device; choose the workbook itself")
    return descriptor


def _mimetype(parts: Parts) -> Iterator[bytes]:
    return parts.chunks("mimetype") if "mimetype" in parts.names else iter(())


def _meanings(parts: Parts, contents: Contents) -> Meanings:
    words, formats = Words(), Formats()
    if contents.strings:
        parts.read(contents.strings, words)
    if contents.styles:
        parts.read(contents.styles, formats, MOST_OF_A_SMALL_PART)
    return Meanings(words.texts, formats.shown, contents.from_1904)
