"""From what happened on which day to the facts that tell it: each gets its place in the day, and a name of
its own.

The order within a day matters (a case is opened before it is assessed, closed after all else), and so does
the name: it depends on child, fact type and day alone, so that the same extract, read again, tells the same
facts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from domain.days import format_day
from domain.vocabulary import OWN_FIELDS

ORDER_IN_A_DAY: Final[tuple[str, ...]] = (
    "referral-received",
    "case-opened",
    "assessment-started",
    "strategy-discussion-held",
    "enquiry-ended",
    "conference-held",
    "case-assessed",
    "plan-ended",
    "case-stepped-down",
    "plan-started",
    "case-stepped-up",
    "plan-reviewed",
    "child-visited",
    "case-allocated",
    "case-closed",
)
_PLACE: Final = {type_: 2 * place for place, type_ in enumerate(ORDER_IN_A_DAY)}
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
LAST_OF_THE_DAY: Final = _PLACE["case-closed"]
JUST_BEFORE_THE_OPENING: Final = _PLACE["case-opened"] - 1
JUST_AFTER_THE_PLAN: Final = _PLACE["plan-started"] + 1


@dataclass(frozen=True, slots=True)
class Told:
    """What happened: type without `.vN`, day (`effective_on`, an ordinal) and the fields of its own."""

    type: str
    day: int
    fields: dict[str, Any]
    estimated: bool = False
    place: int | None = None
    """Its place in the day where that is not its type's: of some endings."""
    allocation: dict[str, str | None] | None = None
    """Who holds the case from that day on; None in it means nobody."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a fact says, but for who says it and when: `type` without `.vN`, `day` an ordinal."""

    type: str
    day: int
    data: dict[str, Any]
    canonical: str
    """Its data as one text."""


def contents_of(reference: str, told: Iterable[Told]) -> list[Content]:
    """All that is told of one child, in the order of acceptance."""
    with_places = []
    for item in told:
        data = _data(reference, item)
        place = _PLACE[item.type] if item.place is None else item.place
        with_places.append((item.day, place, canonical(data), item.type, data))
    with_places.sort(key=lambda each: each[:3])
    return [Content(type_, day, data, text) for day, _, text, type_, data in with_places]


def fact_id(reference: str, type_: str, day: int, nth: int = 1) -> str:
    """The name of the nth fact of that type and day (an ordinal) in order of content."""
    name = f"{reference}/{type_}/{format_day(day)}"
    return name if nth == 1 else f"{name}#{nth}"


def canonical(content: Any) -> str:
    """One text for one JSON value: keys sorted, no spaces."""
    return _CANONICAL.encode(content)


def fact_types_absent(held: Iterable[str]) -> tuple[str, ...]:
    """The fact types (without `.vN`) of which an extract held none, given those that it held."""
    present = {type_.partition(".")[0] for type_ in held}
    return tuple(type_ for type_ in OWN_FIELDS if type_ not in present and type_ != "fact-withdrawn")


def coverage_lines(absent: Iterable[str]) -> str:
    """The lines to paste into a policy, so that clocks waiting for these facts are not measured."""
    facts = "\n".join(f'    "{type_}",' for type_ in absent)
    return f"[[coverage]]\nfacts = [\n{facts}\n]\n" if facts else ""


def _data(reference: str, item: Told) -> dict[str, Any]:
    own = {name: value for name, value in item.fields.items() if value is not None}
    estimated = {"estimated": True} if item.estimated else {}
    return {"child": reference, "effective_on": format_day(item.day), **own, **(item.allocation or {}), **estimated}
