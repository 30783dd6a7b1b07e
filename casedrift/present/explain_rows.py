"""The tables of one case: what is on record, and where the case was held; the same on a terminal and on a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from casedrift.present.explain_record import Record
from casedrift.present.paper import day_words, plain, words
from domain.days import london_day, parse_instant
from domain.vocabulary import ALLOCATION_KEYS

_TOLD_ELSEWHERE: Final = ("child", "effective_on", "estimated", "corrects", "withdraws")


class Rows(NamedTuple):
    """Titles (`>` in front of figures, `~` of sentences) and the rows below them."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]


def fact_rows(facts: Sequence[Mapping[str, Any]], record: Record) -> Rows:
    """A row a fact, in order of acceptance."""
    return Rows(
        (">no.", "happened", "known", "what", "~with"),
        [
            (str(no), _happened(fact["data"]), _known(fact), _kind(fact), ", ".join(_details(fact, record)))
            for no, fact in enumerate(facts, start=1)
        ],
    )


def _happened(data: Mapping[str, Any]) -> str:
    if "withdraws" in data:
        return ""
    return day_words(data["effective_on"]) + (" (estimated)" if data.get("estimated") else "")


def _known(fact: Mapping[str, Any]) -> str:
    return day_words(london_day(parse_instant(fact["known_at"])))


def _kind(fact: Mapping[str, Any]) -> str:
    return words(fact["type"].rpartition(".v")[0]).replace("-", " ")


def _details(fact: Mapping[str, Any], record: Record) -> Iterator[str]:
    data = fact["data"]
    yield from (f"{words(key)} {_value(value)}" for key, value in data.items() if key not in _TOLD_ELSEWHERE)
    yield from (f"{key} no. {record.numbers([data[key]])}" for key in ("corrects", "withdraws") if data.get(key))
    if not fact["stands"] and "withdraws" not in data:  # of a withdrawal nothing is left that could stand
        yield "no longer stands"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " and ".join(map(plain, value)) or "none"
    return words(value) if value is not None else "nobody"


def place_rows(places: Sequence[Mapping[str, Any]], record: Record) -> Rows:
    """A row a place. The cohort has a column only where there is one."""
    held_by = [key for key in ALLOCATION_KEYS if key != "cohort" or any(place[key] for place in places)]
    return Rows(
        ("from", "to", "tier", *held_by, "~plans", "because of"),
        [
            (
                day_words(place["from"]),
                "open" if place["to"] is None else day_words(place["to"]),
                words(place["tier"]),
                *(plain(place[key]) for key in held_by),
                ", ".join(map(words, place["plans"])),
                record.numbers(place["because"]),
            )
            for place in places
        ],
    )
