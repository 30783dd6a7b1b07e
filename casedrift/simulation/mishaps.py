"""How records go wrong, and are put right: a wrong day or code is corrected, another child's fact withdrawn.

What happened stays as it was told: the mistake comes first, and the correction says what was true.
Some corrections reach us before what they correct. Instants are `recorded_at`, in microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casedrift.simulation.chance import Chance, Lengths
from casedrift.simulation.recording import SECOND, Record, office_moment, pause
from casedrift.simulation.story import Fields, World
from domain.days import london_day

_CORRECTED: Final = 0.022
"""Of the facts that can be mistaken, which are most."""
_WITHDRAWN: Final = 0.01
_EARLY: Final = 0.08
"""The share of corrections and withdrawals recorded before what they are about."""
_NOTICED: Final[Lengths] = (0, 1, 4, 10, 35, 90)  # office days until a mistake is put right
_MISTAKEN: Final[dict[str, object]] = {
    "decision": "early_help", "need": "N0", "progress": "static", "grade": "good", "reason": "RC7",
    "outcome": "no_further_action", "challenged": False,
}  # fmt: skip
_ELSEWHERE: Final[tuple[tuple[tuple[str, Fields], float], ...]] = (
    (("child-visited", {}), 0.45),
    (("case-supervised", {}), 0.35),
    (("strategy-discussion-held", {"section_47": False}), 0.10),
    (("case-closed", {"reason": "RC7"}), 0.10),
)


def with_mishaps(world: World, chance: Chance, records: list[Record]) -> Iterator[Record]:
    """The records with their mistakes, and with the corrections and withdrawals that follow; in no order."""
    for place, record in enumerate(records):
        if chance.happens(_CORRECTED) and (mistake := _mistake(chance, record)):
            yield from _corrected(world, chance, record, mistake)
        else:
            yield record
        if place and chance.happens(_WITHDRAWN):
            yield from _withdrawn(world, chance, record)


def _corrected(world: World, chance: Chance, true: Record, mistake: tuple[int, Fields]) -> Iterator[Record]:
    wrong = Record(true.at, true.id, true.type, *mistake, true.entered)
    right = Record(0, chance.uuid(), true.type, true.day, {**true.fields, "corrects": wrong.id})
    _follow(world, chance, wrong, right)
    yield wrong
    yield right
    if chance.happens(0.06):  # put right twice: the second names the first correction
        again = Record(0, chance.uuid(), true.type, true.day, {**true.fields, "corrects": right.id})
        again.at = max(pause(chance, right.at), pause(chance, wrong.at))
        yield again


def _mistake(chance: Chance, true: Record) -> tuple[int, Fields] | None:
    """The day and the fields as put down by mistake; None where nothing can be mistaken."""
    for name, mistaken in _MISTAKEN.items():
        if _may_be(true, name) and true.fields[name] != mistaken and (true.entered or chance.happens(0.5)):
            return true.day, {**true.fields, name: mistaken}
    if true.entered:
        return None
    if chance.happens(0.2) and true.day + 3 <= london_day(true.at):
        return true.day + 3, true.fields
    return true.day - chance.between(1, 21), true.fields


def _may_be(true: Record, name: str) -> bool:
    return name in true.fields and not (name == "outcome" and true.type != "case-assessed")


def _withdrawn(world: World, chance: Chance, beside: Record) -> Iterator[Record]:
    kind, fields = chance.weighed(_ELSEWHERE)
    day = min(beside.day, london_day(beside.at))
    wrong = Record(pause(chance, beside.at), chance.uuid(), kind, day, fields)
    back = Record(0, chance.uuid(), "fact-withdrawn", wrong.day, {"withdraws": wrong.id})
    _follow(world, chance, wrong, back)
    yield wrong
    yield back
    after = pause(chance, max(wrong.at, back.at))
    if chance.happens(0.03):
        yield Record(after, chance.uuid(), "fact-withdrawn", wrong.day, {"withdraws": back.id})
    elif kind != "case-closed" and chance.happens(0.03):  # it was this child's after all
        yield Record(after, chance.uuid(), kind, wrong.day, {**fields, "corrects": wrong.id})


def _follow(world: World, chance: Chance, wrong: Record, right: Record) -> None:
    """Set when the mistake is put right; of some, the mistake itself reaches us later than that."""
    if not wrong.entered and chance.happens(_EARLY):
        right.at = wrong.at
        wrong.at += chance.between(600, 100_000) * SECOND
        return
    noticed = world.days.after(london_day(wrong.at), chance.length(_NOTICED))
    right.at = max(pause(chance, wrong.at), office_moment(world, chance, noticed))
