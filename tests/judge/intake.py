"""The front desk, read literally: which facts are taken, in what order, and when each became known.

`docs/facts.md`, in the order in which it is written: is it well formed, is it new,
has the fact that it names arrived, and when did we take it on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from .facts import Accepted, Event
from .shape import Refusal, read_line

FATES = ("accepted", "duplicate", "refused", "waiting")


@dataclass(frozen=True, eq=False)
class Arrival:
    """A fact on its way in; `read` is its number among those of this run, None if an earlier run read it."""

    event: Event
    line: bytes
    live: bool
    read: int | None


@dataclass(frozen=True)
class Refused:
    """One refusal; the quarantine keeps equal contents once."""

    line: bytes
    reason: str


@dataclass(frozen=True)
class Acceptance:
    """All that was read so far; `tally` is of the last run alone."""

    accepted: tuple[Accepted, ...]
    waiting: tuple[Arrival, ...]
    refused: tuple[Refused, ...]
    tally: dict[str, int]


def accept(lines: Iterable[bytes], *, now: datetime, backfill: bool, earlier: Acceptance | None = None) -> Acceptance:
    """Read JSON lines in order, as one batch committed at `now`; `earlier` is what went before."""
    desk = _Desk(now, backfill)
    if earlier is not None:
        for fact in earlier.accepted:
            desk.keep(fact)
        desk.waiting.extend(Arrival(one.event, one.line, one.live, None) for one in earlier.waiting)
        desk.refused.extend(earlier.refused)
    for line in lines:
        if line.strip():
            desk.read(line.rstrip(b"\r\n"))
    # `docs/commands.md`: each fact read counts once, as what it is at the end of the run; those that waited from
    # earlier runs are not counted.
    tally = {"read": len(desk.fates)} | {fate: desk.fates.count(fate) for fate in FATES}
    return Acceptance(tuple(desk.accepted), tuple(desk.waiting), tuple(desk.refused), tally)


@dataclass
class _Desk:
    now: datetime
    backfill: bool
    accepted: list[Accepted] = field(default_factory=list)
    waiting: list[Arrival] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    fates: list[str] = field(default_factory=list)
    named: dict[tuple[str, str], Accepted] = field(default_factory=dict)

    def keep(self, fact: Accepted) -> None:
        self.accepted.append(fact)
        self.named[fact.identity] = fact

    def read(self, line: bytes) -> None:
        number = len(self.fates)
        self.fates.append("")
        try:
            event = read_line(line, self.now)
            if self._is_duplicate(event):
                self.fates[number] = "duplicate"  # "accepted silently, not stored again"
                return
        except Refusal as refusal:
            self._refuse(line, str(refusal), number)
            return
        self._settle(Arrival(event, line, not self.backfill, number))
        self._take_up()

    def _is_duplicate(self, event: Event) -> bool:
        """ "Compared with facts accepted or waiting (what was refused holds no identity)"."""
        waiting = (one.event for one in self.waiting if one.event.identity == event.identity)
        held = self.named.get(event.identity) or next(waiting, None)
        if held is not None and held.content != event.content:
            raise Refusal("conflicting-duplicate")
        return held is not None

    def _settle(self, one: Arrival) -> None:
        """Accept a fact; or let it wait, or refuse it, for the sake of its target."""
        target = self._accepted(one.event)
        if one.event.target is not None and target is None:
            # "A target that itself waits has not arrived."
            self.waiting.append(one)
            self._fate(one.read, "waiting")
        elif target is not None and target.case != one.event.case:
            self._refuse(one.line, "target-elsewhere", one.read)
        else:
            place = len(self.accepted)
            # "naming any link names the chain"
            root = place if target is None else target.root
            known_at = self._known_at(one)
            self.keep(Accepted(one.event.body, place, root, known_at, one.live))
            self._fate(one.read, "accepted")

    def _take_up(self) -> None:
        """ "taken up by itself right after its target is accepted (of several ready ones the first to
        arrive first) and gets its place and `known_at` then"."""
        while ready := [one for one in self.waiting if self._accepted(one.event)]:
            self.waiting.remove(ready[0])
            self._settle(ready[0])

    def _known_at(self, one: Arrival) -> datetime:
        """`docs/facts.md`, "Three times". Whether a fact is live or a backfill is settled by how it arrived."""
        of_case = [fact.known_at for fact in self.accepted if fact.body["subject"] == one.event.case]
        if not one.live:
            # "gets `recorded_at`, but not earlier than the same case's previous `known_at`"
            return max([one.event.recorded_at, *of_case])
        # "not earlier than any live `known_at` before it ... nor than the same case's previous `known_at`"
        return max([self.now, *(fact.known_at for fact in self.accepted if fact.live), *of_case])

    def _accepted(self, event: Event) -> Accepted | None:
        """The fact that this one corrects or withdraws, if it has been accepted."""
        return None if event.target is None else self.named.get(event.target)

    def _refuse(self, line: bytes, reason: str, read: int | None) -> None:
        self.refused.append(Refused(line, reason))
        self._fate(read, "refused")

    def _fate(self, read: int | None, fate: str) -> None:
        if read is not None:
            self.fates[read] = fate
