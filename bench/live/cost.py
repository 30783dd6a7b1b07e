"""What a process has used of the processors, with all that it started, read from the system while it runs.

The system tells of it only where there is a `/proc`, as on Linux; elsewhere nothing is known, and that is said.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_PARENT, _OWN, _ENDED = 1, slice(11, 13), slice(13, 15)
"""Where these stand in a process's `stat`, after its name: its parent, its own time, that of children that ended."""

Busy = dict[str, float]
"""Processor seconds of each part, by its name; of none where the system does not tell."""


def busy(parts: Mapping[str, int]) -> Busy:
    """Processor seconds that each part has used so far: the process of that number and all below it."""
    if not (_PROC / "self" / "stat").exists():
        return {}
    tick = os.sysconf("SC_CLK_TCK")
    told = {int(each.name): stat for each in _PROC.iterdir() if each.name.isdecimal() and (stat := _stat(each))}
    return {name: sum(_time(told[each]) for each in _below(number, told)) / tick for name, number in parts.items()}


def since(before: Busy, after: Busy) -> Busy:
    """What was used between two looks."""
    return {name: used - before.get(name, 0.0) for name, used in after.items()}


def _below(number: int, told: Mapping[int, list[str]]) -> set[int]:
    found, grown = set(), {number} & told.keys()
    while grown:
        found |= grown
        grown = {each for each, stat in told.items() if int(stat[_PARENT]) in grown} - found
    return found


def _time(stat: list[str]) -> int:
    return sum(map(int, (*stat[_OWN], *stat[_ENDED])))


def _stat(process: Path) -> list[str] | None:
    """What stands after the name, which may hold anything; None where the process has just ended."""
    try:
        return (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
