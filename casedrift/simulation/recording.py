"""How what happened is put on record: mostly on the day or the next, and about one fact in eight late.

Each happening becomes a record with an identity and the instant at which the case system heard of it
(`recorded_at`, microseconds since 1970-01-01T00:00Z). The first referral is always put down on its own day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from casedrift.simulation.chance import Chance, Lengths
from casedrift.simulation.story import Fields, Happening, World
from domain.days import midnight

SECOND: Final = 1_000_000
_LATE: Final = 0.115
_LATE_BY: Final[Lengths] = (4, 6, 9, 15, 40, 80)  # office days
_NEXT_DAY: Final = 0.28
_AHEAD: Final = 0.015
_OFFICE: Final = (31_500, 63_000)  # 08:45 to 17:30, in seconds after midnight
_ON_DUTY: Final = (36_000, 75_000)  # the emergency team writes up between 10:00 and 20:50
_ENTERED_AHEAD: Final = frozenset(("case-closed", "plan-ended", "case-allocated"))


@dataclass(slots=True)
class Record:
    """A fact as put down; `day` is its `effective_on` as recorded, which may be wrong."""

    at: int
    id: str
    type: str
    day: int
    fields: Fields


def put_down(world: World, chance: Chance, told: list[Happening]) -> list[Record]:
    """The records of what happened, in that order; only the late and those entered ahead are out of turn."""
    records: list[Record] = []
    last = 0
    for happening in told:
        late = bool(records) and chance.happens(_LATE)
        if late:
            at = office_moment(world, chance, world.days.after(happening.day, chance.length(_LATE_BY)))
        elif records and happening.type in _ENTERED_AHEAD and chance.happens(_AHEAD):
            ahead = world.days.after(happening.day, -chance.between(1, 5))
            at = max(office_moment(world, chance, ahead), pause(chance, records[0].at))
        else:
            at = last = max(_prompt(world, chance, happening, not records), pause(chance, last))
        records.append(Record(at, chance.uuid(), happening.type, happening.day, happening.fields))
    return records


def pause(chance: Chance, at: int) -> int:
    """Half a minute to a quarter of an hour after the instant."""
    return at + chance.between(30, 900) * SECOND


def office_moment(world: World, chance: Chance, day: int) -> int:
    """An instant in office hours of the day, or of the next office day."""
    return midnight(world.days.from_(day)) + chance.between(*_OFFICE) * SECOND


def _prompt(world: World, chance: Chance, happening: Happening, first: bool) -> int:
    day = happening.day
    if not world.days.is_office(day) and (first or chance.happens(0.5)):
        return midnight(day) + chance.between(*_ON_DUTY) * SECOND
    if not first and chance.happens(_NEXT_DAY):
        day += 1
    return office_moment(world, chance, day)
