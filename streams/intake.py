"""Intake: each fact that arrives is accepted, known already, refused, or waits for the fact that it corrects.

One transaction holds a batch's events, their identities and the quarantine, so that a crash between any two
steps loses nothing and doubles nothing. The instant of knowledge is read inside the log's lock. Accepting a
fact never reads its case's history.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import add, sub
from typing import Any, Final

from domain.events import EVENTS, CaseFact
from projections.views import CaseFacts
from streams.announcements import SOURCE
from streams.batch import Batch, Case, Held, Lookup
from streams.cloudevents import Arrived, Refused
from streams.log import from_stored, to_stored
from streams.quarantine import Identity, Origin, Quarantine
from streams.store import CLOCK, Store

AHEAD: Final = 5 * 60 * 1_000_000
"""Microseconds by which `time` may lie ahead of now: case systems' clocks differ."""


@dataclass(slots=True)
class Tally:
    """What became of the facts read: `accepted + corrected + duplicate + refused + waiting = read`.

    Only of an extract are corrections told apart from what else was accepted; what it shows to be gone was not read in
    it, so that `withdrawn` stands outside that sum, and so do the `unconfirmed`, which it should have held.
    """

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    refused: int = 0
    waiting: int = 0
    corrected: int = 0
    withdrawn: int = 0
    unconfirmed: int = 0

    def __add__(self, more: Tally) -> Tally:
        """What became of both together."""
        return Tally(*map(add, self._counts(), more._counts()))

    def __sub__(self, less: Tally) -> Tally:
        """What became of facts since then."""
        return Tally(*map(sub, self._counts(), less._counts()))

    def as_dict(self, *, of_extract: bool = False) -> dict[str, int]:
        """As `casedrift ingest --json` prints it; of an extract with all that is told apart there."""
        names = self.__slots__ if of_extract else _OF_FACTS
        return {name: getattr(self, name) for name in names}

    def _counts(self) -> list[int]:
        return [getattr(self, name) for name in self.__slots__]


_OF_FACTS: Final = ("read", "accepted", "duplicate", "refused", "waiting")


