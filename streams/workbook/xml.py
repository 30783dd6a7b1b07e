"""The parts of a workbook are XML, read as a stream by expat: an element begins, text comes, an element ends.

Declarations of entities, by which a small text grows without end, are refused; how deep elements lie, how many names
they have and how long each is are bounded, since expat keeps every open element, every name and every unfinished tag.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate

from streams.workbook.faults import UnreadableWorkbook, broken

DEEPEST: Final = 200
MOST_NAMES: Final = 10_000
"""Names of elements and attributes in a part; a sheet has a few dozen."""
LONGEST_TAG: Final = 200_000
"""Bytes of a tag, with all its attributes: below 2.6, expat takes time in the square of it."""
LONGEST_TEXT: Final = 100_000
"""Characters of a cell; Excel allows 32,767, and others do not always keep to it."""


class XmlReader:
    """A part that is being read: says to itself what `begins` and `ends`, by names without their prefix."""

    def __init__(self) -> None:
        self.opened = 0
        """Elements so far."""
        self._depth = 0
        self._pieces: list[str] = []
        self._parser = parser = ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse_declarations

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def ends(self, name: str) -> None:
        """An element ends."""

    def listen(self) -> None:
        """Keep the text that comes from here on."""
        self._pieces.clear()
        self._parser.CharacterDataHandler = self._pieces.append

    def heard(self) -> str:
        """The text since `listen`; from here on none is kept."""
        self._parser.CharacterDataHandler = None
        return "".join(self._pieces)

    def read(self, chunks: Iterator[bytes]) -> Iterator[None]:
        """Read on, a chunk at each step. UnreadableWorkbook where it is no XML, or far from any of Excel's."""
        try:
            told = 0
            for chunk in chunks:
                self._parser.Parse(chunk)
                told += len(chunk)
                self._check(told)
                yield
            self._parser.Parse(b"", True)
            yield
        except ExpatError as fault:
            raise broken("a part of it is no XML") from fault
        finally:
            self._let_go()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.opened += 1
        self._depth += 1
        self.begins(name.rpartition(":")[2] if ":" in name else name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.ends(name.rpartition(":")[2] if ":" in name else name)

    def _check(self, told: int) -> None:
        if self._depth > DEEPEST:
            raise broken("its parts are nested without end")
        if len(self._parser.intern) > MOST_NAMES:
            raise broken("it has names that no workbook has")
        if told - self._parser.CurrentByteIndex > LONGEST_TAG:
            raise broken("a part of it has a tag without end")
        if sum(map(len, self._pieces)) > LONGEST_TEXT:
            raise broken("a cell has a text without end")

    def _let_go(self) -> None:
        """The parser and whoever listens to it hold each other."""
        self._parser.StartElementHandler = self._parser.EndElementHandler = None
        self._parser.CharacterDataHandler = None


def _refuse_declarations(*_: object) -> None:
    raise UnreadableWorkbook("the workbook was made to do harm, it declares what Excel never does; don't load it")
