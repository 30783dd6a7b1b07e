"""A census on its way in: the extract is checked whole, then each child's facts go through the same door as any.

Children's references are written in the transactions that take their facts on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic_core import to_json

from streams.cloudevents import Arrived, Refused, read_lines
from streams.errors import OutOfReach, WrongInput
from streams.identity import Identities, has_identities
from streams.identity_key import IdentityKeyFault, identity_key
from streams.sources.cin_census import read_cin_census
from streams.sources.extract import Child, RefusedRow, UnreadableExtract
from streams.sources.held import ExtractNotTaken, ExtractsHeld
from streams.sources.telling import coverage_lines, fact_types_absent
from streams.store import Store

_AT_ONCE: Final = 1_000
"""Facts in a batch, at the least."""


class CensusLoad:
    """One census read for one store. WrongInput where it can't be read."""

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
        self._store = store
        self._path = path
        self.children_told = 0
        self._kinds: set[str] = set()
        try:
            key = identity_key(
                store.path.with_name(store.path.name + ".key"),
                needed=has_identities(store.connection),
                secret=secret,
            )
        except IdentityKeyFault as fault:
            raise OutOfReach(str(fault)) from fault
        identities = Identities(store.connection, key, lambda: secret(8).hex())
        try:
            self._extract = read_cin_census(path, identities, source=source, taken=taken, now=now)
        except UnreadableExtract as fault:
            raise WrongInput(f"{path}: {fault}") from fault
        except OSError as fault:
            raise WrongInput(f"{path}: can't be read ({fault.strerror})") from fault

    @property
    def children(self) -> int:
        """How many children the census tells of."""
        return self._extract.children

    def begin(self) -> None:
        """Note which extract the store holds, in the transaction that is open. WrongInput where it holds another."""
        try:
            self._extract = ExtractsHeld(self._store.connection).take(self._extract)
        except ExtractNotTaken as fault:
            raise WrongInput(f"{self._path}: {fault}") from fault

    def batches(self) -> Iterator[list[Arrived | Refused]]:
        """The children's facts and what was refused, some children at a time."""
        batch: list[Arrived | Refused] = []
        for child in self._extract:
            self.children_told += 1
            batch += self._of(child)
            if len(batch) >= _AT_ONCE:
                yield batch
                batch = []
        if batch:
            yield batch

    def _of(self, child: Child) -> list[Arrived | Refused]:
        self._kinds.update(fact["type"].rpartition(".v")[0] for fact in child.facts)
        told = read_lines([to_json(fact) for fact in child.facts])
        return [*told, *(self._refused(row) for row in child.refused)]

    def _refused(self, row: RefusedRow) -> Refused:
        return Refused(row.reason, row.detail, self._extract.source, to_json(row.raw))

    def notes(self) -> list[str]:
        """Which fact types the census held none of, with the lines to paste into a policy."""
        absent = fact_types_absent(self._kinds)
        return [] if not absent else [f"This extract held none of: {', '.join(absent)}.", coverage_lines(absent)]
