"""Whether a number in a cell is a day: nothing but the format in which it is shown says so.

A format that shows hours beyond 24 makes it a length of time; every other with a day, month, year, hour or second
in it makes it a moment.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from streams.workbook.xml import XmlReader

Shown = Literal["moment", "length"]
_MOMENTS: Final = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
"""The built-in formats of days and times (ECMA-376 part 1, 18.8.30), those of the Far East included."""
_LENGTHS: Final = frozenset({46})
_NOT_SHOWN: Final = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
"""Words in quotes, single characters set apart, filling, colours, currencies and conditions."""
_LENGTH: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_MOMENT: Final = re.compile("[dmyhs]", re.IGNORECASE)


def shown_by(code: str) -> Shown | None:
    """What a number is that is shown by that format; None for a number as such."""
    first = _NOT_SHOWN.sub("", code).partition(";")[0]
    if _LENGTH.search(first):
        return "length"
    return "moment" if _MOMENT.search(first) else None


class Formats(XmlReader):
    """The styles of a workbook, as far as they make a number a moment or a length of time."""

    def __init__(self) -> None:
        super().__init__(
            {"numFmt": self._format, "cellXfs": self._begin_styles, "xf": self._style}, {"cellXfs": self._end_styles}
        )
        self._own: dict[str, Shown | None] = {}
        self._styles: list[str] = []
        self._within = False

    @property
    def shown(self) -> dict[str, Shown]:
        """By the number of a style, as cells write it; numbers as such are left out."""
        kinds = ((str(number), self._kind(format_id)) for number, format_id in enumerate(self._styles))
        return {number: kind for number, kind in kinds if kind}

    def _format(self, attributes: dict[str, str]) -> None:
        self._own[attributes.get("numFmtId", "")] = shown_by(attributes.get("formatCode", ""))

    def _begin_styles(self, _: dict[str, str]) -> None:
        self._within = True

    def _style(self, attributes: dict[str, str]) -> None:
        if self._within:
            self._styles.append(attributes.get("numFmtId", "0"))

    def _end_styles(self) -> None:
        self._within = False

    def _kind(self, format_id: str) -> Shown | None:
        if format_id in self._own:
            return self._own[format_id]
        number = int(format_id) if format_id.isascii() and format_id.isdigit() and len(format_id) < 6 else 0
        return "length" if number in _LENGTHS else "moment" if number in _MOMENTS else None
