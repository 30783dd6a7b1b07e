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
        super().__init__(
            {"c": self._begin_cell, "v": self._begin_text, "t": self._begin_text, "f": self._begin_formula}
            | {"row": self._begin_row, "rPh": self._begin_aside, "sheetData": self._begin_rows},
            {"c": self._end_cell, "v": self._end_text, "t": self._end_text}
            | {"row": self._end_row, "rPh": self._end_aside, "sheetData": self._end_rows},
        )
        self.rows: list[Row] = []
        self._sheet, self._meanings = number, meanings
        self._row, self._row_text, self._within = 0, "0", False
        self._values: list[Value] = []
        self._places, self._depth = 0, -1
        self._column = -1
        self._in_cell = self._formula = False
        self._kind = self._style = ""
        self._text: str | None = None
        self._aside = 0

    @property
    def between_rows(self) -> bool:
        """Whether the sheet has been read up to where the next row may begin."""
        return self.opened - self.closed == self._depth

    def take_row(self, number: str, cells: Sequence[tuple[str, str, str, str, str, str]]) -> None:
        """A whole row as written: each cell's letters, row, style, type, value, text in line ("" for none)."""
        self._begin_row({"r": number})
        for letters, row, style, kind, value, in_line in cells:
            column = column_index(letters) if row == number else -1
            if not self._column < column < WIDEST:
                raise self._out_of_order()
            self._column = column
            if kind == "s" and value:
                self._put(self._shared(value))
            elif text := value or in_line:
                self._put(self._meaning(kind or "n", style or "0", text))
        self._end_row()
        self.opened += len(cells)
        self.closed += len(cells)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins. Most begin a cell or its value: what these need is done here, where it costs least."""
        if name == "c":
            self.opened += 1
            self._begin_cell(attributes)
        elif name == "v" and self._in_cell:
            self.opened += 1
            self.listens = True
            self.pieces.clear()
        else:
            XmlReader.start(self, name, attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "v" and self.listens:
            self.closed += 1
            self.listens = False
            pieces = self.pieces
            self._text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        elif name == "c":
            self.closed += 1
            self._end_cell()
        else:
            XmlReader.end(self, name)

    def _begin_rows(self, _: dict[str, str]) -> None:
        self._depth = self.opened - self.closed

    def _end_rows(self) -> None:
        self._depth = -1

    def _begin_text(self, _: dict[str, str]) -> None:
        if self._in_cell and not self._aside:
            self.listen()

    def _end_text(self) -> None:
        if self.listens:
            self._text = (self._text or "") + self.heard()

    def _begin_formula(self, _: dict[str, str]) -> None:
        self._formula = True

    def _begin_aside(self, _: dict[str, str]) -> None:
        self._aside += 1

    def _end_aside(self) -> None:
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
        column = self._column + 1 if place is None else self._column_of(place)
        if not self._column < column < WIDEST:
            raise self._out_of_order()
        self._column, self._in_cell, self._formula, self._text = column, True, False, None
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")

    def _column_of(self, place: str) -> int:
        return column_index(place[: -len(self._row_text)]) if place.endswith(self._row_text) else -1

    def _end_cell(self) -> None:
        self._in_cell = False
        if self._text:
            self._put(self._meaning(self._kind, self._style, self._text))
        elif self._formula and not (self._text is not None and self._kind == "str"):  # that one gave an empty text
            self._put(NO_STORED_VALUE)

    def _put(self, value: Value) -> None:
        if value is not None:
            values = self._values
            if len(values) < self._column:
                values.extend([None] * (self._column - len(values)))
            values.append(value)

    def _meaning(self, kind: str, style: str, text: str) -> Value:
        if kind == "s":
            return self._shared(text)
        if kind == "n":
            return self._number(text, style)
        return self._other(text, kind)

    def _shared(self, text: str) -> str | None:
        texts = self._meanings.texts
        if text.isascii() and text.isdigit() and len(text) < 9 and (index := int(text)) < len(texts):
            return texts[index] or None
        raise self._at("refers to a text that isn't there")

    def _number(self, text: str, style: str) -> Value:
        number = _number(text)
        if number is None:
            return _NO_NUMBER
        shown = self._meanings.shown.get(style)
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

    def _out_of_order(self) -> Exception:
        return broken(f"the cells of sheet {self._sheet} are out of order in row {self._row}")

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
