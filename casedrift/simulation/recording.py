"""How what happened is put on record: mostly on the day or the next, and about one fact in eight late.

Busy workers leave visits and supervisions until they next sit down to the case, and then write up the latest
first. Each happening becomes a record with an identity and the instant at which the case system heard of it
(`recorded_at`, microseconds since 1970-01-01T00:00Z). The first referral is always put down on its own day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from casedrift.simulation.chance import Chance, Lengths
from casedrift.simulation.story import Fields, Happening, World
from domain.days import midnight

SECOND: Final = 1_000_000
_LATE: Final = 0.025
_LATE_BY: Final[Lengths] = (3, 6, 10, 18, 45, 80)  # office days
_LEFT: Final = 0.145
_LEFT_OF_THE_REST: Final = 0.05
_LEFT_AT_MOST: Final = 60
"""Days after which what was left to be written up is no longer waiting for the next sitting."""
_WRITTEN_UP: Final = frozenset(("child-visited", "case-supervised", "plan-reviewed", "assessment-started"))
_NEVER_LEFT: Final = frozenset(("referral-received", "case-opened", "case-allocated", "case-closed", "plan-ended"))
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
    """The records of what happened; only what is late, left until later or entered ahead is out of turn."""
    book = _Book(world, chance)
    for happening in told:
        book.note(happening)
    book.write_up_late()
    return book.records


def pause(chance: Chance, at: int) -> int:
    """Half a minute to a quarter of an hour after the instant."""
    return at + chance.between(30, 900) * SECOND


def office_moment(world: World, chance: Chance, day: int) -> int:
    """An instant in office hours of the day, or of the next office day."""
    return midnight(world.days.from_(day)) + chance.between(*_OFFICE) * SECOND


@dataclass(slots=True)
class _Book:
    """A case's record as it grows: what is on it, what is left to be written up, and when it was last written in."""

    world: World
    chance: Chance
    records: list[Record] = field(default_factory=list)
    left: list[Happening] = field(default_factory=list)
    last: int = 0

    def note(self, happening: Happening) -> None:
        """Put it down late, ahead or promptly, or leave it for the next sitting."""
        if self.records and self.chance.happens(_LATE):
            self._write_late(happening)
        elif self.chance.happens(_left(happening)):
            self.left.append(happening)
        elif self.records and happening.type in _ENTERED_AHEAD and self.chance.happens(_AHEAD):
            ahead = self.world.days.after(happening.day, -self.chance.between(1, 5))
            moment = office_moment(self.world, self.chance, ahead)
            self._write(happening, max(moment, pause(self.chance, self.records[0].at)))
        else:
            prompt = _prompt(self.world, self.chance, happening, not self.records)
            self.last = max(prompt, pause(self.chance, self.last))
            self._write(happening, self.last)
            if self.world.days.is_office(happening.day):
                self._write_up(happening.day)

    def write_up_late(self) -> None:
        """Put down what is still left at the end."""
        for happening in self.left:
            self._write_late(happening)

    def _write_up(self, day: int) -> None:
        """What was left, in the same sitting as what happened on the day, the latest first."""
        while self.left:
            happening = self.left.pop()
            if day - happening.day > _LEFT_AT_MOST:
                self._write_late(happening)
            else:
                self.last = pause(self.chance, self.last)
                self._write(happening, self.last)

    def _write_late(self, happening: Happening) -> None:
        late = self.world.days.after(happening.day, self.chance.length(_LATE_BY))
        self._write(happening, office_moment(self.world, self.chance, late))

    def _write(self, happening: Happening, at: int) -> None:
        self.records.append(Record(at, self.chance.uuid(), happening.type, happening.day, happening.fields))


def _left(happening: Happening) -> float:
    """How likely it is to be left for the next sitting (0 to 1)."""
    if happening.type in _NEVER_LEFT:
        return 0.0
    return _LEFT if happening.type in _WRITTEN_UP else _LEFT_OF_THE_REST


def _prompt(world: World, chance: Chance, happening: Happening, first: bool) -> int:
    day = happening.day
    if not world.days.is_office(day) and (first or chance.happens(0.5)):
        return midnight(day) + chance.between(*_ON_DUTY) * SECOND
    if not first and chance.happens(_NEXT_DAY):
        day += 1
    return office_moment(world, chance, day)
