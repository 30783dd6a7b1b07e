"""A load rehearsed: what it would change, case by case, without a trace in the store.

Everything is done as in earnest, in one transaction that is undone at the end, so that what is told is what would
happen.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casedrift.asking import as_datetime
from domain.days import format_day
from domain.history import WITHDRAWN, Fact
from streams.cloudevents import Arrived, Refused, read_lines
from streams.histories import histories
from streams.intake import Intake, Tally
from streams.raw import Raw
from streams.sources.formats import Reader
from streams.sources.loading import ExtractLoad
from streams.store import Store

_NOT_ITS_OWN = frozenset({"child", "effective_on", "corrects", "withdraws"})


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a load would come to: the tally, a line for each fact that would be taken on, and lines for people.

    A line holds `case`, `change` (`new`, `corrected`, `withdrawn`), `type`, `effective_on`, `data` (what is the fact's
    own) and `was`, the day and what was its own before, None of a new one. A case that the store doesn't hold yet is
    `new-1`, `new-2`: the reference that it will get is not drawn before.
    """

    tally: Tally
    changes: list[dict[str, Any]]
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
    store: Store, now: Callable[[], int], batches: Iterable[Sequence[Raw]], *, backfill: bool
) -> Rehearsed:
    """What taking in these JSON lines would change."""
    intake = Intake(store, now)
    with _undone(store):
        known = _Known(store)
        for lines in batches:
            known.note(intake, read_lines(lines), backfill)
        changes = known.changes(named=True)
    return Rehearsed(intake.tally, changes, [])


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
    with _undone(store):
        known = _Known(store)
        load.begin()
        for batch in load.batches():
            known.note(intake, batch.news, backfill)
            intake.tally += batch.stood
        changes = known.changes(named=False)
    return Rehearsed(intake.tally, changes, load.notes())


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

    def changes(self, *, named: bool) -> list[dict[str, Any]]:
        """A line for each fact taken on; unless they are `named` for good, new cases are counted instead."""
        lines: list[dict[str, Any]] = []
        unnamed = 0
        for subject, before in self._before.items():
            facts = histories(self._store.connection, [subject])[subject]
            unnamed += before == 0
            case = subject if before or named else f"new-{unnamed}"
            lines += [{"case": case, **_line(fact, facts)} for fact in facts[before:]]
        return lines


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
