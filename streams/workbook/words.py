"""The words of a workbook: most texts are kept once for all sheets, and cells refer to them by number.

Text in several fonts is one text; how it is to be pronounced, which Japanese workbooks add, is no part of it.
"""

from __future__ import annotations

import re
from typing import Final

from streams.workbook.faults import too_large
from streams.workbook.xml import XmlReader

MOST_TEXTS: Final = 1_000_000
MOST_CHARACTERS: Final = 30_000_000
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")


class Words(XmlReader):
    """The shared texts, in order."""

    def __init__(self) -> None:
        super().__init__(
            {"t": self._begin_text, "rPh": self._begin_aside},
            {"t": self._end_text, "rPh": self._end_aside, "si": self._end_item},
        )
        self.texts: list[str] = []
        self._characters = 0
        self._runs: list[str] = []
        self._aside = 0

    def _begin_text(self, _: dict[str, str]) -> None:
        if not self._aside:
            self.listen()

    def _begin_aside(self, _: dict[str, str]) -> None:
        self._aside += 1

    def _end_aside(self) -> None:
        self._aside -= 1

    def _end_item(self) -> None:
        self.texts.append(unescaped("".join(self._runs)))
        self._runs.clear()

    def _end_text(self) -> None:
        if self._aside:
            return
        self._runs.append(text := self.heard())
        self._characters += len(text)
        if len(self.texts) > MOST_TEXTS or self._characters > MOST_CHARACTERS:
            raise too_large("it holds more text than any list of cases")


def unescaped(text: str) -> str:
    """The text with what Excel writes for characters that XML doesn't have: `_x000D_` is a carriage return."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(escape: re.Match[str]) -> str:
    """Halves of characters and NUL, which nobody can have typed, stay as they are written."""
    code = int(escape[1], 16)
    return escape[0] if code == 0 or 0xD800 <= code < 0xE000 else chr(code)
