"""What is known of a child after a further extract: what it says now, and what it had no need to say again.

A row that is gone was withdrawn only if the extract had to hold it. Where the extract doesn't reach back to the one
before, nobody can say, and what is missing is left as it is, unconfirmed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from streams.sources.pairing import nearest, pairs_of
from streams.sources.records import Record


@dataclass(frozen=True, slots=True)
class Window:
    """The days (ordinals) of which an extract tells, both included.

    In the first days of it, as many as `grace` says, it need not hold what it tells: systems cut their months
    differently. `previous` is the day of the extract before, None on a first load; `of_table` that of the last one that
    held a row of the table, where it is another.
    """

    first: int
    last: int
    grace: int = 0
    previous: int | None = None
    of_table: Mapping[str, int] = field(default_factory=dict)

    def of(self, table: str) -> Window:
        """The window as it is for that table."""
        return replace(self, previous=self.of_table[table]) if table in self.of_table else self

    @property
    def reaches(self) -> bool:
        """Whether it reaches back to the extract before, with no day between: then what is missing is really gone."""
        return self.previous is not None and self.first <= self.previous + 1

    def holds(self, day: int | None) -> bool:
        """Whether it must hold what happened on the day."""
        return day is not None and self.first + self.grace <= day <= self.last

    def open_or_ended(self, start: int | None, end: int | None) -> bool:
        """Whether it must hold what went on from `start` to `end` (None = it goes on)."""
        return (start is None or start <= self.last) and (end is None or self.first + self.grace <= end)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an extract, and how two extracts of it are held against each other.

    `key` names the days by which a row of one is that of the other: that they share the first counts for more than
    that they share the next. `had_to_hold` says of a known row whether an extract with that window must have it.
    `keeps` says what it holds of a child: `rows`; or `one row`, the present one, with `start` and `end`; or the `last
    value` alone, with `on`, which stands in a row of the table `beside`. `until` names the days that, blank, say that
    it goes on.
    """

    key: tuple[str, ...]
    had_to_hold: Callable[[Record, Window], bool]
    keeps: Literal["rows", "one row", "last value"] = "rows"
    beside: str = ""
    until: tuple[str, ...] = ()


Tables = Mapping[str, Table]


@dataclass(slots=True)
class Merged:
    """A child's records after an extract, and what became of those known before."""

    read: list[Record] = field(default_factory=list)
    """What the extract says."""
    now: list[Record] = field(default_factory=list)
    """The same, a day that can't be read this time being as it was known."""
    kept: list[Record] = field(default_factory=list)
    """What it need not say again."""
    unconfirmed: list[Record] = field(default_factory=list)
    """What it should have said, but does not reach back far enough for its silence to mean anything."""
    moved: set[tuple[int, int]] = field(default_factory=set)
    """Starts that were put right: the day before, the day now."""
    expected: Counter[str] = field(default_factory=Counter)
    """By table, how many known rows the extract had to hold."""
    missing: Counter[str] = field(default_factory=Counter)
    """By table, how many of these it does not."""
    gone: list[Record] = field(default_factory=list)
    """Those of them that are withdrawn."""

    @property
    def records(self) -> list[Record]:
        """All that is known now, in an order of its own."""
        return sorted((*self.now, *self.kept, *self.unconfirmed), key=lambda each: each.order)


def merged(
    known: Iterable[Record], read: Iterable[Record], tables: Tables, window: Window, silent: Collection[str]
) -> Merged:
    """One child's records after an extract. Of the tables in `silent` it holds no row at all, so it says nothing."""
    before, now = _by_table(known), _by_table(read)
    result = Merged()
    for name in sorted((before.keys() | now.keys()) & tables.keys()):
        merging = _Merging(tables[name], name, window.of(name), name in silent, result)
        merging.merge(before.get(name, []), now.get(name, []))
    if result.gone:
        left = result.records
        result.kept = [
            each for each in result.kept if not _went_with(each, tables[each.table].beside, result.gone, left)
        ]
    return result


