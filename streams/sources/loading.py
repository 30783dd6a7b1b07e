"""An extract on its way in: checked whole, held against what is known, then the news goes through the same door as any
fact.

Children's references and what is remembered of them are written in the transactions that take their facts on, so that
a load that was cut short may be run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from pydantic_core import to_json

from domain.days import format_instant, london_day
from streams.cloudevents import Arrived, Refused, read_lines
from streams.errors import OutOfReach, TooMuchMissing, WrongInput
from streams.histories import histories
from streams.identity import case_of
from streams.identity_key import IdentityKeyFault
from streams.intake import Tally
from streams.sources.a_child import Load, ToldOf, all_in_log, told_of_child
from streams.sources.comparing import Stamp, chains_of
from streams.sources.extract import ChildRows, Context, RefusedRow, UnreadableExtract
from streams.sources.formats import SUPPLIES, Reader
from streams.sources.held import ExtractNotTaken, ExtractsHeld, Place
from streams.sources.merging import Window
from streams.sources.remembered import Remembered
from streams.store import Store
from streams.who_is_who import identities_of

_CHILDREN_AT_ONCE: Final = 400
_MISSING_AT_LEAST: Final = 20
_MISSING_SHARE: Final = 0.02
"""More rows of a list missing than either, and nothing is loaded until somebody says that it is so."""
_ALL_DAYS: Final = Window(1, 1 << 30)


@dataclass(frozen=True, slots=True)
class LoadBatch:
    """Some children's news and what was refused of them; of the rest, how much stood already."""

    news: list[Arrived | Refused] = field(default_factory=list)
    stood: Tally = field(default_factory=Tally)


class ExtractLoad:
    """One extract read for one store. WrongInput where it can't be read, OutOfReach where the store's key can't."""

    def __init__(
        self,
        store: Store,
        kind: str,
        path: Path,
        reader: Reader,
        *,
        now: datetime,
        secret: Callable[[int], bytes],
        alongside: bool = False,
        confirm_missing: bool = False,
        rehearsed: bool = False,
    ) -> None:
        """`rehearsed` says that nothing is to be left behind, so that no key is made either."""
        self._path = path
        self._store = store
        self._alongside = alongside
        self._confirm_missing = confirm_missing
        self._kinds: set[str] = set()
        self._held = ExtractsHeld(store.connection, SUPPLIES)
        self.children_told = 0
        self.when_named: Callable[[str, ChildRows], None] = lambda _reference, _child: None
        if path.is_fifo():  # opening it would wait for ever for somebody to write to it
            raise WrongInput(f"{path} is a pipe, and a census is read twice; give the path of its file")
        with store.said(), _faults_said(path):
            self._identities = identities_of(store, secret, kept=not rehearsed)
            self._extract = reader.read(kind, path, now)
            self._remembered = Remembered(store.connection, self._extract.source)
            with store.reading():
                self._place = self._held.place(self._extract, alongside=alongside)
                self._load = _load_of(self._place)
                self._check_missing()

    @property
    def children(self) -> int:
        """How many children the extract tells of."""
        return self._extract.children

    def begin(self) -> None:
        """Note which extract the store holds, in the transaction that is open. WrongInput where it can't take this."""
        with _faults_said(self._path):
            before, self._place = self._place, self._held.place(self._extract, alongside=self._alongside)
            self._load = _load_of(self._place)
            if self._place.previous != before.previous:  # another process has loaded one meanwhile
                self._check_missing()
            self._extract = self._place.extract
            self._held.begin(self._place)

    def batches(self) -> Iterator[LoadBatch]:
        """The children's news and what was refused, some at a time, each in a transaction that is open.

        WrongInput where the file is another by now, or another extract has begun to come in.
        """
        with _faults_said(self._path, begun=True):
            yield LoadBatch([self._refused(row, None) for row in self._extract.refused])
            seen: set[str] = set()
            for children in _some(self._extract.read()):
                yield self._told(self._named(children, seen))
            if self._place.previous is not None:
                for absent in self._remembered.others(seen):
                    yield self._told([(reference, ChildRows("")) for reference in absent])
            self._check_last()
            self._held.is_whole(self._extract)
            yield LoadBatch()

    def _named(self, children: Iterable[ChildRows], seen: set[str]) -> list[tuple[str | None, ChildRows]]:
        named: list[tuple[str | None, ChildRows]] = []
        for child in children:
            self.children_told += 1
            reference = self._identities.reference(child.local_id) if child.local_id else None
            named.append((reference, child))
            if reference is not None:
                seen.add(reference)
                self.when_named(reference, child)
        return named

    def _told(self, children: Sequence[tuple[str | None, ChildRows]]) -> LoadBatch:
        self._check_last()
        references = [reference for reference, _ in children if reference is not None]
        known = self._remembered.of(references)
        of_cases = histories(self._store.connection, [case_of(each) for each in references])
        batch = LoadBatch()
        kept: list[tuple[str, ToldOf]] = []
        for reference, rows in children:
            if reference is None:
                batch.news.extend(self._refused(row, None) for row in rows.refused)
                continue
            chains = chains_of(of_cases.get(case_of(reference), ()), self._extract.source)
            told = told_of_child(self._load, reference, known.get(reference, ()), rows, chains)
            kept.append((reference, told))
            self._add(batch, reference, told)
        self._remembered.keep((reference, told.records) for reference, told in kept)
        return batch

    def _add(self, batch: LoadBatch, reference: str, told: ToldOf) -> None:
        self._kinds |= told.types
        batch.news.extend(read_lines([to_json(fact) for fact in told.news.facts]))
        batch.news.extend(self._refused(row, reference) for row in told.refused)
        batch.stood.read += told.unchanged
        batch.stood.duplicate += told.unchanged
        batch.stood.unconfirmed += told.unconfirmed

    def _check_last(self) -> None:
        if not self._held.is_last(self._extract):
            raise ExtractNotTaken("another extract came into this store meanwhile; load this one again")

    def _refused(self, row: RefusedRow, reference: str | None) -> Refused:
        raw = dict(row.raw) if reference is None else {"child": reference, **row.raw}
        return Refused(row.reason, row.detail, self._extract.source, to_json(raw))

    def _check_missing(self) -> None:
        """TooMuchMissing where a list looks cut off. Nothing is written for it."""
        if self._place.previous is None or self._confirm_missing:
            return
        remembered = self._remembered
        expected: Counter[str] = Counter()
        missing: Counter[str] = Counter()
        seen: set[str] = set()
        for children in _some(self._extract.read()):
            of = {self._identities.known(child.local_id): child for child in children if child.local_id}
            named = {reference: child for reference, child in of.items() if reference is not None}
            seen |= named.keys()
            for reference, known in remembered.of(named.keys()).items():
                together = self._load.merged(known, named[reference])
                expected += together.expected
                missing += together.missing
        for absent in remembered.others(seen):
            for known in remembered.of(absent).values():
                together = self._load.merged(known, ChildRows(""))
                expected += together.expected
                missing += together.missing
        too_many = {
            table: count
            for table, count in missing.items()
            if count > max(_MISSING_AT_LEAST, _MISSING_SHARE * expected[table])
        }
        if too_many:
            told = ", ".join(
                f"{count} of {expected[table]} rows of {_named(table)}" for table, count in too_many.items()
            )
            raise TooMuchMissing(
                f"nothing was loaded: {told}, which it had to hold, are missing. If they are really gone from the case "
                "system, load it with --confirm-missing, and what they told is withdrawn; else have the whole file made"
            )

    def check_taken_in(self) -> None:
        """WrongInput where what the last extract said has not all reached the log: it may be on its way."""
        if self._place.previous is None:
            return
        source = self._extract.source
        with self._store.reading(), _faults_said(self._path):
            remembered = self._remembered
            for references in remembered.others(()):
                of_cases = histories(self._store.connection, [case_of(each) for each in references])
                for reference, records in remembered.of(references).items():
                    chains = chains_of(of_cases.get(case_of(reference), ()), source)
                    if not all_in_log(self._load, reference, records, chains):
                        raise ExtractNotTaken(
                            "what the extract before it said has not all been taken in yet; wait for the workers "
                            "(casedrift status), and publish this one then"
                        )

    def notes(self) -> list[str]:
        """For people: what the extract could not tell, and the lines that say so in a policy."""
        window = self._extract.window if self._place.previous is None else None  # a later one adds to the first
        since = None if window is None else window.first + window.grace
        return [
            *self._on_when_taken(),
            *self._extract.notes,
            *self._on_what_is_absent(),
            *self._extract.format.notes(None if self._place.only is not None else frozenset(self._kinds), since),
        ]

    def _on_what_is_absent(self) -> Iterator[str]:
        absent = [_named(table) for table in sorted(self._load.context.absent)]
        if absent:
            yield (
                f"It holds no row of {', '.join(absent)}, of which an extract before it did: it says nothing of "
                "that, and what was told stands."
            )

    def _on_when_taken(self) -> Iterator[str]:
        if self._extract.taken_by == "now" and self._place.previous is None:
            yield (
                f"{self._extract.untimed}: its facts count as recorded when it was first loaded, "
                f"{format_instant(self._extract.taken)}. Give --taken with a first load to say when it was taken."
            )


