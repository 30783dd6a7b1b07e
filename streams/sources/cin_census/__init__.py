"""The Children in Need census: once a year, every referral, assessment, enquiry and plan, as one XML message.

The file is read twice. The first pass finds every fault that would make it unreadable, before anything is
taken from it, and counts the children; the second tells their facts, one child at a time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from domain.days import LONDON, instant_of
from streams.identity import Identities, normalise
from streams.sources.cin_census.message import Message, Row
from streams.sources.cin_census.rows import Reading, without_child
from streams.sources.cin_census.tell import told_of
from streams.sources.extract import Child, Extract, RefusedRow, UnreadableExtract
from streams.sources.telling import facts_of

KIND: Final = "cin-census"
_LEA: Final = re.compile(r"[0-9A-Za-z]{1,10}")
_LONGEST_ID: Final = 200


def read_cin_census(
    path: Path, identities: Identities, *, source: str | None, taken: datetime | None, now: datetime
) -> Extract:
    """The census in that file, checked to its end; its facts are read when the result is iterated.

    T is `taken`, else the header's `DateTime` (London where it has no offset), else `now`. UnreadableExtract
    where the file is not well-formed XML, has a DOCTYPE or is no CIN census; OSError where it cannot be
    opened.
    """
    survey = _survey(path)
    lea = survey.header.text("LEA") or ""
    named = source or (f"/cin-census/{lea}" if _LEA.fullmatch(lea) else "/cin-census")
    return Extract(
        source=named,
        kind=KIND,
        taken=instant_of(taken or _written(survey.header.text("DateTime")) or now),
        children=survey.children,
        sha256=survey.sha256,
        about={column: texts[0] for column, texts in survey.header.texts.items()},
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
    unnamed = 0
    with path.open("rb") as file:
        hashed = _Hashed(file)
        message = Message(hashed, ids_alone=True)
        for row in message.children():
            if not (local_id := _local_id(row)):
                unnamed += 1
            elif (digest := _digest(local_id)) in seen:
                appearances[digest] = appearances.get(digest, 1) + 1
            else:
                seen.add(digest)
    collection = message.header.text("Collection")
    if (collection or "").upper() != "CIN":
        raise UnreadableExtract("no CIN census: Message/Header/CollectionDetails/Collection is not CIN", 1)
    return _Survey(message.header, len(seen) + unnamed, hashed.sha256.hexdigest(), appearances)


def _children(path: Path, identities: Identities, survey: _Survey, *, source: str, taken: int) -> Iterator[Child]:
    """Each child once, with the episodes of all its elements, at the last of them."""
    awaited = dict(survey.appearances)
    gathered: dict[str, list[Row]] = {}
    with path.open("rb") as file:
        hashed = _Hashed(file)
        for nth, row in enumerate(Message(hashed).children(), start=1):
            local_id = _local_id(row)
            if not local_id:
                yield _unnamed(row, nth)
                continue
            rows = [*gathered.pop(local_id, []), *row.rows.get("CINdetails", [])]
            digest = _digest(local_id)
            awaited[digest] = awaited.get(digest, 1) - 1
            if awaited[digest]:
                gathered[local_id] = rows
            else:
                del awaited[digest]
                yield _child(rows, identities.reference(local_id), source, taken)
    if hashed.sha256.hexdigest() != survey.sha256:
        raise UnreadableExtract("the file changed while it was being read: load it again", 1)


def _child(rows: list[Row], reference: str, source: str, taken: int) -> Child:
    reading = Reading(reference)
    told = told_of([reading.episode(row) for row in rows if row.texts or row.rows])
    facts = facts_of(reference, told, source=source, taken=taken)
    return Child(reference, facts, tuple(reading.refused))


def _unnamed(row: Row, nth: int) -> Child:
    detail = f"Child number {nth} of the file, line {row.line}: LAchildID is empty or longer than {_LONGEST_ID}"
    return Child(None, (), (RefusedRow("no-child-id", detail, without_child(row)),))


def _local_id(row: Row) -> str:
    local_id = normalise(row.text("LAchildID") or "")
    return local_id if len(local_id) <= _LONGEST_ID else ""


def _digest(local_id: str) -> bytes:
    return hashlib.blake2b(local_id.encode(), digest_size=16).digest()


def _written(text: str | None) -> datetime | None:
    """The header's `DateTime`: London where it has no offset; None where it is no such time."""
    try:
        written = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return written if written.utcoffset() is not None else written.replace(tzinfo=LONDON).astimezone(UTC)
