"""What may stand in a cell: text, a number, yes or no, a day, a time, or the fact that there is nothing to be had.

A formula whose result the program that wrote the file never worked out, and an error such as `#N/A`, are no blanks:
a team that is asked to put a cell right needs to know which it was.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, Literal

WIDEST: Final = 16_384
"""Columns of a sheet, A to XFD (Excel specifications and limits)."""
LONGEST: Final = 1_048_576
"""Rows of a sheet."""
_LETTERS: Final = re.compile("[A-Z]{1,3}")
_A: Final = ord("A")


class NoStoredValue(Enum):
    """A formula that was saved without its result."""

    NO_STORED_VALUE = "no stored value"


NO_STORED_VALUE: Final = NoStoredValue.NO_STORED_VALUE


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """What Excel shows where it can't work something out: `#N/A`, `#REF!`; `#NUM!` also for a number that is none."""

    code: str


Value = (
    str
    | int
    | float
    | bool
    | datetime.date
    | datetime.datetime
    | datetime.time
    | datetime.timedelta
    | ErrorValue
    | Literal[NoStoredValue.NO_STORED_VALUE]
    | None
)
"""What stands in a cell. Days and times have no zone: they are as somebody wrote them."""


def column_name(index: int) -> str:
    """The letters over a column, counted from 0: 0 is A, 27 is AB."""
    letters, left = "", index + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(_A + letter) + letters
    return letters


@lru_cache(maxsize=20_000)
def column_index(letters: str) -> int:
    """The column under these letters, counted from 0, beyond the last one too; -1 where they are no column's."""
    if not _LETTERS.fullmatch(letters):
        return -1
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - _A + 1
    return index - 1
