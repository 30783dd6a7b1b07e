"""The lists of Annex A that tell of cases, and the columns of them that are read, as they are headed in real books.

The headings are those of Ofsted's child-level data for inspections (ILACS, Annex A, August 2019). Case systems write
them with other apostrophes, without blanks or with a few too many, so letters and digits alone are compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

CHILD: Final = "child"
TEAM: Final = "team"
WORKER: Final = "worker"
Kind = Literal["day", "flag", "code", "name", "id"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is read: what it is called here, what kind of cell it holds, and its heading in the book.

    Without a `needed` one its list is none.
    """

    name: str
    kind: Kind
    heading: str
    needed: bool = False


def comparable(heading: object) -> str:
    """A heading as letters and digits alone, in small letters."""
    return re.sub(r"[\W_]+", "", str(heading)).casefold()


def _columns(*own: Column) -> Mapping[str, Column]:
    shared = (
        Column(CHILD, "id", "Child Unique ID", needed=True),
        *own,
        Column(TEAM, "name", "Allocated Team"),
        Column(WORKER, "name", "Allocated Worker"),
    )
    return {comparable(column.heading): column for column in shared}


LISTS: Final[Mapping[int, Mapping[str, Column]]] = {
    3: _columns(
        Column("on", "day", "Date of referral", needed=True),
        Column("no_further_action", "flag", "Referral NFA?"),
    ),
    4: _columns(
        Column("started", "day", "Continuous Assessment Start Date", needed=True),
        Column("authorised", "day", "Continuous Assessment Date of Authorisation"),
        Column("needed", "flag", "Was the child assessed as requiring LA children’s social care support"),
    ),
    5: _columns(
        Column("strategy", "day", "Strategy discussion initiating Section 47 Enquiry Start Date", needed=True),
        Column("unnecessary", "flag", "Was an Initial Child Protection Conference deemed unnecessary?"),
        Column("conference", "day", "Date of Initial Child Protection Conference"),
        Column("plan", "flag", "Did the Initial Child Protection Conference Result in a Child Protection Plan"),
    ),
    6: _columns(
        Column("start", "day", "CIN Start Date", needed=True),
        Column("seen", "day", "Date Child Was Last Seen"),
        Column("end", "day", "CIN Closure Date"),
        Column("reason", "code", "Reason for Closure"),
        Column("status", "code", "Case status"),
    ),
    7: _columns(
        Column("start", "day", "Child Protection Plan Start Date", needed=True),
        Column("visited", "day", "Date of the Last Statutory Visit"),
        Column("alone", "flag", "Was the Child Seen Alone?"),
        Column("reviewed", "day", "Date of latest review conference"),
        Column("end", "day", "Child Protection Plan End Date"),
    ),
    8: _columns(
        Column("start", "day", "Date Started to be Looked After", needed=True),
        Column("legal_status", "code", "Child's Legal Status"),
        Column("reviewed", "day", "Date of Latest Statutory Review"),
        Column("visited", "day", "Date of Last Social Work Visit"),
        Column("end", "day", "Date Ceased to be Looked After"),
    ),
}
"""By the number of the list: its columns, by their comparable headings."""

_NAME_OF_A_LIST: Final = re.compile(r"(?<![a-z])list[\W_]*0*([0-9]{1,2})(?![0-9])", re.IGNORECASE)


def list_of(sheet: str) -> int | None:
    """The number of the list that a sheet's name says it is (`List_3`, `List 3 Referrals`); None for other sheets."""
    found = _NAME_OF_A_LIST.search(sheet)
    return int(found[1]) if found else None


def columns_of(number: int, headings: tuple[object, ...]) -> dict[int, Column]:
    """The columns that are read of a list, by their place in a row of headings; of two alike the first counts."""
    known = LISTS[number]
    found: dict[int, Column] = {}
    for place, heading in enumerate(headings):
        column = known.get(comparable(heading)) if isinstance(heading, str) else None
        if column is not None and column not in found.values():
            found[place] = column
    return found
