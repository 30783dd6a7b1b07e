"""Which extracts a store holds. An extract tells everything anew, so the next one means something only beside the last.

A store is filled by extracts of one kind, in the order in which they were taken; another kind may come alongside, for
what the first never tells. The same file may be loaded again: it tells the same facts, at the same instant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domain.days import format_instant
from projections.connection import Connection
from streams.sources.extract import FIRST_LOAD, Extract
from streams.sources.remembered import Remembered

EXTRACT: Final = """
CREATE TABLE IF NOT EXISTS extract (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    taken INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    whole INTEGER NOT NULL DEFAULT 0,
    lists TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (source, taken)
)
"""
"""The table, as a store makes it: `whole` is 1 once all of it is taken in, 2 while it is not but takes the place of
another of that very instant that was; `lists` names its tables that hold a row."""
_IN_PLACE_OF_ANOTHER: Final = 2


class ExtractNotTaken(Exception):
    """The extract is not one that this store can take now (exit 2); the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Held:
    source: str
    kind: str
    taken: int
    sha256: str
    whole: bool
    in_place_of_another: bool
    lists: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an extract comes in a store.

    `extract` is as it is to be loaded, with T of its first time where the store holds it already. `previous` is the
    instant (microseconds) of the last extract before it, None for a first one; `recordedafter` is what its facts say
    of that. `lists` are the tables of which one before it held a row, `last_held` the instants of the last of those
    before it that did; `only` the fact types (without `.vN`) that are taken from it, None for all; `again` whether the
    store holds this very file.
    """

    extract: Extract
    previous: int | None
    recordedafter: str
    lists: frozenset[str]
    last_held: Mapping[str, int]
    only: frozenset[str] | None
    again: bool


class ExtractsHeld:
    """The extracts that a store holds, in its table. What is recorded is left uncommitted: the caller commits."""

    def __init__(self, connection: Connection, supplies: Mapping[str, frozenset[str]]) -> None:
        """`supplies` says of every kind of extract which fact types it tells."""
        self._connection = connection
        self._supplies = supplies

    def place(self, extract: Extract, *, alongside: bool = False) -> Place:
        """Where the extract comes; ExtractNotTaken where it can't.

        One of which nothing was accepted is as if it had never come. To be asked again, under the store's lock, before
        any fact is taken on.
        """
        held = [each for each in self._all() if self._accepted(each.source) or _is_again(extract, each)]
        first = held[0].kind if held else extract.format.kind  # by which came in first, whenever they were taken
        only = self._alongside(extract, first, alongside)
        for each in held:
            if each.kind == extract.format.kind and each.source != extract.source:
                raise ExtractNotTaken(
                    f"this store holds extracts of {each.source}, and under {extract.source} everything would be told "
                    f"twice; give --source {each.source}, or load this one into a store of its own"
                )
        own = [each for each in held if each.source == extract.source]
        if any(each.kind != extract.format.kind for each in own):
            raise ExtractNotTaken(f"{extract.source} is the source of extracts of another kind; give another --source")
        return self._placed(extract, own, only)

    def _placed(self, extract: Extract, own: list[_Held], only: frozenset[str] | None) -> Place:
        last = own[-1] if own else None
        again = next((each for each in reversed(own) if _is_again(extract, each)), None)
        if again is not None:
            _check_again(again, last)
            extract = extract.as_taken(again.taken)
        elif last is not None and extract.taken < last.taken:
            raise ExtractNotTaken(
                f"it was taken at {format_instant(extract.taken)}, before the last one of this store, "
                f"{format_instant(last.taken)}: extracts are loaded in the order in which they were taken"
            )
        whole = [each for each in own if (each.whole and each is not again) or each.in_place_of_another]
        if own and not whole and again is None:
            raise ExtractNotTaken(
                f"what the extract taken at {format_instant(own[0].taken)} said is not wholly known here: load that "
                "file once more, which tells nothing twice, and then this one"
            )
        return Place(
            extract,
            whole[-1].taken if whole else None,
            format_instant(whole[-1].taken) if whole else FIRST_LOAD,
            frozenset().union(*(each.lists for each in own)),
            {table: each.taken for each in whole for table in each.lists},
            only,
            again is not None,
        )

    def _alongside(self, extract: Extract, first: str, alongside: bool) -> frozenset[str] | None:
        """The fact types that are taken of it; None for all, where it is of the kind that fills the store."""
        kind = extract.format.kind
        if kind == first:
            return None
        only = extract.format.supplies - self._supplies[first]
        if not only:
            raise ExtractNotTaken(
                f"this store holds extracts of the kind {first}, and {kind} tells nothing that these don't; "
                "load it into a store of its own"
            )
        if not alongside:
            raise ExtractNotTaken(
                f"this store holds extracts of the kind {first}, not {kind}; give --alongside to take from it only "
                f"{', '.join(sorted(only))}, or load it into a store of its own"
            )
        return only

    def begin(self, place: Place) -> None:
        """Note that it is coming in. What of others was never accepted is forgotten."""
        extract = place.extract
        for each in self._all():
            if not _is_again(extract, each) and not self._accepted(each.source):
                self._connection.execute("DELETE FROM extract WHERE source = ?", (each.source,))
                Remembered(self._connection, each.source).forget()
        self._connection.execute(
            "INSERT INTO extract VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, taken)"
            " DO UPDATE SET sha256 = excluded.sha256, whole = excluded.whole, lists = excluded.lists",
            (extract.source, extract.format.kind, extract.taken, extract.sha256, *self._beneath(extract)),
        )

    def _beneath(self, extract: Extract) -> tuple[int, str]:
        """How far it is taken in before it begins, and its lists, with those of another that it takes the place of."""
        same = [each for each in self._all() if (each.source, each.taken) == (extract.source, extract.taken)]
        in_place = any(each.in_place_of_another or (each.whole and not _is_again(extract, each)) for each in same)
        lists = extract.lists.union(*(each.lists for each in same)) if in_place else extract.lists
        return _IN_PLACE_OF_ANOTHER if in_place else 0, json.dumps(sorted(lists))

    def is_last(self, extract: Extract) -> bool:
        """Whether it is still the last one of its source: another process may have begun to load another."""
        own = [each for each in self._all() if each.source == extract.source]
        return bool(own) and (own[-1].taken, own[-1].sha256) == (extract.taken, extract.sha256)

    def is_whole(self, extract: Extract) -> None:
        """All of it was taken in."""
        self._connection.execute(
            "UPDATE extract SET whole = 1 WHERE source = ? AND taken = ?", (extract.source, extract.taken)
        )

    def _all(self) -> list[_Held]:
        rows = self._connection.execute(
            "SELECT held.source, kind, taken, sha256, whole, lists"
            " FROM extract AS held LEFT JOIN source ON source.source = held.source"
            " ORDER BY source.no IS NULL, source.no, taken, held.source"
        ).fetchall()
        return [
            _Held(source, kind, taken, sha256, whole == 1, whole == _IN_PLACE_OF_ANOTHER, frozenset(json.loads(lists)))
            for source, kind, taken, sha256, whole, lists in rows
        ]

    def _accepted(self, source: str) -> bool:
        """Whether something of the source is in the log, or on its way there: published, and not taken in yet."""
        found = "SELECT 1 FROM source JOIN inbox ON inbox.source_no = source.no WHERE source.source = ? LIMIT 1"
        told = "SELECT 1 FROM remembered WHERE source = ? AND records <> '[]' LIMIT 1"
        return any(self._connection.execute(each, (source,)).fetchone() is not None for each in (found, told))


def _is_again(extract: Extract, held: _Held) -> bool:
    """Whether it is this very file, at no other instant than was asked."""
    same = (held.source, held.kind, held.sha256) == (extract.source, extract.format.kind, extract.sha256)
    return same and (extract.taken_by != "asked" or extract.taken == held.taken)


def _check_again(again: _Held, last: _Held | None) -> None:
    """ExtractNotTaken where this very file can't be loaded once more."""
    if last is not None and last.taken > again.taken:
        raise ExtractNotTaken(
            f"this store holds this very extract, taken at {format_instant(again.taken)}, and a later one since, "
            f"taken at {format_instant(last.taken)}: extracts are loaded in the order in which they were taken"
        )
