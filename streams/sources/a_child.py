"""One child of an extract: its rows beside what was known of it, and the news in them.

Everything here is a function of what is handed in; reading the file and the store is `loading`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from streams.sources.comparing import Chain, News, Stamp, news_of
from streams.sources.extract import ChildRows, Context, Format, RefusedRow
from streams.sources.merging import Merged, Window, merged
from streams.sources.records import Record
from streams.sources.telling import Content, contents_of


@dataclass(frozen=True, slots=True)
class Load:
    """What one load is for every child of it: the days of its window, what it holds at all, and what facts of it bear.

    `on` is the London day (an ordinal) of T; `only` are the fact types that are taken, None for all; `again` says
    whether this very file was loaded before.
    """

    format: Format
    window: Window
    lists: frozenset[str]
    context: Context
    stamp: Stamp
    on: int
    only: frozenset[str] | None
    again: bool = False

    def merged(self, known: Sequence[Record], rows: ChildRows) -> Merged:
        """What is known of a child with what the extract says."""
        silent = (self.format.tables.keys() - self.lists) | rows.unread
        return merged(known, rows.records, self.format.tables, self.window, silent)


@dataclass(frozen=True, slots=True)
class ToldOf:
    """What a load tells of one child, and what is to be remembered of it.

    `unchanged` are the facts of this extract that stood already, with all that it told when it was loaded before,
    whatever other rows that rests on; `unconfirmed` those that stand although it should have held them, had it reached
    back far enough.
    """

    news: News
    unchanged: int
    unconfirmed: int
    refused: tuple[RefusedRow, ...]
    records: Sequence[Record]
    types: frozenset[str]
    """The fact types (without `.vN`) that it tells, as news or not."""


def told_of_child(
    load: Load, reference: str, known: Sequence[Record], rows: ChildRows, chains: Sequence[Chain]
) -> ToldOf:
    """The news of one child; `chains` are what the record holds of it from this source."""
    together = load.merged(known, rows)
    records = load.format.settled(known, together.records, rows.records, load.on, load.context)
    telling = load.format.tell(records, load.context)
    contents = [each for each in contents_of(reference, telling.told) if _is_taken(load, each)]
    news = news_of(reference, contents, chains, load.stamp, together.moved)
    sure = here = len(news.unchanged)
    if together.unconfirmed:
        sure = len(_told_by(load, reference, known, rows, [*together.now, *together.kept], contents) & news.unchanged)
    if together.unconfirmed or together.kept or together.now != together.read:
        told = _told_by(load, reference, known, rows, together.read, contents)
        here = len((told & news.unchanged) | (news.own if load.again else set()))
    return ToldOf(
        news,
        unchanged=here,
        unconfirmed=len(news.unchanged) - sure,
        refused=(*rows.refused, *(row for name, row in rows.doubtful.items() if name in telling.no_place)),
        records=records,
        types=frozenset(each.type for each in contents),
    )


def all_in_log(load: Load, reference: str, records: Sequence[Record], chains: Sequence[Chain]) -> bool:
    """Whether the record holds what a child's remembered records tell, as they tell it or put right since."""
    told = contents_of(reference, load.format.tell(records, load.context).told)
    links = {(link.kind, link.day) for chain in chains for link in chain.links}
    return all((each.type, each.day) in links for each in told if _is_taken(load, each))


def _is_taken(load: Load, content: Content) -> bool:
    return load.only is None or content.type in load.only


def _told_by(
    load: Load,
    reference: str,
    known: Sequence[Record],
    rows: ChildRows,
    records: Collection[Record],
    contents: Sequence[Content],
) -> set[int]:
    """Which of the contents (by index) these records alone tell: those that say the same; and for want of them others
    of their type and day, for who held a case and how intensively rests on more than these."""
    ordered = sorted(records, key=lambda each: each.order)
    settled = load.format.settled(known, ordered, rows.records, load.on, load.context)
    alone = contents_of(reference, load.format.tell(settled, load.context).told)
    same = {(each.type, each.day, each.canonical) for each in alone}
    told = {at for at, each in enumerate(contents) if (each.type, each.day, each.canonical) in same}
    left = Counter((each.type, each.day) for each in alone) - Counter(
        (contents[at].type, contents[at].day) for at in told
    )
    for at, each in enumerate(contents):
        if at not in told and left[each.type, each.day] > 0:
            left[each.type, each.day] -= 1
            told.add(at)
    return told
