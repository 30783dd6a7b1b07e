"""What a workbook says of itself: which sheets it has, in which order, and in which parts they and their words are.

Sheets that somebody has hidden are sheets like any other. What lies outside the file is never looked for.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Final

from streams.workbook.faults import UnreadableWorkbook, broken
from streams.workbook.kinds import BINARY, MACROS, NO_WORKBOOK
from streams.workbook.parts import MOST_OF_A_SMALL_PART, Parts
from streams.workbook.xml import XmlReader

_TRUE: Final = ("1", "true", "on")


@dataclass(frozen=True, slots=True)
class Contents:
    """The sheets' names and parts, in order; the parts of shared words and of styles, where there are any."""

    sheets: dict[str, str]
    strings: str | None
    styles: str | None
    from_1904: bool
    """Whether days are counted from 1904, as old Macs did, and not from 1900."""


def read_contents(parts: Parts) -> Contents:
    """The workbook's own account. UnreadableWorkbook where it holds none, or none that is whole."""
    _refuse_other_types(parts)
    root = _Relations(parts, "")
    main = root.the_only("officeDocument")
    if main is None or main not in parts.names:
        raise UnreadableWorkbook(NO_WORKBOOK)
    relations = _Relations(parts, main)
    book = _Book()
    parts.read(main, book, MOST_OF_A_SMALL_PART)
    sheets = {name: part for name, id_ in book.sheets if (part := relations.worksheet(id_))}
    return Contents(sheets, relations.the_only("sharedStrings"), relations.the_only("styles"), book.from_1904)


class _Types(XmlReader):
    def __init__(self) -> None:
        super().__init__({"Override": self._type, "Default": self._type}, {})
        self.types: set[str] = set()

    def _type(self, attributes: dict[str, str]) -> None:
        self.types.add(attributes.get("ContentType", "").lower())


def _refuse_other_types(parts: Parts) -> None:
    reader = _Types()
    parts.read("[content_types].xml", reader, MOST_OF_A_SMALL_PART)
    if any("sheet.binary" in each for each in reader.types):
        raise UnreadableWorkbook(BINARY)
    if any("macroenabled" in each for each in reader.types):
        raise UnreadableWorkbook(MACROS)


class _Relations(XmlReader):
    """How a part (none: the package) belongs with others; those outside the file are passed over."""

    def __init__(self, parts: Parts, part: str) -> None:
        super().__init__({"Relationship": self._relation}, {})
        self._base, name = posixpath.split(part)
        self._parts: dict[str, tuple[str, str]] = {}
        told_in = posixpath.join(self._base, "_rels", f"{name}.rels")
        if told_in in parts.names:
            parts.read(told_in, self, MOST_OF_A_SMALL_PART)

    def the_only(self, kind: str) -> str | None:
        """The part of that kind; None where there is none."""
        return next((part for each, part in self._parts.values() if each == kind), None)

    def worksheet(self, id_: str) -> str | None:
        """The part of a sheet; None for a sheet of another kind, such as a chart."""
        if id_ not in self._parts:
            raise broken("it names a sheet that isn't in it")
        kind, part = self._parts[id_]
        return part if kind == "worksheet" else None

    def _relation(self, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            path = posixpath.normpath(posixpath.join("/", self._base, attributes.get("Target", ""))).lstrip("/")
            self._parts[attributes.get("Id", "")] = kind, path.lower()


class _Book(XmlReader):
    def __init__(self) -> None:
        super().__init__({"workbookPr": self._settings, "sheet": self._sheet}, {})
        self.sheets: list[tuple[str, str]] = []
        self.from_1904 = False
        self._seen: set[str] = set()

    def _settings(self, attributes: dict[str, str]) -> None:
        self.from_1904 = attributes.get("date1904", "") in _TRUE

    def _sheet(self, attributes: dict[str, str]) -> None:
        name = attributes.get("name", "")
        if name.casefold() in self._seen:
            raise broken("two of its sheets have the same name")
        self._seen.add(name.casefold())
        ids = (value for key, value in attributes.items() if key.rpartition(":")[2] == "id")
        self.sheets.append((name, next(ids, "")))
