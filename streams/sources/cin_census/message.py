"""The census message as it stands in the file: a header that says whose return it is, and then child after
child.

Only the elements that become facts are kept; names, dates of birth, UPNs and whatever else a message holds
pass by unread. One child at a time is in memory, however long the file.

Python's own expat is driven here, with a handler that stops at a DOCTYPE (which is how defusedxml does it
too): without one no entity can be declared, so none expands and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol
from xml.parsers import expat

from streams.sources.extract import UnreadableExtract

CHUNK: Final = 1 << 16
_LONGEST_TAG: Final = 2 << 20
"""Bytes that make no whole tag: no census holds that, and it need not cost the memory."""
_DEEPEST: Final = 200
_LONGEST_TEXT: Final = 1000
MOST_OF_A_CHILD: Final = 2_000
"""Entries (rows and cells) of one child, all its elements together. A year of the busiest life has a few hundred; what
has more is no child's, and would cost time by the square of it."""
MOST_IDS: Final = 100
"""Local ids of one child that are kept, the same one again included."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


Mapped = dict[str, "Mapped | None"]
"""The elements that are read: those within, or None for one that holds text."""

_TEXT: Final = None
_EPISODE: Final[Mapped] = {
    "CINreferralDate": _TEXT,
    "ReferralSource": _TEXT,
    "PrimaryNeedCode": _TEXT,
    "CINclosureDate": _TEXT,
    "ReasonForClosure": _TEXT,
    "DateOfInitialCPC": _TEXT,
    "ReferralNFA": _TEXT,
    "Assessments": {
        "AssessmentActualStartDate": _TEXT,
        "AssessmentAuthorisationDate": _TEXT,
        "FactorsIdentifiedAtAssessment": {"AssessmentFactors": _TEXT},
    },
    "CINPlanDates": {"CINPlanStartDate": _TEXT, "CINPlanEndDate": _TEXT},
    "Section47": {"S47ActualStartDate": _TEXT, "DateOfInitialCPC": _TEXT, "ICPCnotRequired": _TEXT},
    "ChildProtectionPlans": {
        "CPPstartDate": _TEXT,
        "CPPendDate": _TEXT,
        "Reviews": {"CPPreviewDate": _TEXT},
    },
}
_CHILD: Final[Mapped] = {"ChildIdentifiers": {"LAchildID": _TEXT}, "CINdetails": _EPISODE}
_FIRST_LOOK: Final[Mapped] = {
    "ChildIdentifiers": {"LAchildID": _TEXT},
    "CINdetails": {
        "DateOfInitialCPC": _TEXT,
        "Assessments": {},
        "CINPlanDates": {},
        "Section47": {"DateOfInitialCPC": _TEXT},
        "ChildProtectionPlans": {"Reviews": {"CPPreviewDate": _TEXT}},
    },
}
"""Whose rows there are, and of which kinds."""
_HEADER: Final[Mapped] = {
    "CollectionDetails": {"Collection": _TEXT, "Year": _TEXT, "ReferenceDate": _TEXT},
    "Source": {"SourceLevel": _TEXT, "LEA": _TEXT, "DateTime": _TEXT},
}
_WRAPPERS: Final = {
    "Header",
    "CollectionDetails",
    "Source",
    "Children",
    "ChildIdentifiers",
    "FactorsIdentifiedAtAssessment",
    "Reviews",
}
"""These only group: what they hold belongs to the row around them."""


@dataclass(slots=True)
class Row:
    """One element with others within: the texts of its columns, trimmed and not empty, and its own rows."""

    line: int
    texts: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    at: str = ""
    """Its place within the child, once numbered: `CINdetails[2]/Section47[1]`."""
    entries: int = 0
    """Of a whole child: how many rows and cells stand there. Those over `MOST_OF_A_CHILD` are passed over."""

    def text(self, column: str) -> str | None:
        """The first text of that column, None where it has none."""
        return self.texts.get(column, [None])[0]


class Message:
    """One reading of a message. `header` is whole once all the children have been read."""

    def __init__(self, file: Readable, *, first_look: bool = False) -> None:
        self.header = Row(1)
        self._file = file
        child = _FIRST_LOOK if first_look else _CHILD
        self._open: list[tuple[Mapped, Row]] = [
            ({"Message": {"Header": _HEADER, "Children": {"Child": child}}}, self.header)
        ]
        self._children: list[Row] = []
        self._column: str | None = None
        self._text = ""
        self._passed_over = 0
        self._entries = 0
        self._parser = self._new_parser()

    def children(self) -> Iterator[Row]:
        """Each `Child` as a row, in the file's order; UnreadableExtract at the first fault of the XML."""
        fed = 0
        while chunk := self._file.read(CHUNK):
            fed += len(chunk)
            self._parse(chunk, last=False)
            if fed - self._parser.CurrentByteIndex > _LONGEST_TAG:
                raise self._unreadable("a tag or a comment without an end")
            yield from self._finished()
        self._parse(b"", last=True)
        yield from self._finished()

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        return parser

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as fault:
            raise UnreadableExtract(f"not well-formed XML: {expat.ErrorString(fault.code)}", fault.lineno) from None
        except (LookupError, ValueError):
            raise self._unreadable("its encoding is not one that can be read; save it as UTF-8") from None

    def _finished(self) -> list[Row]:
        finished, self._children = self._children, []
        return finished

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]  # whatever prefix the supplier's namespace has
        mapped, row = self._open[-1]
        if self._passed_over or self._column is not None or name not in mapped:
            self._pass_over(name)
            return
        within = mapped[name]
        if self._is_one_too_many(name):
            self._passed_over = 1
        elif within is None:
            self._column, self._text = name, ""
            self._parser.CharacterDataHandler = self._characters  # text outside a column is never looked at
        elif name in _WRAPPERS or name == "Message":
            self._open.append((within, row))
        else:
            self._open.append((within, Row(self._parser.CurrentLineNumber)))

    def _is_one_too_many(self, name: str) -> bool:
        """Count an entry of the child; whether it is over the limit. The child's local id is read in any case."""
        if name == "Child":
            self._entries = 0
        elif name not in _WRAPPERS and name != "Message":
            self._entries += 1
        return self._entries > MOST_OF_A_CHILD and name not in (*_WRAPPERS, "LAchildID")

    def _pass_over(self, name: str) -> None:
        if len(self._open) == 1:
            raise self._unreadable(f"the outermost element is {name[:40]!r}; a CIN census begins with Message")
        self._passed_over += 1
        if self._passed_over > _DEEPEST:
            raise self._unreadable("elements within elements without end")

    def _end(self, name: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
            return
        name = name.rpartition(":")[2]
        _, row = self._open[-1]
        if self._column is not None:
            if text := self._text.strip():
                self._keep(row, name, text)
            self._column = None
            self._parser.CharacterDataHandler = None
            return
        self._open.pop()
        if name == "Child":
            row.entries, self._entries = self._entries, 0
            self._children.append(row)
        elif name not in _WRAPPERS and name != "Message":
            self._open[-1][1].rows.setdefault(name, []).append(row)

    def _keep(self, row: Row, column: str, text: str) -> None:
        """The text of a cell. Of the header's the first counts; it may come over and over."""
        texts = row.texts.setdefault(column, [])
        if len(texts) < (1 if row is self.header else MOST_IDS if column == "LAchildID" else MOST_OF_A_CHILD):
            texts.append(text)

    def _characters(self, text: str) -> None:
        # Longer text is cut: no column that is read is that long, and what is too long is refused further on.
        if not self._passed_over:
            self._text = (self._text + text)[:_LONGEST_TEXT]

    def _doctype(self, *_: object) -> None:
        raise self._unreadable("a DOCTYPE, which a census never has and which is not read")

    def _unreadable(self, what: str) -> UnreadableExtract:
        return UnreadableExtract(what, self._parser.CurrentLineNumber)
