"""The Children in Need census: once a year, every referral, assessment, enquiry and plan, as one XML message.

The file is read several times. The first pass finds every fault that would make it unreadable, before anything is
taken from it, and counts the children; later ones tell of them, one child at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from streams.identity import normalise
from streams.sources.cin_census.cells import without_child
from streams.sources.cin_census.header import source_of, taken_of, year_of
from streams.sources.cin_census.message import MOST_IDS, MOST_OF_A_CHILD, Message, Row
from streams.sources.cin_census.remembering import TABLES, episodes_of, records_of
from streams.sources.cin_census.rows import Reading
from streams.sources.cin_census.tell import closed_before_referred, closings_without_place, told_of
from streams.sources.extract import ChildRows, Context, Extract, RefusedRow, Telling, UnreadableExtract
from streams.sources.records import Record
from streams.sources.telling import ORDER_IN_A_DAY
from streams.sources.untold import census_notes

KIND: Final = "cin-census"
_LONGEST_ID: Final = 200
_DATES: Final = frozenset({"bad-date", "no-date"})
_MOST_CHILDREN: Final = 1_000_000
"""More than twice those that all of England's authorities tell of in a year; each costs a little memory."""


class CinCensus:
    """The format: what a census supplies, and what a child's records of it tell."""

    kind = KIND
    tables = TABLES
    supplies = frozenset(ORDER_IN_A_DAY) - {"child-visited", "case-allocated"}

    def settled(
        self,
        known: Sequence[Record],  # noqa: ARG002
        records: Sequence[Record],
        read: Sequence[Record],  # noqa: ARG002
        on: int,  # noqa: ARG002
        context: Context,  # noqa: ARG002
    ) -> Sequence[Record]:
        """Nothing in a census depends on the day on which it came to be known."""
        return records

    def tell(self, records: Sequence[Record], context: Context) -> Telling:  # noqa: ARG002
        """The facts of the episodes."""
        episodes = episodes_of(records)
        return Telling(tuple(told_of(episodes)), closings_without_place(episodes))

    def notes(self, held: frozenset[str] | None, since: int | None) -> Iterator[str]:
        """What a census could not tell."""
        return iter(()) if held is None else census_notes(held, since)


def read_cin_census(path: Path, *, source: str | None, taken: datetime | None, now: datetime) -> Extract:
    """The census in that file, checked to its end; its children are read when they are asked for.

    T is `taken`, else the header's `DateTime` (London where it has no offset), else `now`. UnreadableExtract
    where the file is not well-formed XML, has a DOCTYPE, is no CIN census, tells of no child, or was written
    later than `now`; OSError where it cannot be opened.
    """
    survey = _survey(path)
    when = taken_of(survey.header, taken, now)
    return Extract(
        format=CinCensus(),
        source=source or source_of(survey.header),
        taken=when.instant,
        children=survey.children,
        sha256=survey.sha256,
        taken_by=when.by,
        refused=when.refused,
        window=year_of(survey.header),
        lists=survey.lists,
        read=lambda: _children(path, survey),
        untimed=f"Its header holds no DateTime {'that can be read' if when.refused else 'at all'}",
    )


@dataclass(slots=True)
class _Survey:
    """What the first pass finds; `appearances` has, by digest of the local id, who stands there twice."""

    header: Row
    children: int
    sha256: str
    appearances: dict[bytes, int]
    lists: frozenset[str]


class _Hashed:
    """A file that keeps count of its own SHA-256 while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int) -> bytes:
        chunk = self._file.read(size)
        self.sha256.update(chunk)
        return chunk


def _survey(path: Path) -> _Survey:
    seen: set[bytes] = set()
    appearances: dict[bytes, int] = {}
    unnamed = 0
    elements: set[str] = set()
    with path.open("rb") as file:
        hashed = _Hashed(file)
        message = Message(hashed, first_look=True)
        for row in message.children():
            elements |= _elements(row)
            if not (local_id := _local_id(row)):
                unnamed += 1
            elif (digest := _digest(local_id)) in seen:
                appearances[digest] = appearances.get(digest, 1) + 1
            else:
                seen.add(digest)
            if len(seen) + unnamed > _MOST_CHILDREN:
                raise UnreadableExtract(f"over {_MOST_CHILDREN:,} children; is it one authority's census?", row.line)
    collection = message.header.text("Collection")
    if (collection or "").upper() != "CIN":
        raise UnreadableExtract("no CIN census: Message/Header/CollectionDetails/Collection is not CIN", 1)
    children = len(seen) + unnamed
    if not children:
        raise UnreadableExtract("no child: there is no Child in Message/Children; is it a whole census?", 1)
    if "CINdetails" not in elements:
        raise UnreadableExtract("no Child of it has a CINdetails, where a census tells of its referrals and plans", 1)
    lists = frozenset(_LISTS[element] for element in elements & _LISTS.keys())
    return _Survey(message.header, children, hashed.sha256.hexdigest(), appearances, lists)


_LISTS: Final = {
    "CINdetails": "episode",
    "Assessments": "assessment",
    "CINPlanDates": "in-need-plan",
    "Section47": "section-47",
    "DateOfInitialCPC": "conference",
    "ChildProtectionPlans": "protection-plan",
    "CPPreviewDate": "review",
}
"""The element that shows that a census has rows of a table at all."""


def _elements(row: Row) -> set[str]:
    """The elements that are in a child's row, at whatever depth."""
    within = [each for rows in row.rows.values() for each in rows]
    return set(row.texts).union(row.rows, *map(_elements, within))


