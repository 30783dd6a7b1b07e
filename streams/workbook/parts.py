"""A workbook is a package of compressed parts, and a small package can hold a very large part.

Each part is unpacked as it is read and counted by what really comes out of it, not by what the package says, so that
one that was made to fill the memory is given up while it is still small. A part that nobody reads can do no harm.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from struct import error as StructError
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from streams.workbook.faults import UnreadableWorkbook, broken, too_large
from streams.workbook.kinds import PASSWORD
from streams.workbook.xml import XmlReader

MOST_PARTS: Final = 5_000
MOST_BYTES: Final = 256_000_000
"""Bytes that come out of all parts that are read; a workbook of a million cells has about 40 million."""
MOST_ELEMENTS: Final = 3_000_000
"""Elements of all parts that are read, which take some seconds; plain rows count one for each cell."""
MOST_OF_A_SMALL_PART: Final = 16_000_000
"""Bytes of a part that only says how the others belong together."""
MOST_TIMES: Final = 300
"""How much larger than in the package a part may be, once it is larger than `UNSUSPECTED`; real sheets are 5 to 50."""
UNSUSPECTED: Final = 1_000_000
CHUNK: Final = 16_384
"""Bytes unpacked at once: few enough that no chunk can tell of more rows than the memory holds."""
_ENTRY: Final = b"PK\x01\x02"
_ENCRYPTED: Final = 0x1
_FAULTS: Final = (
    BadZipFile,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    StructError,
    ValueError,
    zlib.error,
)
"""Whatever the standard library has been seen to raise at a damaged package."""
_BOMB: Final = "a part of it unpacks to hundreds of times its size, as no sheet does"


class Parts:
    """The parts of a package, by name in lower case; UnreadableWorkbook where it is damaged."""

    def __init__(self, content: bytes) -> None:
        if content.count(_ENTRY) > MOST_PARTS:  # asked before any of them is looked at: a million take long
            raise too_large(f"it has more than {MOST_PARTS:,} parts")
        with _told():
            self._package = ZipFile(BytesIO(content))
        self._entries: dict[str, ZipInfo] = {}
        for entry in self._package.infolist():
            name = entry.filename.replace("\\", "/").lower()
            if name in self._entries:
                raise broken("it has a part twice")
            self._entries[name] = entry
        self._read: dict[str, int] = {}
        self._elements: dict[str, int] = {}

    @property
    def names(self) -> set[str]:
        """The names of all parts, in lower case."""
        return set(self._entries)

    def read(self, name: str, reader: XmlReader, most: int = MOST_BYTES) -> None:
        """Tell the reader the whole part. UnreadableWorkbook where it isn't there, is damaged or too large."""
        for _ in self.counted(name, reader, self.chunks(name, most)):
            pass

    def counted(self, name: str, reader: XmlReader, chunks: Iterator[bytes]) -> Iterator[None]:
        """Tell the reader these chunks of the part, one at each step. UnreadableWorkbook where there is too much."""
        for _ in reader.read(chunks):
            self._elements[name] = reader.opened
            if sum(self._elements.values()) > MOST_ELEMENTS:
                raise too_large(f"it has more than {MOST_ELEMENTS // 1_000_000} million entries")
            yield

    def chunks(self, name: str, most: int = MOST_BYTES) -> Iterator[bytes]:
        """The part from its beginning, unpacked."""
        entry = self._entry(name)
        self._read[name] = 0
        with _told(), self._package.open(entry) as part:
            while chunk := part.read(CHUNK):
                self._count(name, entry, len(chunk), most)
                yield chunk

    def close(self) -> None:
        """Let go of the file's bytes."""
        self._package.close()
        self._entries.clear()

    def _entry(self, name: str) -> ZipInfo:
        entry = self._entries.get(name)
        if entry is None:
            raise broken("a part that it speaks of is missing")
        if entry.flag_bits & _ENCRYPTED:
            raise UnreadableWorkbook(PASSWORD)
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise broken("it is compressed in a way that Excel doesn't know")
        return entry

    def _count(self, name: str, entry: ZipInfo, size: int, most: int) -> None:
        """Each part counts once, however often it is read."""
        unpacked = self._read[name] = self._read[name] + size
        if unpacked > UNSUSPECTED and unpacked > MOST_TIMES * entry.compress_size:
            raise UnreadableWorkbook(f"the workbook was made to fill the memory: {_BOMB}; don't load it")
        if unpacked > most or sum(self._read.values()) > MOST_BYTES:
            raise too_large("unpacked, it comes to hundreds of megabytes")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except _FAULTS as fault:
        raise broken("the package can't be unpacked, perhaps the file was cut short") from fault
