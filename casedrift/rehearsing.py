"""A load rehearsed: what it would change, case by case, without a trace in the store.

Everything is done as in earnest, in one transaction that is undone at the end, so that what is told is what would
happen.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casedrift.asking import as_datetime
from casedrift.left_to_say import left_to_say
from casedrift.standing import Standing
from domain.days import format_day
from domain.history import WITHDRAWN, Fact
from streams.cloudevents import Arrived, Refused, read_lines
from streams.histories import histories
from streams.identity import case_of
from streams.intake import Intake, Tally
from streams.raw import Raw, beginning_of
from streams.refused_rows import place_of
from streams.sources.extract import ChildRows
from streams.sources.formats import Reader
from streams.sources.loading import ExtractLoad
from streams.store import Store

_NOT_ITS_OWN = frozenset({"child", "effective_on", "corrects", "withdraws"})


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a load would come to: the tally, a line for each fact that would be taken on, one for each that would be
    refused, and lines for people.

    A line holds `case`, `change` (`new`, `corrected`, `withdrawn`), `type`, `effective_on`, `data` (what is the fact's
    own) and `was`, the day and what was its own before, None of a new one. A case that the store doesn't hold yet is
    `new-1`, `new-2`, for the reference that it will get is not drawn before; `place` is where the file has it. A line
    of the refused holds `reason`, `detail` and where it stands: of a file of lines `file` and `line`, of an extract
    its place there and whose it is.
    """

    tally: Tally
    changes: list[dict[str, Any]]
    refused: list[dict[str, Any]]
    notes: list[str]


class _Undone(Exception):
    """Ends the transaction of a rehearsal."""


@contextmanager
def _undone(store: Store) -> Iterator[None]:
    """A transaction of which nothing stays."""
    with suppress(_Undone), store.accepting():
        yield
        raise _Undone


def rehearse_lines(
    store: Store,
    now: Callable[[], int],
    batches: Iterable[Sequence[Raw]],
    places: list[tuple[str, int]],
    *,
    backfill: bool,
) -> Rehearsed:
    """What taking in these JSON lines would change. Of the batch at hand, `places` says where each line stands; it is
    emptied after each, for there may be very many.
    """
    intake = Intake(store, now)
    refused: list[dict[str, Any]] = []
    waiting: dict[str, tuple[str, int]] = {}

    def note(item: Refused, at: int | None) -> None:
        file, line = waiting[beginning_of(item.raw).sha256] if at is None else places[at]
        refused.append({"reason": item.reason, "detail": item.detail, "file": file, "line": line})

    intake.when_refused = note
    with _undone(store):
        known = _Known(store)
        for lines in batches:
            arrived = read_lines(lines)
            of_targets = ((at, item) for at, item in enumerate(arrived) if isinstance(item, Arrived) and item.target)
            waiting |= {beginning_of(item.raw).sha256: places[at] for at, item in of_targets}
            known.note(intake, arrived, backfill)
            places.clear()
        changes = known.changes({}, {})
    return Rehearsed(intake.tally, changes, refused, [])


def rehearse_extract(
    store: Store,
    now: Callable[[], int],
    kind: str,
    path: Path,
    reader: Reader,
    *,
    backfill: bool,
    alongside: bool,
    confirm_missing: bool,
) -> Rehearsed:
    """What loading that extract would change."""
    intake = Intake(store, now)
    intake.tells_apart = True
    load = ExtractLoad(
        store,
        kind,
        path,
        reader,
        now=as_datetime(now()),
        secret=secrets.token_bytes,
        alongside=alongside,
        confirm_missing=confirm_missing,
        rehearsed=True,
    )
    refused: list[Refused] = []
    intake.when_refused = lambda item, _at: refused.append(item)
    with _undone(store):
        known = _Known(store)
        children = {child for (child,) in store.connection.execute("SELECT reference FROM identity")}
        places: dict[str, str] = {}

        def note(reference: str, child: ChildRows) -> None:
            if reference not in children:
                places[reference] = child.place

        load.when_named = note
        load.begin()
        for batch in load.batches():
            known.note(intake, batch.news, backfill)
            intake.tally += batch.stood
        names = known.names()
        changes = known.changes(names, {case_of(reference): place for reference, place in places.items()})
    told = [_refused(item, children, names, places) for item in refused]
    return Rehearsed(intake.tally, changes, told, list(left_to_say(load.notes(), Standing(store).policy)))


class _Known:
    """What the store held before, and the cases that changed since, in the order in which they did."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._before: dict[str, int] = {}
        """By case, how many facts it had."""

    def note(self, intake: Intake, arrived: Sequence[Arrived | Refused], backfill: bool) -> None:
        """Take some in, and note which cases that changes."""
        for case in intake.take(arrived, backfill=backfill):
            self._before.setdefault(case.subject, case.facts[0].version - 1)

    def names(self) -> dict[str, str]:
        """New cases, of which the reference is not for good, by the names that they have meanwhile."""
        new = [subject for subject, before in self._before.items() if before == 0]
        return {subject: f"new-{number}" for number, subject in enumerate(new, start=1)}

    def changes(self, names: Mapping[str, str], places: Mapping[str, str]) -> list[dict[str, Any]]:
        """A line for each fact taken on, under another name of its case where there is one, and with its place."""
        lines: list[dict[str, Any]] = []
        for subject, before in self._before.items():
            facts = histories(self._store.connection, [subject])[subject]
            case = names.get(subject, subject)
            place = {"place": places[subject]} if subject in places else {}
            lines += [{"case": case, **_line(fact, facts), **place} for fact in facts[before:]]
        return lines


def _refused(item: Refused, known: Set[str], names: Mapping[str, str], places: Mapping[str, str]) -> dict[str, Any]:
    """What was refused of an extract, and where. A child who is not known yet has the name of its case, if any."""
    place = place_of(item.reason, item.raw)
    child = place.pop("child", None)
    if child is not None and (name := child if child in known else names.get(case_of(child))):
        place["child"] = name
    if child in places:
        place["place"] = places[child]
    return {"reason": item.reason, "detail": item.detail, **place}


def _line(fact: Fact, facts: Sequence[Fact]) -> Mapping[str, Any]:
    earlier = [each for each in facts if each.chain == fact.chain and each.version < fact.version]
    was = earlier[-1] if earlier else None
    told = was if fact.kind == WITHDRAWN and was is not None else fact
    change = "new" if was is None else "withdrawn" if fact.kind == WITHDRAWN else "corrected"
    return {
        "change": change,
        "type": told.kind,
        "effective_on": format_day(told.day),
        "data": None if change == "withdrawn" else _own(fact),
        "was": None if was is None or was.kind == WITHDRAWN else {"effective_on": format_day(was.day), **_own(was)},
    }


def _own(fact: Fact) -> dict[str, Any]:
    return {name: value for name, value in fact.data.items() if name not in _NOT_ITS_OWN}
