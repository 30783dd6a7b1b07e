"""One child's records as lines, each a CloudEvent as `docs/facts.md` has it, in order of recording.

A few lines come twice, the very same bytes: what carries them may deliver again.
"""

from __future__ import annotations

from json import JSONEncoder
from typing import Final

from casedrift.simulation.chance import Chance
from casedrift.simulation.life import happenings
from casedrift.simulation.mishaps import with_mishaps
from casedrift.simulation.recording import Record, put_down
from casedrift.simulation.story import World
from domain.days import format_day, format_instant, midnight

SOURCE: Final = "/simulated/eclipse"
_REPEATED: Final = 0.02
_encode: Final = JSONEncoder(separators=(",", ":")).encode

Row = tuple[int, bytes]
"""`recorded_at` (microseconds since 1970-01-01T00:00Z) and the line, its newline included."""


def rows(world: World, candidate: int, referred_on: int, case: str, child: str) -> list[Row]:
    """All rows of the child's case recorded before the end of the span, in order of `recorded_at`."""
    chance, written = records(world, candidate, referred_on)
    lines = []
    for record in written:
        row = record.at, _line(record, case, child)
        lines += [row, row] if chance.happens(_REPEATED) else [row]
    return lines


def records(world: World, candidate: int, referred_on: int) -> tuple[Chance, list[Record]]:
    """What the rows are made of, in their order, and the luck from there on."""
    chance = Chance(world.seed, "record", candidate)
    written = put_down(world, chance, happenings(world, candidate, referred_on))
    written = _recorded_before(midnight(world.end), list(with_mishaps(world, chance, written)))
    written.sort(key=lambda record: record.at)
    return chance, written


def target(record: Record) -> str | None:
    """The identity that a correction or a withdrawal names."""
    named = record.fields.get("corrects") or record.fields.get("withdraws")
    return None if named is None else str(named)


def _recorded_before(end: int, records: list[Record]) -> list[Record]:
    """The records of the span; a correction goes with its target where that comes only after the end."""
    known = {record.id for record in records if record.at < end}
    return [record for record in records if record.at < end and target(record) in known | {None}]


def _line(record: Record, case: str, child: str) -> bytes:
    fact = {
        "specversion": "1.0",
        "id": record.id,
        "source": SOURCE,
        "type": f"{record.type}.v1",
        "subject": case,
        "time": format_instant(record.at),
        "data": {"child": child, "effective_on": format_day(record.day), **record.fields},
    }
    return _encode(fact).encode("ascii") + b"\n"
