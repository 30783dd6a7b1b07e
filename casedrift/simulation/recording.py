"""How what happened is put on record: mostly on the day or the next, and about one fact in eight late.

Busy workers leave visits and supervisions until they next sit down to the case, and then write up the latest
first. Each happening becomes a record with an identity and the instant at which the case system heard of it
(`recorded_at`, microseconds since 1970-01-01T00:00Z). The first referral is always put down on its own day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from casedrift.simulation.chance import Chance, Lengths
from casedrift.simulation.story import Fields, Happening, World
from domain.days import midnight
from domain.vocabulary import OUTSIDE

SECOND: Final = 1_000_000
_LATE: Final = 0.023
_ENDED_LATE: Final = 0.12
"""The share of endings put down late: nobody waits for them."""
_LATE_BY: Final[Lengths] = (3, 6, 10, 18, 45, 80)  # office days
_LEFT: Final = 0.172
_LEFT_OF_THE_REST: Final = 0.06
_LEFT_AT_MOST: Final = 60
"""Days after which what was left to be written up is no longer waiting for the next sitting."""
_WRITTEN_UP: Final = frozenset(("child-visited", "case-supervised", "plan-reviewed", "assessment-started"))
_NEVER_LEFT: Final = frozenset(("referral-received", "case-opened", "case-allocated", "case-closed", "plan-ended"))
_NEXT_DAY: Final = 0.28
_AHEAD: Final = 0.015
_OFFICE: Final = (31_500, 63_000)  # 08:45 to 17:30, in seconds after midnight
_ON_DUTY: Final = (36_000, 75_000)  # the emergency team writes up between 10:00 and 20:50
_ENTERED_AHEAD: Final = frozenset(("case-closed", "plan-ended", "case-allocated"))


Entry = list[Happening]
"""What is put down together: most often one happening."""


@dataclass(slots=True)
class Record:
    """A fact as put down; `day` is its `effective_on` as recorded, which may be wrong."""

    at: int
    id: str
    type: str
    day: int
    fields: Fields
    entered: bool = False
    """Whether it belongs to an entry, whose day is checked as it is put down and so is never mistaken."""


def put_down(world: World, chance: Chance, told: list[Happening]) -> list[Record]:
    """The records of what happened; only what is late, left until later or entered ahead is out of turn."""
    book = _Book(world, chance)
    for _, entry in groupby(enumerate(told), key=lambda each: each[1].entry or -each[0]):
        book.note([happening for _, happening in entry])
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
    left: list[Entry] = field(default_factory=list)
    turns: list[Record] = field(default_factory=list)
    last: int = 0

    def note(self, entry: Entry) -> None:
        """Put it down late, ahead or promptly, or leave it for the next sitting."""
        first = entry[0]
        if self.records and self.chance.happens(_late(entry)):
            self._write_late(entry)
        elif self.chance.happens(min(map(_left, entry))):
            self.left.append(entry)
        elif self.records and not first.entry and first.type in _ENTERED_AHEAD and self.chance.happens(_AHEAD):
            ahead = self.world.days.after(first.day, -self.chance.between(1, 5))
            moment = office_moment(self.world, self.chance, ahead)
            self._write(entry, max(moment, pause(self.chance, self.records[0].at)))
        else:
            prompt = _prompt(self.world, self.chance, first, not self.records)
            self.last = self._write(entry, max(prompt, pause(self.chance, self.last)))
            if self.world.days.is_office(first.day):
                self._write_up(first.day)

    def write_up_late(self) -> None:
        """Put down what is still left at the end."""
        while self.left:
            self._write_late(self.left.pop(0))

    def _write_up(self, day: int) -> None:
        """What was left, in the same sitting as what happened on the day, the latest first."""
        while self.left:
            entry = self.left.pop()
            if day - entry[0].day > _LEFT_AT_MOST:
                self._write_late(entry)
            else:
                self.last = self._write(entry, pause(self.chance, self.last))

    def _write_late(self, entry: Entry) -> None:
        late = self.world.days.after(entry[0].day, self.chance.length(_LATE_BY))
        self._write(entry, office_moment(self.world, self.chance, late))

    def _write(self, entry: Entry, at: int) -> int:
        """The lines of an entry, a second apart; the instant of the last."""
        if _is_turn(entry):
            self._write_what_led_here(at)
        return self._lines(entry, at)[-1].at

    def _lines(self, entry: Entry, at: int) -> list[Record]:
        lines = [
            Record(at + nth * SECOND, self.chance.uuid(), each.type, each.day, each.fields, each.entry > 0)
            for nth, each in enumerate(entry)
        ]
        self.records += lines
        if _is_turn(entry):
            self.turns += lines
        return lines

    def _write_what_led_here(self, at: int) -> None:
        """A case system takes no turn before the one that led to it: those are put down just before the instant."""
        late = [record for record in self.turns if record.at >= at]
        for entry in filter(_is_turn, self.left):
            late += self._lines(entry, at)
        self.left = [entry for entry in self.left if not _is_turn(entry)]
        for seconds, record in enumerate(reversed(late), start=1):
            record.at = at - seconds * SECOND


def _is_turn(entry: Entry) -> bool:
    """Whether the case turns with it: it opens, ends, or comes to another tier or plan."""
    return entry[0].entry > 0 or entry[0].type in ("case-closed", "case-stepped-down")


def _late(entry: Entry) -> float:
    """How likely it is to be put down late, days or weeks after (0 to 1)."""
    if entry[0].type == "plan-ended" and len(entry) == 1:
        return 0.0  # it ends at a conference, which has its minutes written
    return _ENDED_LATE if any(_is_end(happening) for happening in entry) else _LATE


def _is_end(happening: Happening) -> bool:
    return happening.type == "case-closed" or happening.fields.get("to") in OUTSIDE


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