def _some(children: Iterator[ChildRows]) -> Iterator[list[ChildRows]]:
    while some := list(islice(children, _CHILDREN_AT_ONCE)):
        yield some


def _named(table: str) -> str:
    """A table in words."""
    return f"list {table}" if table.isdigit() else f"the kind {table.replace('-', ' ')}"


def _load_of(place: Place) -> Load:
    extract = place.extract
    window = extract.window or _ALL_DAYS
    if place.previous is not None and extract.window is not None:
        of_table = {table: london_day(taken) for table, taken in place.last_held.items()}
        window = replace(window, previous=london_day(place.previous), of_table=of_table)
    return Load(
        extract.format,
        window,
        extract.lists,
        Context(
            place.lists | extract.lists,
            openings_told=place.only is None or "case-opened" in place.only,
            absent=place.lists - extract.lists,
        ),
        Stamp(extract.source, format_instant(extract.taken), place.recordedafter),
        london_day(extract.taken),
        place.only,
        place.again,
    )


@contextmanager
def _faults_said(path: Path, *, begun: bool = False) -> Iterator[None]:
    """Whatever is wrong with the extract or the key, in one line that says what to do: WrongInput, or OutOfReach.

    Once the extract has `begun` to be taken in, what was read a moment ago can't be now: then it has changed.
    """
    try:
        yield
    except IdentityKeyFault as fault:
        raise OutOfReach(str(fault)) from fault
    except ExtractNotTaken as fault:
        raise WrongInput(f"{path}: {fault}") from fault
    except (UnreadableExtract, OSError) as fault:
        if begun:
            raise WrongInput(
                f"{path} changed while it was being taken in, and a part of it may be in this store; load the whole "
                "file again"
            ) from fault
        why = str(fault) if isinstance(fault, UnreadableExtract) else f"can't be read ({fault.strerror})"
        raise WrongInput(f"{path}: {why}") from fault