def _went_with(record: Record, beside: str, gone: Iterable[Record], left: Iterable[Record]) -> bool:
    """Whether it is a last value that stood in a row that is withdrawn, and none that is left may have told it."""
    day = record.day("on") or 0
    away = [each for each in gone if each.table == beside]
    others = [each for each in left if each.table == beside]
    if any(_goes_over(each, day) for each in others):
        return False
    return bool(away) and (not others or any(_goes_over(each, day) for each in away))


def _goes_over(record: Record, day: int) -> bool:
    return (record.day("start") or 0) <= day <= (record.day("end") or day)


def _by_table(records: Iterable[Record]) -> dict[str, list[Record]]:
    tables: defaultdict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda each: each.order):
        tables[record.table].append(record)
    return tables


@dataclass(slots=True)
class _Merging:
    """One table of one child."""

    table: Table
    name: str
    window: Window
    silent: bool
    result: Merged

    def merge(self, known: list[Record], read: list[Record]) -> None:
        how: Final = {"rows": self._rows, "one row": self._one_row, "last value": self._last_value}
        how[self.table.keeps](known, read)

    def _rows(self, known: Sequence[Record], read: Sequence[Record]) -> None:
        """A known row that is there again is as it is now; one that is not may be gone."""
        pairs = pairs_of(known, read, self.table.key)
        put_right = self._put_right(pairs, known, read)
        self.result.read += read
        again = {nth: known[before] for before, nth in (pairs | put_right).items()}
        now = (self._as_known(again[nth], row) if nth in again else row for nth, row in enumerate(read))
        self.result.now += [self._as_far_as_said(row) for row in now]
        for nth, record in enumerate(known):
            if nth in pairs:
                self._expected(record)
            elif nth in put_right:  # to the guard it is missing all the same
                self._missing(record)
            else:
                self._not_there(record)

    def _put_right(self, pairs: Mapping[int, int], known: Sequence[Record], read: Sequence[Record]) -> dict[int, int]:
        """Which known row that would be gone is which of those read that can't say all that it said, by index."""
        if self.table.keeps != "rows" or not self.window.reaches:
            return {}
        previous = self.window.previous or 0
        gone = {nth: each for nth, each in enumerate(known) if nth not in pairs and self._counts(each)}
        new = {
            nth: each
            for nth, each in enumerate(read)
            if nth not in pairs.values() and each.unread & each.values.keys()
            # what came after the extract before is no row of that one
            if all((each.day(name) or 0) <= previous for name in self.table.key)
        }
        return nearest(gone, new, self.table.key)

    def _as_far_as_said(self, row: Record) -> Record:
        """The row, marked where nobody can say whether it goes on: then neither can its silence, once it is gone."""
        blank = [name for name in self.table.until if row.day(name) is None]
        unsaid = bool(blank) and (self.silent or bool(row.unread & {*blank}))
        return row.with_values(unsaid=True) if unsaid else row

    def _as_known(self, known: Record, read: Record) -> Record:
        """The row as read, but for what it could not say; where another row of its table could not be read, but for
        days that it lacks and that were known; and but for what it lacks where a day is known behind its own days.
        """
        read = read.as_known(known)
        lacking = {name for name, value in read.values.items() if value in (None, [])}
        days = {name: known.values[name] for name in lacking if type(known.values.get(name)) is int}
        behind = any(self.window.last < day <= (self.window.previous or 0) for day in days.values())
        if behind:  # it tells of a time before it ended, so neither does it know how
            days = {name: known.values.get(name) for name in lacking}
        return replace(read, values={**read.values, **(days if behind or self.silent else {})})

    def _one_row(self, known: list[Record], read: list[Record]) -> None:
        """Only the present row of a child is there: a new start is the old one put right, or a new beginning."""
        starts = {record.day("start") for record in known}
        left = [record for record in known if record.day("start") not in {each.day("start") for each in read}]
        left.sort(key=lambda each: (each.displaced, each.day("start") or 0))
        after: list[Record] = []
        for row in sorted(read, key=lambda each: each.day("start") or 0):
            start = row.day("start")
            before = next((each for each in reversed(left) if not each.displaced), None)
            if start in starts or before is None:
                after.append(row)
                continue
            if start is None:  # it is there, and only its start can't be read: that one is as it was
                left.remove(before)
                after.append(_with_the_start_of(before, row))
            elif self._is_put_right(before, start):
                left.remove(before)
                self.result.moved.add((before.day("start") or start, start))
                known = [_displaced_by(each, before.day("start"), start) for each in known]
                left = [_displaced_by(each, before.day("start"), start) for each in left]
                after.append(row.as_known(before))
            else:
                left.remove(before)
                self.result.kept.append(_ended(before, start))
                after.append(row)
        again = {each.day("start") for each in after}
        self._rows([each for each in known if each in left or each.day("start") in again], after)

    def _is_put_right(self, before: Record, start: int) -> bool:
        """A start up to the last extract that held the row is the old one put right, unless that had ended by then."""
        end, held = before.day("end"), before.unconfirmed or self.window.previous
        has_ended = end is not None and end <= start
        return held is not None and start <= held and not has_ended

    def _last_value(self, known: list[Record], read: list[Record]) -> None:
        """A later last value is one more; an earlier one takes the place of whatever was thought to be later."""
        now = {record.values["on"] for record in read}
        newest = max(now, default=None)
        before = {record.values["on"]: record for record in known}
        self.result.read += read
        self.result.now += [row.as_known(before.get(row.values["on"], row)) for row in read]
        self.result.kept += [
            each for each in known if newest is None or (each.values["on"] < newest and each.values["on"] not in now)
        ]

    def _not_there(self, record: Record) -> None:
        doubtful = record.unconfirmed or (self.window.previous if record.values.get("unsaid") else 0)
        if not self._had_to_hold(record):
            self.result.kept.append(record)
        elif doubtful:
            self.result.unconfirmed.append(replace(record, unconfirmed=doubtful))
        elif self.window.reaches:
            self._missing(record)
            self.result.gone.append(record)
        else:
            self._expected(record)
            self.result.unconfirmed.append(replace(record, unconfirmed=self.window.previous or 1))

    def _missing(self, record: Record) -> None:
        self._expected(record)
        self.result.missing[self.name] += 1

    def _expected(self, record: Record) -> None:
        if self._counts(record):
            self.result.expected[self.name] += 1

    def _counts(self, record: Record) -> bool:
        """Whether its absence would mean something."""
        return not record.unconfirmed and self._had_to_hold(record)

    def _had_to_hold(self, record: Record) -> bool:
        return not self.silent and not record.displaced and self.table.had_to_hold(record, self.window)


def _with_the_start_of(known: Record, read: Record) -> Record:
    """The row, whose start can't be read, as the known one; of one that had ended on another day nobody can say that
    it is this row, so it stays as it was."""
    end = known.day("end")
    return known if end is not None and read.day("end") != end else read.with_values(start=known.day("start"))


def _ended(record: Record, day: int) -> Record:
    """A row whose place another has taken: it ended by that day at the latest."""
    if record.day("end") is None:
        record = record.with_values(end=day, end_estimated=True)
    return replace(record, displaced=True, unconfirmed=0)


def _displaced_by(record: Record, before: int | None, start: int) -> Record:
    """The row, as it is once the start that displaced it is put right: it ended by the one put right instead.

    One that began no earlier than that was never displaced.
    """
    if not record.displaced or not record.values.get("end_estimated") or record.day("end") != before:
        return record
    if start <= (record.day("start") or start):
        own = {name: value for name, value in record.values.items() if name != "end_estimated"}
        return Record(record.table, {**own, "end": None})
    return record.with_values(end=start)
