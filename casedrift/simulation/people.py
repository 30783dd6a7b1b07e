"""The people who hold the cases: four localities of three teams, each team a row of desks, held in turn.

Where a worker leaves, the whole caseload of the desk moves to the next, or lies with nobody until one is
found. One locality can't keep its workers, and its work slips: that is the story the figures should tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from casedrift.simulation.calendar import OfficeDays
from casedrift.simulation.chance import Chance, Lengths


@dataclass(frozen=True, slots=True)
class Locality:
    """A part of the authority, and how well work is kept up there (shares from 0 to 1)."""

    name: str
    children: float
    """Its share of all children."""
    drift: float
    """The share of stretches of work that are left to drift."""
    missed: float
    """The share of single pieces of work (a supervision, a visit) that do not take place."""
    unfilled: float
    """The share of workers who leave before the next is found."""
    worsens: float = 0.0
    """By how much the share of missed supervision has grown at the end of the span (1 = doubled)."""

    def team(self, number: int) -> str:
        """1 assesses, 2 works with families, 3 with children in care, care leavers and disabled children."""
        return f"{self.name[0]}{number}"


LOCALITIES: Final = (
    Locality("North", 0.28, drift=0.10, missed=0.10, unfilled=0.15),
    Locality("East", 0.24, drift=0.42, missed=0.30, unfilled=0.60, worsens=0.9),
    Locality("South", 0.27, drift=0.14, missed=0.14, unfilled=0.20),
    Locality("West", 0.21, drift=0.18, missed=0.17, unfilled=0.25),
)

_TEAM_SHARES: Final = ((1, 0.22), (2, 0.55), (3, 0.23))
_CASELOAD: Final = 17
"""Cases a worker; the national average reported for England lies between 16 and 18."""
_TENURE: Final[Lengths] = (90, 250, 500, 850, 1700, 2600)
_SEARCH: Final[Lengths] = (15, 30, 55, 90, 150, 220)


@dataclass(frozen=True, slots=True)
class Change:
    """From that day (an ordinal) the desk is held by this worker, or by nobody."""

    day: int
    worker: str | None


@dataclass(frozen=True, slots=True)
class Desk:
    """One worker's place in a team; `changes` are in order of day, the first before all else."""

    team: str
    changes: tuple[Change, ...]

    def worker_on(self, day: int) -> str | None:
        """Who holds the desk on the day, if anybody."""
        worker = None
        for change in self.changes:
            if change.day > day:
                break
            worker = change.worker
        return worker

    def changes_within(self, from_day: int, until_day: int) -> list[Change]:
        """The changes after `from_day` and before `until_day`."""
        return [change for change in self.changes if from_day < change.day < until_day]


class People:
    """All desks of the authority over the whole time, for about so many open cases."""

    def __init__(self, seed: int, days: OfficeDays, span: tuple[int, int], open_cases: int) -> None:
        self._desks: dict[str, tuple[Desk, ...]] = {}
        self._hired = 0
        chance = Chance(seed, "people")
        for locality in LOCALITIES:
            for number, share in _TEAM_SHARES:
                count = max(1, round(open_cases * locality.children * share / _CASELOAD))
                team = locality.team(number)
                self._desks[team] = tuple(Desk(team, self._changes(chance, days, span, locality)) for _ in range(count))

    def desk(self, chance: Chance, locality: Locality, number: int) -> Desk:
        """A desk of the locality's team of that number."""
        return chance.one_of(self._desks[locality.team(number)])

    def _changes(
        self, chance: Chance, days: OfficeDays, span: tuple[int, int], locality: Locality
    ) -> tuple[Change, ...]:
        first, last = span
        changes = [Change(first, self._hire())]
        day = days.from_(first + chance.between(30, chance.length(_TENURE)))
        while day < last:
            if chance.happens(locality.unfilled):
                changes.append(Change(day, None))
                day = days.from_(day + chance.length(_SEARCH))
            changes.append(Change(day, self._hire()))
            day = days.from_(day + chance.length(_TENURE))
        return tuple(changes)

    def _hire(self) -> str:
        self._hired += 1
        return f"w-{self._hired}"
