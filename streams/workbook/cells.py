"""A sheet, row by row: each cell at its place, with what the workbook says stands in it.

Excel writes rows and cells in their order. A sheet in which they are not is no work of Excel's, and is not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streams.workbook.faults import broken, too_large
from streams.workbook.formats import Shown
from streams.workbook.moments import moment, written
from streams.workbook.values import (
    LONGEST,
    NO_STORED_VALUE,
    WIDEST,
    ErrorValue,
    Value,
    column_index,
    column_name,
)
from streams.workbook.words import unescaped
from streams.workbook.xml import XmlReader

MOST_PLACES: Final = 20_000_000
"""Places in the rows of a sheet that hold something, those left blank before the last of each row included."""
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_WHOLE: Final = 2**53
"""Up to here a whole number is exact in a workbook."""
_NO_NUMBER: Final = ErrorValue("#NUM!")
_FLAGS: Final = {"1": True, "true": True, "0": False, "false": False}

Row = tuple[int, tuple[Value, ...]]
"""Excel's number of the row, from 1, and what stands in its cells from column A on."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the cells of all sheets refer to: the shared texts, and the styles that make a number a moment."""

    texts: Sequence[str]
    shown: dict[str, Shown]
    from_1904: bool


class Cells(XmlReader):
    """A sheet that is being read (its number from 1, for messages); `rows` are those that have come to their end."""

    def __init__(self, number: int, meanings: Meanings) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._sheet, self._meanings = number, meanings
        self._row, self._row_text, self._within = 0, "0", False
        self._values: list[Value] = []
        self._places = 0
        self._column = -1
        self._in_cell = self._formula = self._listens = False
        self._kind = self._style = ""
        self._text: str | None = None
        self._aside = 0

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v" or (name == "t" and not self._aside):
            self._listens = self._in_cell
            if self._listens:
                self.listen()
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "rPh":
            self._aside += 1

    def ends(self, name: str) -> None:
        if name in ("v", "t"):
            if self._listens:
                self._text = (self._text or "") + self.heard()
                self._listens = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._aside -= 1

    def _begin_row(self, attributes: dict[str, str]) -> None:
        text = attributes.get("r") or str(self._row + 1)
        row = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
        if not self._row < row <= LONGEST or str(row) != text or self._within:
            raise broken(f"the rows of sheet {self._sheet} are out of order after row {self._row}")
        self._row, self._row_text, self._within = row, text, True
        self._column = -1

    def _end_row(self) -> None:
        self._within = False
        if self._values:
            self._places += len(self._values)
            if self._places > MOST_PLACES:
                raise too_large(f"sheet {self._sheet} has more than {MOST_PLACES // 1_000_000} million cells")
            self.rows.append((self._row, tuple(self._values)))
            self._values.clear()

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        if not self._within or self._in_cell:
            raise broken(f"a cell of sheet {self._sheet} is in no row")
        place = attributes.get("r")
        self._place(self._column + 1 if place is None else self._column_of(place))
        self._in_cell, self._formula, self._text = True, False, None
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")

    def _column_of(self, place: str) -> int:
        if place.endswith(self._row_text):
            try:
                return column_index(place[: -len(self._row_text)])
            except ValueError:
                pass  # said below, as of any other place that is none of this row
        return -1

    def _place(self, column: int) -> None:
        if not self._column < column < WIDEST:
            raise broken(f"the cells of sheet {self._sheet} are out of order in row {self._row}")
        self._column = column

    def _end_cell(self) -> None:
        self._in_cell = False
        value = self._value()
        if value is not None:
            values = self._values
            if (left_blank := self._column - len(values)) > 0:
                values.extend([None] * left_blank)
            values.append(value)

    def _value(self) -> Value:
        text, kind = self._text, self._kind
        if not text:
            stored = text is not None and kind == "str"  # a formula that gave an empty text
            return NO_STORED_VALUE if self._formula and not stored else None
        if kind == "s":
            return self._shared(text) or None
        if kind == "n":
            return self._number(text)
        return self._other(text, kind)

    def _shared(self, text: str) -> str:
        texts = self._meanings.texts
        index = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else len(texts)
        if index >= len(texts):
            raise self._at("refers to a text that isn't there")
        return texts[index]

    def _number(self, text: str) -> Value:
        number = _number(text)
        if number is None:
            return _NO_NUMBER
        shown = self._meanings.shown.get(self._style)
        return number if shown is None else moment(number, shown, from_1904=self._meanings.from_1904)

    def _other(self, text: str, kind: str) -> Value:
        if kind in ("str", "inlineStr"):
            return unescaped(text)
        if kind == "b" and text in _FLAGS:
            return _FLAGS[text]
        if kind == "e":
            return ErrorValue(text)
        if kind == "d":
            return written(text)
        raise self._at("is of a kind that Excel doesn't know")

    def _at(self, what: str) -> Exception:
        return broken(f"cell {column_name(self._column)}{self._row} of sheet {self._sheet} {what}")


def _number(text: str) -> int | float | None:
    """The number, whole where it is one; None where the text is none, or none that is finite."""
    if len(text) < 16 and text.isascii() and text.isdigit():
        return int(text)
    if not _NUMBER.fullmatch(stripped := text.strip()):
        return None
    number = float(stripped)
    if number.is_integer() and abs(number) < _WHOLE:
        return int(number)
    return number if abs(number) != float("inf") else None