def _children(path: Path, survey: _Survey) -> Iterator[ChildRows]:
    """Each child once, with the episodes of all its elements, at the last of them."""
    awaited = dict(survey.appearances)
    gathered: dict[str, _Gathered] = {}
    with path.open("rb") as file:
        hashed = _Hashed(file)
        for nth, row in enumerate(Message(hashed).children(), start=1):
            local_id = _local_id(row)
            if not local_id:
                yield _unnamed(row, nth)
                continue
            child = gathered.setdefault(local_id, _Gathered())
            child.add(row)
            digest = _digest(local_id)
            awaited[digest] = awaited.get(digest, 1) - 1
            if not awaited[digest]:
                del awaited[digest], gathered[local_id]
                yield replace(child.too_much(local_id, nth) or _child(local_id, child.rows), place=f"Child[{nth}]")
    if hashed.sha256.hexdigest() != survey.sha256:
        raise UnreadableExtract("the file changed while it was being read: load it again", 1)


@dataclass(slots=True)
class _Gathered:
    """What was read of one child so far, its elements one after another."""

    rows: list[Row] = field(default_factory=list)
    entries: int = 0
    line: int = 0

    def add(self, row: Row) -> None:
        """Another of its elements. What is too much is not held: nothing of it will be taken."""
        self.entries += row.entries
        self.line = row.line
        self.rows = [] if self.entries > MOST_OF_A_CHILD else self.rows + row.rows.get("CINdetails", [])

    def too_much(self, local_id: str, nth: int) -> ChildRows | None:
        """The refusal of a child with more entries than anybody has; None for any other."""
        if self.entries <= MOST_OF_A_CHILD:
            return None
        detail = (
            f"Child number {nth} of the file, line {self.line}, has {self.entries} rows and cells, where at most "
            f"{MOST_OF_A_CHILD} are read: nothing of it is taken"
        )
        refused = (RefusedRow("too-much", detail, {"at": f"Child[{nth}]"}),)
        return ChildRows(local_id, refused=refused, unread=frozenset(TABLES))


def _child(local_id: str, rows: list[Row]) -> ChildRows:
    reading = Reading()
    rows = [row for row in rows if row.texts or row.rows]
    episodes = [reading.episode(row, nth) for nth, row in enumerate(rows, start=1)]
    doubtful: dict[Hashable, RefusedRow] = {
        (episode.referred, episode.closed): reading.closing_without_place(row)
        for row, episode in zip(rows, episodes, strict=True)
        if closed_before_referred(episode)
    }
    unread = TABLES.keys() if any(each.reason in _DATES for each in reading.refused) else ()
    return ChildRows(local_id, tuple(records_of(episodes)), tuple(reading.refused), doubtful, frozenset(unread))


def _unnamed(row: Row, nth: int) -> ChildRows:
    detail = (
        f"Child number {nth} of the file, line {row.line}: LAchildID is empty, longer than {_LONGEST_ID} characters, "
        "or there are two"
    )
    return ChildRows("", refused=(RefusedRow("no-child-id", detail, {"at": f"Child[{nth}]", **without_child(row)}),))


def _local_id(row: Row) -> str:
    """The child's one local id; empty where it has none, or two, so that nobody can say whose the rows are."""
    texts = row.texts.get("LAchildID", ())
    named = {normalise(text) for text in texts}
    local_id = named.pop() if len(named) == 1 and len(texts) < MOST_IDS else ""
    return local_id if len(local_id) <= _LONGEST_ID else ""


def _digest(local_id: str) -> bytes:
    return hashlib.blake2b(local_id.encode(), digest_size=16).digest()
