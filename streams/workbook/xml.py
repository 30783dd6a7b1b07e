"""The parts of a workbook are XML, read as a stream by expat: an element begins, text comes, an element ends.

Declarations of entities, by which a small text grows without end, are refused; how deep elements lie, how many names
they have and how long each is are bounded, since expat keeps every open element, every name and every unfinished tag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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


Begin = Callable[[dict[str, str]], None]
"""What is done when an element begins, with its attributes."""
End = Callable[[], None]


class XmlReader:
    """A part that is being read: what is done where an element begins or ends, by its name without a prefix."""

    def __init__(self, begins: Mapping[str, Begin], ends: Mapping[str, End]) -> None:
        self.opened = 0
        """Elements so far."""
        self.closed = 0
        self._begins, self._ends = begins, ends
        self.listens = False
        self.pieces: list[str] = []
        """The text since it was last cleared, kept while it `listens`."""
        self._parser = parser = ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.pieces.append
        parser.StartDoctypeDeclHandler = _refuse_declarations

    def listen(self) -> None:
        """Keep the text that comes from here on."""
        self.listens = True
        self.pieces.clear()

    def heard(self) -> str:
        """The text since `listen`."""
        self.listens = False
        return "".join(self.pieces)

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

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.opened += 1
        begin = self._begins.get(name) or (self._begins.get(name.rpartition(":")[2]) if ":" in name else None)
        if begin is not None:
            begin(attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        self.closed += 1
        end = self._ends.get(name) or (self._ends.get(name.rpartition(":")[2]) if ":" in name else None)
        if end is not None:
            end()

    def _check(self, told: int) -> None:
        if self.opened - self.closed > DEEPEST:
            raise broken("its parts are nested without end")
        if len(self._parser.intern) > MOST_NAMES:
            raise broken("it has names that no workbook has")
        if told - self._parser.CurrentByteIndex > LONGEST_TAG:
            raise broken("a part of it has a tag without end")
        if not self.listens:
            self.pieces.clear()
        elif sum(map(len, self.pieces)) > LONGEST_TEXT:
            raise broken("a cell has a text without end")

    def _let_go(self) -> None:
        """The parser and whoever listens to it hold each other."""
        self._begins, self._ends = {}, {}
        self._parser.StartElementHandler = self._parser.EndElementHandler = None
        self._parser.CharacterDataHandler = None


def _refuse_declarations(*_: object) -> None:
    raise UnreadableWorkbook("the workbook was made to do harm, it declares what Excel never does; don't load it")
