"""A cell of a workbook: a day, a code, yes and no, a name of a team or a worker; and of one that is none of these, what
may be kept.

Excel shows one thing and holds another, so nothing is guessed: a day is a real date, or written DD/MM/YYYY.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from domain.days import parse_day
from streams.identity import normalise
from streams.workbook import NO_STORED_VALUE, ErrorValue, Value

LONGEST_ID: Final = 200
LONGEST_NAME: Final = 64
_FIRST_DAY: Final = parse_day("1900-01-01")
_LAST_DAY: Final = parse_day("2199-12-31")
_TIME: Final = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?"
_DAY: Final = re.compile(rf"([0-9]{{1,2}})/([0-9]{{1,2}})/([0-9]{{4}}){_TIME}", re.ASCII)
_LIKE_A_DAY: Final = re.compile(rf"[0-9]{{1,4}}([-/. ])(?:[0-9]{{1,2}}|[A-Za-z]{{3}})\1[0-9]{{1,4}}{_TIME}", re.ASCII)
"""What has a date's shape, whether or not there is such a day, and so may be kept for people to put right."""
_ANSWER: Final = re.compile(r"(?:[a-z]\)\s*)?(yes|no|y|n|true|false|1|0)", re.ASCII)
"""Yes or no, also as a choice from Ofsted's list, `a) Yes`."""
_CODE: Final = re.compile(r"([A-Z]{0,2}[0-9]{1,2}|[A-Z])(?:[):. -].*)?", re.ASCII | re.DOTALL)
"""A code (RC9, V4, c), alone or before its meaning; the meaning is not kept."""
_BARE_CODE: Final = re.compile(r"[A-Z]{0,2}[0-9]{1,2}", re.ASCII)
"""With a digit, so that no name passes for one."""


class NotReadable(Exception):
    """The cell is not what its column holds: the reason, and what was wanted."""

    def __init__(self, reason: str, wanted: str) -> None:
        super().__init__(wanted)
        self.reason = reason
        self.wanted = wanted


def text_of(value: Value) -> str:
    """The cell as trimmed text, no-break spaces and all; empty where it is blank or `#N/A`.

    NotReadable for a formula without a stored value, and for any other error of Excel's.
    """
    if value is NO_STORED_VALUE:
        raise NotReadable(
            "no-stored-value",
            "is a formula whose result was not stored; open the book in Excel, save it, and load it again",
        )
    if isinstance(value, ErrorValue):
        if value.code == "#N/A":
            return ""
        raise NotReadable("bad-cell", "is a formula that ended in an error")
    text = "" if value is None else " ".join(str(value).split())
    return "" if text.upper() in {"#N/A", "N/A", "NULL"} else text


def day_of(value: Value) -> int | None:
    """The day (an ordinal) from 1900-01-01 to 2199-12-31; None where the cell is blank."""
    day = value.toordinal() if isinstance(value, date) else None
    if day is None:
        text = text_of(value)
        if not text:
            return None
        day = _written(text) if isinstance(value, str) else None
    if day is None or not _FIRST_DAY <= day <= _LAST_DAY:
        raise NotReadable("bad-date", "is no date, nor a day written DD/MM/YYYY, from 1900 to 2199")
    return day


def _written(text: str) -> int | None:
    found = _DAY.fullmatch(text)
    if not found:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).toordinal()
    except ValueError:
        return None


def flag_of(value: Value) -> bool | None:
    """Yes or no; None where the cell is blank."""
    text = text_of(int(value) if isinstance(value, bool) else value).casefold()
    if not text:
        return None
    found = _ANSWER.fullmatch(text)
    if not found:
        raise NotReadable("bad-flag", "is neither yes nor no")
    return found[1][0] in "yt1"


def code_of(value: Value) -> str | None:
    """The code, in capitals, without its meaning; None where the cell is blank."""
    text = text_of(value).upper()
    if not text:
        return None
    found = _CODE.fullmatch(text)
    if not found:
        raise NotReadable("bad-code", "does not begin with a code")
    return found[1]


def name_of(value: Value) -> str | None:
    """The name of a team or a worker; None where the cell is blank or `#N/A`."""
    text = normalise(value) if isinstance(value, int | float) else text_of(value)
    if len(text) > LONGEST_NAME:
        raise NotReadable("bad-name", f"is longer than {LONGEST_NAME} characters")
    return text or None


def id_of(value: Value) -> str:
    """The child's local id as text; empty where there is none that could be one."""
    try:
        text = normalise(value) if isinstance(value, int | float) and not isinstance(value, bool) else text_of(value)
    except NotReadable:
        return ""
    text = normalise(text)
    return text if len(text) <= LONGEST_ID else ""


def shown(value: Value) -> str | None:
    """What may be kept of a cell that can't be read; what may tell of a person is told by its length alone."""
    if value is None or value is NO_STORED_VALUE:
        return None
    if isinstance(value, ErrorValue):
        return value.code
    if isinstance(value, date):
        return value.isoformat()
    text = " ".join(str(value).split())
    fits = _LIKE_A_DAY.fullmatch(text) or _ANSWER.fullmatch(text.casefold()) or _BARE_CODE.fullmatch(text)
    return text if fits and len(text) <= 40 else f"(not kept: {len(text)} characters)"
