"""The kinds of extract that can be read, by name. A new one is a package beside these and a line here."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from streams.sources import annex_a, cin_census
from streams.sources.annex_a.holding import Teams
from streams.sources.extract import Extract

SUPPLIES: Final[Mapping[str, frozenset[str]]] = {
    cin_census.KIND: cin_census.CinCensus.supplies,
    annex_a.KIND: annex_a.AnnexA.supplies,
}
"""Of every kind: the fact types that it may tell."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads extracts as the settings and the command line say.

    `localities` and `cohorts` are of teams, by name; `not_a_person` are names that stand where a worker should.
    """

    source: str | None = None
    taken: datetime | None = None
    localities: Mapping[str, str] = field(default_factory=dict)
    cohorts: Mapping[str, str] = field(default_factory=dict)
    not_a_person: Set[str] = frozenset()

    def read(self, kind: str, path: Path, now: datetime) -> Extract:
        """The extract in that file. UnreadableExtract where it is none of that kind, OSError where it can't be
        opened."""
        if kind == cin_census.KIND:
            return cin_census.read_cin_census(path, source=self.source, taken=self.taken, now=now)
        teams = Teams(self.localities, self.cohorts)
        return annex_a.read_annex_a(
            path, source=self.source, taken=self.taken, now=now, teams=teams, not_a_person=self.not_a_person
        )
