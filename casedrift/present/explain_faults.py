"""What the record of a case lacks, a sentence a finding: what is strange, and which facts it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casedrift.present.explain_record import Record
from casedrift.present.paper import day_words, words
from domain.clocks import Rules


def fault(found: Mapping[str, Any], record: Record, on: int, rules: Rules | None) -> str:
    """The sentence of a finding (as JSON has it), as seen on the day (ordinal)."""
    kind = found["finding"]
    if kind in ("opened-while-open", "closed-while-closed", "activity-while-closed"):
        return _out_of_place(kind, record, record.in_order(found["facts"]))
    (id_,) = found["facts"]
    happened = _capital(record.told(id_))
    if kind == "effective-in-future":
        return f"{happened}, but that was recorded before, on {record.own_recording(id_)}."
    if kind == "recorded-late":
        lag = "late" if rules is None else f"more than {_days(rules.policy.recording_lag)} later"
        return f"{happened}; that was {record.recorded(id_)}, {lag}."
    if kind == "never-assessed":
        return f"{happened}, and had not been assessed by {day_words(on)}, more than 45 working days later."
    if kind.startswith("missing-"):
        return f"{happened}; on {day_words(on)} no {kind.removeprefix('missing-')} is named for it."
    return f"{words(kind)}: {happened}."


def _out_of_place(kind: str, record: Record, ids: list[str]) -> str:
    """Something came while the case was open, or closed; before it comes what opened or closed it, if anything did."""
    happened = _capital(record.told(ids[-1]))
    state = "open" if kind == "opened-while-open" else "closed"
    if len(ids) == 1:
        return f"{happened}, but the case had not been opened."
    before = record.told(ids[0]) if state == "closed" else f"its opening on {_day_and_no(record, ids[0])}"
    return f"{happened}, but the case was {state} already: {before}."


def _day_and_no(record: Record, id_: str) -> str:
    return f"{day_words(record.day(id_))} {record.no(id_)}"


def _days(count: int) -> str:
    return f"{count} working day" + ("" if count == 1 else "s")


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
