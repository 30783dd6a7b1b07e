"""Texts as numbers: names of teams and workers, references of children, ids of clocks.

A number once given is never changed, so that rows of integers say the same for ever. 0 stands for none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic_core import to_json

from projections.connection import Connection

_NUMBERS: Final = "SELECT text, no FROM text WHERE text IN (SELECT value FROM json_each(?))"


class Texts:
    """The numbers of texts, kept in the store's `text` table and remembered."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._numbers: dict[str | None, int] = {None: 0}

    def number(self, text: str | None) -> int:
        """The text's number, given now if it has none; the caller owns the transaction."""
        number = self._numbers.get(text)
        if number is None:
            assert text is not None
            number = self._find(text)
            if number is None:
                row = self._connection.execute("INSERT INTO text (text) VALUES (?) RETURNING no", (text,))
                number = int(row.fetchone()[0])
            self._numbers[text] = number
        return number

    def prepare(self, texts: Iterable[str | None]) -> None:
        """Have the numbers of all these at hand, asked for together; the caller owns the transaction."""
        if new := self._look_up(texts):
            self._connection.executemany("INSERT INTO text (text) VALUES (?)", [(text,) for text in new])
            self._look_up(new)

    def known(self, text: str) -> int | None:
        """The text's number, or None where no row can hold it."""
        number = self._numbers.get(text)
        return self._find(text) if number is None else number

    def forget(self) -> None:
        """Forget what a transaction that did not commit may have numbered."""
        self._numbers = {None: 0}

    def _look_up(self, texts: Iterable[str | None]) -> list[str]:
        """Remember the numbers of those that have one; the others, in their order."""
        unknown = list(dict.fromkeys(text for text in texts if text is not None and text not in self._numbers))
        if unknown:
            self._numbers.update(self._connection.execute(_NUMBERS, (to_json(unknown).decode(),)))
        return [text for text in unknown if text not in self._numbers]

    def _find(self, text: str) -> int | None:
        row = self._connection.execute("SELECT no FROM text WHERE text = ?", (text,)).fetchone()
        return None if row is None else int(row[0])
