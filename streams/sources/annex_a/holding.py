"""Who holds a case, told from workbooks that only say who holds it now.

The workbook that tells of a stay first puts it on the opening; a later one that names another team or worker, or the
first, tells of a change on the day on which it was taken, for nobody knows when it was. Locality and cohort are the
team's, from a table in the settings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from streams.sources.annex_a.columns import TEAM, WORKER
from streams.sources.annex_a.tables import ALLOCATION, NAMED, NAMED_FIRST
from streams.sources.life import Stay
from streams.sources.records import Record
from streams.sources.telling import Told


@dataclass(frozen=True, slots=True)
class Teams:
    """Where each team works, by its name, and with which cohort; `unlisted` gathers those that nobody told of."""

    localities: Mapping[str, str] = field(default_factory=dict)
    cohorts: Mapping[str, str] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)

    def allocation(self, record: Record) -> dict[str, str | None]:
        """Who holds the case by this record, and with that where; None means nobody."""
        team, worker = record.values["team"], record.values["worker"]
        if team is not None and team not in self.localities and team not in self.cohorts:
            self.unlisted.add(team)
        return {
            "locality": self.localities.get(team or ""),
            "team": team,
            "worker": worker,
            "cohort": self.cohorts.get(team or ""),
        }


def held_since(
    known: Sequence[Record],
    read: Sequence[Record],
    stays: Sequence[Stay],
    stays_known: Callable[[], Sequence[Stay]],
    on: int,
    absent: Set[str] = frozenset(),
) -> list[Record]:
    """What is known of who held the case, once an extract of that day (an ordinal) has been read.

    `stays_known` are those that were told before it; `absent` are lists that held the child in earlier extracts and
    are not in this one. Each such record says on which day it came to be known and in which stay it belongs, by the
    stay's first day.
    """
    told = _with_a_place([each for each in known if each.table == ALLOCATION], stays, stays_known)
    rows = {each.values["of"]: each for each in read if each.table == NAMED}
    if not rows or not stays:
        return told
    latest = stays[-1]
    before = [each for each in told if _stay_of(each, stays) is latest]
    now = _named_now(rows, before[-1] if before else None, absent)
    if not before and _names(now) == (None, None):
        return told  # nobody holds it, and nobody was said to
    if before and now is before[-1]:
        return told
    if before and _names(before[-1]) == _names(now):
        return [each.with_values(of=now.values.get("of")) if each is before[-1] else each for each in told]
    # Two books of one day: what the later one says holds.
    replaced = [each for each in before if each.values["on"] == on]
    told = [each for each in told if each not in replaced]
    if replaced:
        return [*told, replaced[0].with_values(**now.values)]
    late = any(_nearest(stay.start, stays) is latest for stay in stays_known())
    return [*told, now.with_values(on=on, stay=latest.start, **({"late": True} if late else {}))]


def _named_now(rows: Mapping[str, Record], before: Record | None, absent: Set[str]) -> Record:
    """Who holds the case: of the first list that names a team or a worker; where none does, nobody.

    Where a list that can't say so would have been asked first, it is whoever did before: a list that named them and is
    not there now or lacks the column, or one with a name that can't be read. In stores of before a record doesn't say
    which list named them, so it may be any.
    """
    for number in NAMED_FIRST:
        row, its_own = rows.get(number), before is not None and before.values.get("of", number) == number
        if row is not None and (row.values.get(TEAM) or row.values.get(WORKER)):
            return _as_far_as_named(row, before, its_own)
        if before is None:
            continue
        if row is not None and row.unread:
            return before
        if its_own and (number in absent if row is None else _says_nothing(row, before)):
            return before
        if its_own and row is not None and TEAM not in row.values and before.values["team"] is not None:
            return Record(ALLOCATION, {"team": before.values["team"], "worker": None, "of": number})
    return Record(ALLOCATION, {"team": None, "worker": None, "of": None})


def _says_nothing(row: Record, before: Record) -> bool:
    """Whether a row that names nobody, in the columns that it has, lacks the one that named them: the team, if any."""
    return (TEAM if before.values["team"] is not None else WORKER) not in row.values and (
        WORKER not in row.values or before.values["worker"] is None
    )


def _as_far_as_named(row: Record, before: Record | None, its_own: bool) -> Record:
    """Whom the row names. What it can't say is as it was: the worker, if the team is the same; the team, if the worker
    is, or if it was this list that named it."""
    names, of = {name: row.values.get(name) for name in (TEAM, WORKER)}, row.values["of"]
    silent = {name for name in names if name in row.unread or name not in row.values}
    if before is not None and TEAM in silent and (its_own or names[WORKER] == before.values["worker"]):
        names[TEAM], of = before.values["team"], before.values.get("of", of)
    if before is not None and WORKER in silent and names[TEAM] == before.values["team"]:
        names[WORKER] = before.values["worker"]
    return Record(ALLOCATION, {**names, "of": of})


def _with_a_place(told: list[Record], stays: Sequence[Stay], stays_known: Callable[[], Sequence[Stay]]) -> list[Record]:
    """Those that belong in one of the stays. Of another stay's holder, which is not among them, nothing is told."""
    starts = {stay.start for stay in stays}
    if not stays or starts.issuperset(each.values["stay"] for each in told):
        return told
    known = stays_known()
    return [each for each in told if not known or any(_overlap(_stay_of(each, known), stay) for stay in stays)]


def _overlap(one: Stay, other: Stay) -> bool:
    return (one.end is None or other.start <= one.end) and (other.end is None or one.start <= other.end)


def told_of_allocations(
    told: Sequence[Told], stays: Sequence[Stay], records: Sequence[Record], teams: Teams, *, openings_told: bool
) -> list[Told]:
    """The facts with who held the case: on the opening of its stay what was known first, each change on its own day."""
    result = list(told)
    held: dict[int, list[Record]] = {}
    for record in sorted((each for each in records if each.table == ALLOCATION), key=lambda each: each.values["on"]):
        if stays:
            held.setdefault(_stay_of(record, stays).start, []).append(record)
    for stay in stays:
        of_stay = held.get(stay.start, [])
        first = of_stay[0] if openings_told and of_stay and not _is_a_change(of_stay[0], stay) else None
        if first is not None:
            result = [_opened(each, stay, teams.allocation(first)) for each in result]
        for before, record in zip([None, *of_stay], of_stay, strict=False):
            day = record.values["on"]
            same = before is not None and _names(before) == _names(record)  # of two stays that are found to be one
            if record is not first and not same and stay.start <= day and (stay.end is None or day < stay.end):
                result.append(Told("case-allocated", day, {}, estimated=True, allocation=teams.allocation(record)))
    return result


def _opened(told: Told, stay: Stay, allocation: dict[str, str | None]) -> Told:
    is_it = told.type == "case-opened" and told.day == stay.start
    return replace(told, allocation=allocation) if is_it else told


def _is_a_change(record: Record, stay: Stay) -> bool:
    """Whether the stay went on, held by nobody as far as was told, before this was."""
    return bool(record.values.get("late")) and stay.start < record.values["on"]


def _stay_of(record: Record, stays: Sequence[Stay]) -> Stay:
    """The stay in which it belongs."""
    return _nearest(record.values["stay"], stays)


def _nearest(begun: int, stays: Sequence[Stay]) -> Stay:
    """The stay that is meant by its first day, which may have been put right since."""
    return min(stays, key=lambda stay: (abs(stay.start - begun), stay.start))


def _names(record: Record) -> tuple[str | None, str | None]:
    return record.values["team"], record.values["worker"]
