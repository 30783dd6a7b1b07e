"""Annex A: the workbook that an inspection asks for, and that most authorities can make every week.

Eleven lists of children; those of referrals, assessments, enquiries, children in need, on protection plans and in care
are read. A book tells of the six months before it was taken, and of visits and reviews only the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from domain.days import instant_of, london_day
from streams.sources.annex_a.book import Book, read_book
from streams.sources.annex_a.columns import CHILD
from streams.sources.annex_a.holding import Teams, held_since
from streams.sources.annex_a.rows import Reading, Row
from streams.sources.annex_a.settling import with_assumed_need, with_closings, without_reviews_of_short_breaks
from streams.sources.annex_a.tables import ALLOCATION, REVIEWS, TABLES, VISITS, window_to
from streams.sources.annex_a.tell import spells_in, told_of
from streams.sources.extract import ChildRows, Context, Extract, RefusedRow, Telling
from streams.sources.records import Record
from streams.sources.telling import ORDER_IN_A_DAY
from streams.sources.untold import annex_a_notes

KIND: Final = "annex-a"
SOURCE: Final = "/annex-a"
MOST_OF_A_CHILD: Final = 500
"""Rows of one child that are read; more are no child's, but a word that stands where its number should."""


@dataclass(frozen=True, slots=True)
class AnnexA:
    """The format: what a workbook supplies, and what a child's records of it tell."""

    teams: Teams
    kind = KIND
    tables = TABLES
    supplies = frozenset(ORDER_IN_A_DAY)

    def settled(
        self, known: Sequence[Record], records: Sequence[Record], read: Sequence[Record], on: int, context: Context
    ) -> Sequence[Record]:
        """With who holds the case since when, and who is in need by status alone."""
        rows = without_reviews_of_short_breaks([each for each in records if each.table != ALLOCATION])
        rows = with_closings(known, rows, read, on, context)
        rows = with_assumed_need(known, rows)
        stays = spells_in(rows).stays
        gone = context.absent & {each.table for each in rows if not each.displaced}
        return [*rows, *held_since(known, read, stays, lambda: spells_in(known).stays, on, gone)]

    def tell(self, records: Sequence[Record], context: Context) -> Telling:
        """The facts of the lists."""
        return told_of(records, self.teams, context)

    def notes(self, held: frozenset[str] | None, since: int | None) -> Iterator[str]:
        """What a workbook could not tell, and the teams of which nobody said where they work."""
        if held is not None:
            yield from annex_a_notes(held, since)
        if self.teams.unlisted:
            named = sorted(self.teams.unlisted)
            yield (
                f"Of these teams the settings do not say where they work, so their cases have no locality: "
                f"{', '.join(named)}. See annex_a_teams in docs/settings.md."
            )


def read_annex_a(
    path: Path,
    *,
    source: str | None,
    taken: datetime | None,
    now: datetime,
    teams: Teams,
    not_a_person: Set[str] = frozenset(),
) -> Extract:
    """The workbook in that file, read whole.

    T is `taken`, else `now`, for a workbook doesn't say. UnreadableExtract where the file is no Annex A workbook, is
    broken or was made to do harm; OSError where it cannot be opened.
    """
    book = read_book(path)
    instant = instant_of(now if taken is None else taken)
    children = list(_children(book, frozenset(name.casefold() for name in not_a_person)))
    return Extract(
        format=AnnexA(teams),
        source=source or SOURCE,
        taken=instant,
        children=len(children),
        sha256=book.sha256,
        taken_by="now" if taken is None else "asked",
        refused=(),
        window=window_to(london_day(instant)),
        lists=frozenset(str(number) for number in book.lists) | {*VISITS, *REVIEWS},
        read=lambda: iter(children),
        lacking=frozenset(book.lacking),
        notes=tuple(book.notes),
        untimed="A workbook doesn't say when it was taken",
    )


def _children(book: Book, not_a_person: frozenset[str]) -> Iterator[ChildRows]:
    yield from (ChildRows("", refused=(row,)) for row in book.unnamed)
    for local_id, rows in book.rows.items():
        place = f"{rows[0].sheet}, row {rows[0].number}"
        if len(rows) > MOST_OF_A_CHILD:
            yield replace(_too_much(local_id, rows), place=place)
            continue
        reading = Reading(not_a_person)
        records = tuple(sorted(reading.records(rows), key=lambda each: each.order))
        yield ChildRows(local_id, records, tuple(reading.refused), reading.doubtful, frozenset(reading.unread), place)


def _too_much(local_id: str, rows: Sequence[Row]) -> ChildRows:
    first = rows[0]
    heading = first.columns[CHILD].heading
    detail = (
        f"{first.sheet}, row {first.number}: {heading} is the same in {len(rows)} rows of the book, where at most "
        f"{MOST_OF_A_CHILD} are read of one child: nothing of it is taken"
    )
    place = {"sheet": first.sheet, "row": first.number, "column": heading}
    return ChildRows(local_id, refused=(RefusedRow("too-much", detail, place),), unread=frozenset(TABLES))