class Intake:
    """The door of one store."""

    def __init__(self, store: Store, now: Callable[[], int], announced_by: str = SOURCE) -> None:
        """`announced_by` is what announcements of messages that are not accepted are from."""
        self._store = store
        self._now = now
        self._quarantine = Quarantine(store.connection, announced_by)
        self._lookup = Lookup(store, self._quarantine)
        self._waited_here: dict[int, Identity] = {}
        self.tally = Tally()
        self.tells_apart = False
        """Whether corrections and withdrawals are counted as such: for the news of an extract."""
        self.reasons: Counter[str] = Counter()
        """How many of the tally's refused ones were refused for which reason."""
        self.when_refused: Callable[[Refused, int | None], None] = lambda _refused, _at: None
        """Is told each of them and, of the batch at hand, which item it is; None of one that waited until then."""

    def forget(self) -> None:
        """What is remembered of the store may have been changed by another process, or undone."""
        self._quarantine.forget()
        self._lookup.forget()

    def settle(self) -> None:
        """At the end of a run: what waited, and was taken up, turned away or discarded by another process meanwhile,
        is counted as what it has become; what was discarded is not accepted, so it counts as refused."""
        for number in self._waited_here.keys() - self._quarantine.waiting_numbers():
            accepted = self._lookup.is_accepted(self._waited_here.pop(number))
            self.tally.waiting -= 1
            self.tally.accepted += accepted
            self.tally.refused += not accepted

    def overdue(self) -> list[int]:
        """The numbers in quarantine of facts that wait although their targets are accepted: an older program, which
        could not read them, has accepted those."""
        waiting = self._quarantine.waiting().values()
        return [each.number for each in waiting if self._lookup.is_accepted((each.fact.source, each.fact.target or ""))]

    def take(
        self, arrived: Sequence[Arrived | Refused], *, backfill: bool, origins: Sequence[Origin] = ()
    ) -> list[CaseFacts]:
        """Take in a batch within the transaction that is open; what was accepted, case by case.

        `origins` says of messages of a topic, one by one, where each stands. The tally counts the batch at once; a
        transaction that fails ends the run.
        """
        now = self._now()
        batch = self._lookup.prepare([item for item in arrived if isinstance(item, Arrived)])
        for at, item in enumerate(arrived):
            self.tally.read += 1
            origin = origins[at] if origins else None
            refused = item if isinstance(item, Refused) else self._decide(batch, item, now, backfill, origin)
            if refused is not None:
                self._quarantine.refuse(refused, now, backfill=backfill, origin=origin)
                self.tally.refused += 1
                self.reasons[refused.reason] += 1
                self.when_refused(refused, at)
        self._keep(batch)
        return _by_case(batch)

    def _decide(self, batch: Batch, fact: Arrived, now: int, backfill: bool, origin: Origin | None) -> Refused | None:
        """Accept the fact, find it known already, or let it wait; else say why it is refused."""
        if fact.recorded_at > now + AHEAD:
            return _refused(fact, "recorded-in-future", "time: more than 5 minutes ahead of now")
        identity = fact.source, fact.id
        known = batch.inbox.get(identity)
        if known is not None:
            return self._known(fact, self._same_as_accepted(batch, fact, known))
        waiting = self._quarantine.waiting().get(identity)
        if waiting is not None:
            return self._known(fact, _content(waiting.fact) == _content(fact))
        target = fact.target
        if target is None:
            self._accept(batch, fact, None, now, backfill)
            return None
        if target == fact.id:
            return _refused(fact, "target-itself", "names itself as the fact that it replaces")
        found = batch.inbox.get((fact.source, target))
        if found is None:
            number = self._quarantine.wait(fact, now, backfill=backfill, origin=origin)
            self._waited_here[number] = identity
            self.tally.waiting += 1
            return None
        if not self._of_case(batch, fact, found):
            return _refused(fact, "target-elsewhere", "names a fact of another case")
        self._accept(batch, fact, found, now, backfill)
        return None

    def _known(self, fact: Arrived, same: bool) -> Refused | None:
        if not same:
            return _refused(fact, "conflicting-duplicate", "its id and source belong to a fact that says otherwise")
        self.tally.duplicate += 1
        return None

    def _same_as_accepted(self, batch: Batch, fact: Arrived, held: Held) -> bool:
        if not self._of_case(batch, fact, held):
            return False
        event = held.event
        if event is None:
            topic, state = self._store.connection.execute(
                "SELECT topic, state FROM stored_events WHERE originator_id = ? AND originator_version = ?",
                (fact.subject, held.version),
            ).fetchone()
            if topic != fact.topic:
                return False  # and it may be of a type that only a newer program knows
            event = from_stored(fact.subject, held.version, topic, state)
        return _content(event) == _content(fact)

    @staticmethod
    def _of_case(batch: Batch, fact: Arrived, held: Held) -> bool:
        case = batch.cases.get(fact.subject)
        return case is not None and case.case_no == held.case_no

    def _accept(self, batch: Batch, fact: Arrived, target: Held | None, now: int, backfill: bool) -> None:
        """Accept the fact, and then those that waited for it; of several ready ones the first to arrive first."""
        self._add(batch, fact, target, now, backfill)
        ready = [(w.number, w) for w in self._quarantine.waiters((fact.source, fact.id))]
        while ready:
            _, waiting = heapq.heappop(ready)
            taken = waiting.fact
            assert taken.target is not None
            found = batch.inbox[taken.source, taken.target]
            here = self._waited_here.pop(waiting.number, None) is not None
            self.tally.waiting -= here
            if not self._of_case(batch, taken, found):
                refused = _refused(taken, "target-elsewhere", "names a fact of another case")
                self._quarantine.turn_away(waiting, refused.reason, refused.detail)
                self.tally.refused += here
                self.reasons[refused.reason] += here
                if here:
                    self.when_refused(refused, None)
                continue
            self._quarantine.take_up(waiting)
            self._add(batch, taken, found, now, waiting.backfill)
            self.tally.accepted += here - 1  # one that waited from an earlier run is not of this tally
            for further in self._quarantine.waiters((taken.source, taken.id)):
                heapq.heappush(ready, (further.number, further))

    def _add(self, batch: Batch, fact: Arrived, target: Held | None, now: int, backfill: bool) -> None:
        case = batch.cases.get(fact.subject)
        if case is None:
            case = batch.cases[fact.subject] = Case(batch.next_case, 0, fact.recorded_at, True)
            batch.next_case += 1
        if backfill:
            known_at = max(fact.recorded_at, case.known_at)
        else:
            known_at = batch.clock = max(now, batch.clock, case.known_at if case.version else now)
        case.version += 1
        case.known_at = known_at
        chain = case.version if target is None else target.chain
        event = EVENTS[fact.topic](
            fact.subject,
            case.version,
            fact.id,
            fact.source,
            fact.recorded_at,
            known_at,
            chain,
            fact.data,
            fact.attributes,
        )
        batch.inbox[fact.source, fact.id] = Held(case.case_no, case.version, chain, event)
        batch.events.append(event)
        self._count(fact)

    def _count(self, fact: Arrived) -> None:
        if not self.tells_apart or fact.target is None:
            self.tally.accepted += 1
        elif "withdraws" in fact.data:
            self.tally.withdrawn += 1
            self.tally.read -= 1
        else:
            self.tally.corrected += 1

    def _keep(self, batch: Batch) -> None:
        """Write the batch's events, their identities, and how far their cases and the clock have come."""
        if not batch.events:
            return
        connection = self._store.connection
        self._store.append([to_stored(event) for event in batch.events])
        changed = {event.originator_id for event in batch.events}
        cases = [(name, case) for name, case in batch.cases.items() if name in changed]
        connection.executemany(
            "INSERT INTO cases VALUES (?, ?, ?, ?) ON CONFLICT (case_no) DO UPDATE SET"
            " version = excluded.version, known_at = excluded.known_at",
            [(case.case_no, name, case.version, case.known_at) for name, case in cases],
        )
        connection.executemany(
            "INSERT INTO inbox VALUES (?, ?, ?, ?, ?)",
            [
                (
                    self._lookup.source_no(e.source),
                    e.id,
                    batch.cases[e.originator_id].case_no,
                    e.originator_version,
                    e.chain,
                )
                for e in batch.events
            ],
        )
        self._store.set_meta(CLOCK, batch.clock)


def _content(fact: Arrived | CaseFact) -> tuple[Any, ...]:
    """What makes two facts of one identity the same fact."""
    if isinstance(fact, CaseFact):
        return fact.TOPIC, fact.originator_id, fact.recorded_at, fact.data
    return fact.topic, fact.subject, fact.recorded_at, fact.data


def _refused(fact: Arrived, reason: str, detail: str) -> Refused:
    return Refused(reason, detail, fact.source, fact.raw)


def _by_case(batch: Batch) -> list[CaseFacts]:
    """What was accepted, case by case, in the order in which the cases first appear."""
    by_case: dict[str, CaseFacts] = {}
    for event in batch.events:
        case = by_case.get(event.originator_id)
        if case is None:
            subject = event.originator_id
            case = by_case[subject] = CaseFacts(batch.cases[subject].case_no, subject, [])
        case.facts.append(event.as_fact())
    return list(by_case.values())
