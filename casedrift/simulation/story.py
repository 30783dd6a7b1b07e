"""What happened to one child, told in order: the sheet on which opening, work and turning points are written.

A happening is what took place, on its true day; how it was put on record, late or wrongly, comes after.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from casedrift.simulation.calendar import OfficeDays
from casedrift.simulation.chance import Chance
from casedrift.simulation.people import People
from domain.days import format_day
from domain.vocabulary import Plan

Fields = dict[str, object]


class Happening(NamedTuple):
    """What happened: the day (an ordinal; `effective_on`), the type without `.vN`, the fields of `data`."""

    day: int
    type: str
    fields: Fields
    entry: int = 0
    """What bears one number makes one entry: it is put down together, on its true day. 0 = it stands alone."""


@dataclass(frozen=True, slots=True)
class World:
    """What all children share; the span runs from the day `begin` up to the day `end`, not included."""

    seed: int
    begin: int
    end: int
    days: OfficeDays
    people: People


@dataclass(slots=True)
class Story:
    """One child's happenings so far, and the luck that decides the next."""

    world: World
    chance: Chance
    disabled: bool
    told: list[Happening] = field(default_factory=list)
    plans_on: set[Plan] = field(default_factory=set)
    """The plans that the child has, as the telling goes."""
    entries: int = 0

    def tell(self, day: int, what: str, /, **fields: object) -> None:
        """Add a happening, unless it lies beyond the span."""
        if day < self.world.end:
            self.told.append(Happening(day, what, fields))

    def tell_together(self, day: int, *told: tuple[str, Fields]) -> None:
        """Add what happened on one day and is one entry of the record, unless it lies beyond the span."""
        if day < self.world.end:
            self.entries += 1
            self.told += [Happening(day, what, fields, self.entries) for what, fields in told]

    def office_day(self, low: int, high: int, *, after: int) -> int:
        """An office day, between so many office days after the day (before it where negative)."""
        return self.world.days.after(after, self.chance.between(low, high))

    def iso(self, day: int) -> str:
        """The day as a fact writes it."""
        return format_day(day)
