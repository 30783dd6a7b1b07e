"""What a real authority has published of itself: how many are referred, how long things take, what they lead to.

The simulated authority is set to resemble it. The figures are totals of whole years, with their source beside them
in `devon.toml`; here they become shares and lengths of time that a child's course is drawn from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from casedrift.simulation.chance import Bands

_SHORTEST: Final = {"assessment_days": 0, "conference_days": 6}
_LONGEST: Final = {"assessment_days": 110, "conference_days": 35}
"""Working days: where the first band begins and the open one ends here, which the published tables don't say."""


@cache
def published() -> Mapping[str, Mapping[str, int]]:
    """Each table's figures by name, summed over all the years."""
    tables = tomllib.loads(files("casedrift.simulation").joinpath("devon.toml").read_text("utf-8"))
    return {
        table: {name: sum(figures) for name, figures in lists.items()}
        for table, lists in tables.items()
        if isinstance(lists, dict)
    }


@cache
def share(table: str, part: str, whole: str) -> float:
    """One figure of a table as a share of another."""
    return published()[table][part] / published()[table][whole]


@cache
def bands(table: str) -> Bands:
    """A table of lengths of time, in working days."""
    counts = published()[table]
    found, first = [], _SHORTEST[table]
    for name, count in counts.items():
        last = _LONGEST[table] if name == "longer" else int(name)
        found.append((first, last, count / sum(counts.values())))
        first = last + 1
    return tuple(found)
