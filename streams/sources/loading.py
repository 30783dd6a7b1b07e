"""A census on its way in: the extract is checked whole, then each child's facts go through the same door as any.

Children's references are written in the transactions that take their facts on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic_core import to_json

from domain.days import format_instant
from streams.cloudevents import Arrived, Refused, read_lines
from streams.errors import OutOfReach, WrongInput
from streams.identity import Identities, has_identities
from streams.identity_key import IdentityKeyFault, identity_key
from streams.sources.cin_census import read_cin_census
from streams.sources.extract import Child, RefusedRow, UnreadableExtract
from streams.sources.held import ExtractNotTaken, ExtractsHeld
from streams.sources.untold import census_notes
from streams.store import Store

_AT_ONCE: Final = 1_000
"""Facts in a batch, at the least."""


class CensusLoad:
    """One census read for one store. WrongInput where it can't be read, OutOfReach where the store's key can't."""

    def __init__(
        self,
        store: Store,
        path: Path,
        *,
        source: str | None,
        taken: datetime | None,
        now: datetime,
        secret: Callable[[int], bytes],
    ) -> None:
        self._path = path
        self._store = store
        self._kinds: set[str] = set()
        self._held: ExtractsHeld | None = None
        self.children_told = 0
        if path.is_fifo():  # opening it would wait for ever for somebody to write to it
            raise WrongInput(f"{path} is a pipe, and a census is read twice; give the path of its file")
        with store.said(), _faults_said(path):
            identities = _identities(store, secret)
            self._extract = read_cin_census(path, identities, source=source, taken=taken, now=now)

    @property
    def children(self) -> int:
        """How many children the census tells of."""
        return self._extract.children

    def begin(self) -> None:
        """Note which extract the store holds, in the transaction that is open. WrongInput where it holds another."""
        with _faults_said(self._path):
            self._held = ExtractsHeld(self._store.connection)
            self._extract = self._held.take(self._extract)

    def batches(self) -> Iterator[list[Arrived | Refused]]:
        """The children's facts and what was refused, some at a time, each in a transaction that is open.

        WrongInput where the file is another by now, or another extract has taken this one's place in the store.
        """
        with _faults_said(self._path, begun=True):
            yield from self._batches()

    def _batches(self) -> Iterator[list[Arrived | Refused]]:
        batch: list[Arrived | Refused] = [self._refused(row) for row in self._extract.refused]
        self._check_held()
        for child in self._extract:
            self.children_told += 1
            batch += self._of(child)
            if len(batch) >= _AT_ONCE:
                yield batch
                batch = []
                self._check_held()
        if batch:
            yield batch

    def _check_held(self) -> None:
        if self._held is not None and not self._held.holds(self._extract):
            raise ExtractNotTaken("another extract came into this store meanwhile; load this one into another store")

    def _of(self, child: Child) -> list[Arrived | Refused]:
        self._kinds.update(fact["type"].rpartition(".v")[0] for fact in child.facts)
        told = read_lines([to_json(fact) for fact in child.facts])
        return [*told, *(self._refused(row) for row in child.refused)]

    def _refused(self, row: RefusedRow) -> Refused:
        return Refused(row.reason, row.detail, self._extract.source, to_json(row.raw))

    def notes(self) -> list[str]:
        """For people: what the census could not tell, and the lines that say so in a policy."""
        return [*self._on_when_taken(), *census_notes(self._kinds, self._extract.since)]

    def _on_when_taken(self) -> Iterator[str]:
        if self._extract.taken_by == "now":
            lacks = "that can be read" if self._extract.refused else "at all"
            yield (
                f"Its header holds no DateTime {lacks}: its facts count as recorded when it was first loaded, "
                f"{format_instant(self._extract.taken)}. Give --taken with a first load to say when it was taken."
            )


def _identities(store: Store, secret: Callable[[int], bytes]) -> Identities:
    """Who is who in this store."""
    key = identity_key(store.key_file, needed=has_identities(store.connection), secret=secret)
    return Identities(store.connection, key, lambda: secret(8).hex())


@contextmanager
def _faults_said(path: Path, *, begun: bool = False) -> Iterator[None]:
    """Whatever is wrong with the census or the key, in one line that says what to do: WrongInput, or OutOfReach.

    Once the census has `begun` to be taken in, what was read a moment ago can't be now: then it has changed.
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
                f"{path} changed while it was being taken in, and a part of it may be in this store; "
                "take it into a new store"
            ) from fault
        why = str(fault) if isinstance(fault, UnreadableExtract) else f"can't be read ({fault.strerror})"
        raise WrongInput(f"{path}: {why}") from fault
