"""A cell of the census: a day, a code, or yes and no; and of one that is none of these, what may be kept.

People put right what was refused, and need to see what stood there. But words may be a name and a long number may
be a telephone's, so a cell that can't be read is kept only where it still has the shape of a date.
"""

from __future__ import annotations

import re
from typing import Any, Final

from domain.days import parse_day
from streams.sources.cin_census.message import Row

_FIRST_DAY: Final = parse_day("1900-01-01")
_LAST_DAY: Final = parse_day("2199-12-31")
_TIME: Final = r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_DAY: Final = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_TIME}")
"""A day as XML Schema writes it; a time on it, or an offset, moves nothing."""
_LIKE_A_DAY: Final = re.compile(
    r"(?:[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}"
    r"|[0-9]{1,2}([-/.])[0-9]{1,2}\2(?:[0-9]{4}|[0-9]{2})"
    rf"|(?:19|20|21)[0-9]{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])){_TIME}"
)
"""What has a date's shape and length, and no telephone number's, whether or not there is such a day."""
_CODE: Final = re.compile(r"[A-Z]{0,2}[0-9]{1,2}[A-Z]?", re.ASCII)
"""The census's own codes (1A, N4, RC9): never without a digit, so that no name passes for one, and with two digits at
the most, so that no number of a person, nor a day, does."""
_FLAGS: Final = {
    "true": True,
    "1": True,
    "yes": True,
    "y": True,
    "false": False,
    "0": False,
    "no": False,
    "n": False,
}
_MOST_SHOWN: Final = 20
"""Cells of one column of one row: each fault shows its whole row, and a row may have as many faults as cells."""
FLAG_COLUMNS: Final = frozenset({"ReferralNFA", "ICPCnotRequired"})


def is_date_column(column: str) -> bool:
    """Whether a date is meant to stand in the column."""
    return column.endswith("Date") or column in {"DateOfInitialCPC", "DateTime"}


def day_of(text: str) -> int | None:
    """The day (an ordinal) from 1900-01-01 to 2199-12-31 that is written; None where none is."""
    written = _DAY.fullmatch(text)
    try:
        day = parse_day(written[1]) if written else 0
    except ValueError:
        return None
    return day if _FIRST_DAY <= day <= _LAST_DAY else None


def code_of(text: str) -> str | None:
    """The code, in capitals; None where the text is none."""
    code = text.upper()
    return code if _CODE.fullmatch(code) else None


def flag_of(text: str) -> bool | None:
    """Yes or no; None where it is neither."""
    return _FLAGS.get(text.lower())


def mapped_columns(row: Row) -> dict[str, Any]:
    """The row's own mapped columns, for the quarantine. What may tell of a person is told by its length alone."""
    shown = {column: [_shown(column, text) for text in texts[:_MOST_SHOWN]] for column, texts in row.texts.items()}
    return {column: texts if len(texts) > 1 else texts[0] for column, texts in shown.items()}


def without_child(row: Row) -> dict[str, Any]:
    """The episodes of a child who has no local id, by their mapped columns."""
    columns = {column: shown for column, shown in mapped_columns(row).items() if column != "LAchildID"}
    rows = {element: [without_child(each) for each in within] for element, within in row.rows.items()}
    return {**columns, **rows}


def _shown(column: str, text: str) -> str:
    if is_date_column(column):
        fits = _LIKE_A_DAY.fullmatch(text) is not None
    elif column in FLAG_COLUMNS:
        fits = flag_of(text) is not None
    else:
        fits = code_of(text) is not None
    return text if fits else f"(not kept: {len(text)} characters)"
