"""The Children in Need census: once a year, every referral, assessment, enquiry and plan, as one XML message.

The file is read twice. The first pass finds every fault that would make it unreadable, before anything is
taken from it, and counts the children; the second tells their facts, one child at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from streams.identity import Identities, normalise
from streams.sources.cin_census.cells import without_child
from streams.sources.cin_census.header import first_day, source_of, taken_of
from streams.sources.cin_census.message import MOST_IDS, MOST_OF_A_CHILD, Message, Row
from streams.sources.cin_census.rows import Reading
from streams.sources.cin_census.tell import closings_not_told, told_of
from streams.sources.extract import Child, Extract, RefusedRow, UnreadableExtract
from streams.sources.telling import facts_of

KIND: Final = "cin-census"
_LONGEST_ID: Final = 200
_MOST_CHILDREN: Final = 1_000_000
"""More than twice those that all of England's authorities tell of in a year; each costs a little memory."""


def read_cin_census(
    path: Path, identities: Identities, *, source: str | None, taken: datetime | None, now: datetime
) -> Extract:
    """The census in that file, checked to its end; its facts are read when the result is iterated.

    T is `taken`, else the header's `DateTime` (London where it has no offset), else `now`. UnreadableExtract
    where the file is not well-formed XML, has a DOCTYPE, is no CIN census, tells of no child, or was written
    later than `now`; OSError where it cannot be opened.
    """
    survey = _survey(path)
    named = source or source_of(survey.header)
    when = taken_of(survey.header, taken, now)
    return Extract(
        source=named,
        kind=KIND,
        taken=when.instant,
        children=survey.children,
        sha256=survey.sha256,
        taken_by=when.by,
        refused=when.refused,
        since=first_day(survey.header),
        read=lambda instant: _children(path, identities, survey, source=named, taken=instant),
    )


@dataclass(slots=True)
class _Survey:
    """What the first pass finds; `appearances` has, by digest of the local id, who stands there twice."""

    header: Row
    children: int
    sha256: str
    appearances: dict[bytes, int]


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
    unnamed, told = 0, False
    with path.open("rb") as file:
        hashed = _Hashed(file)
        message = Message(hashed, ids_alone=True)
        for row in message.children():
            told = told or "CINdetails" in row.rows
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
    if not told:
        raise UnreadableExtract("no Child of it has a CINdetails, where a census tells of its referrals and plans", 1)
    return _Survey(message.header, children, hashed.sha256.hexdigest(), appearances)


def _children(path: Path, identities: Identities, survey: _Survey, *, source: str, taken: int) -> Iterator[Child]:
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
                reference = identities.reference(local_id)
                yield child.too_much(reference, nth) or _child(child.rows, reference, source, taken)
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

    def too_much(self, reference: str, nth: int) -> Child | None:
        """The refusal of a child with more entries than anybody has; None for any other."""
        if self.entries <= MOST_OF_A_CHILD:
            return None
        detail = (
            f"Child number {nth} of the file, line {self.line}, has {self.entries} rows and cells, where at most "
            f"{MOST_OF_A_CHILD} are read: nothing of it is taken"
        )
        return Child(reference, (), (RefusedRow("too-much", detail, {"child": reference, "at": f"Child[{nth}]"}),))


def _child(rows: list[Row], reference: str, source: str, taken: int) -> Child:
    reading = Reading(reference)
    rows = [row for row in rows if row.texts or row.rows]
    episodes = [reading.episode(row, nth) for nth, row in enumerate(rows, start=1)]
    not_told = closings_not_told(episodes)
    for row, episode in zip(rows, episodes, strict=True):
        if episode in not_told:
            reading.refuse_closing(row)
    facts = facts_of(reference, told_of(episodes), source=source, taken=taken)
    return Child(reference, facts, tuple(reading.refused))


def _unnamed(row: Row, nth: int) -> Child:
    detail = (
        f"Child number {nth} of the file, line {row.line}: LAchildID is empty, longer than {_LONGEST_ID} characters, "
        "or there are two"
    )
    return Child(None, (), (RefusedRow("no-child-id", detail, {"at": f"Child[{nth}]", **without_child(row)}),))


def _local_id(row: Row) -> str:
    """The child's one local id; empty where it has none, or two, so that nobody can say whose the rows are."""
    texts = row.texts.get("LAchildID", ())
    named = {normalise(text) for text in texts}
    local_id = named.pop() if len(named) == 1 and len(texts) < MOST_IDS else ""
    return local_id if len(local_id) <= _LONGEST_ID else ""


def _digest(local_id: str) -> bytes:
    return hashlib.blake2b(local_id.encode(), digest_size=16).digest()
