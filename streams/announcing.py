"""What is told of the views, as they change: alerts raised, cleared or withdrawn, and how many cases are open.

Only a place is kept: the instant and the position up to which everything was told, and what those who listen hold to
be raised. What is told is read off the log of alerts, so that no wake-up, crash or cut of a batch changes it; and
whatever the past turns out to have been, those who listen come to hold what the log says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from domain.clocks import Rules
from domain.days import format_instant, london_day
from projections.questions.alerts import AtHand, alert_lines, next_at, nothing_at_hand, turns_of_runs
from projections.questions.alerts_of_run import RunRow, Turn
from projections.questions.counts import counts
from projections.questions.drift import ClockNumbers, clock_numbers
from projections.questions.moment import Moment
from projections.rows import format_run_id
from projections.texts import Texts
from streams.announcements import SOURCE, alert_changed, open_cases_counted
from streams.histories import histories
from streams.outbox import Outgoing, put_out
from streams.store import Store
from streams.told import Told, read_told, telling

_BY: Final = ("locality", "tier")


class Learnt(NamedTuple):
    """What the views have learnt from a page of the log."""

    cases: Collection[int]
    """The cases that it changed, by their numbers."""
    since: int
    place: int
    """The positions in the log after which it begins and up to which it goes."""
    instants: Collection[int]
    """When its facts became known."""
    at_hand: AtHand = nothing_at_hand


class Announcer:
    """Tells what changes in one store; every method works in a transaction that is open under the views' lock."""

    def __init__(self, store: Store, rules: Rules, policy: str, source: str = SOURCE) -> None:
        """`policy` is the fingerprint of the policy by which the rules go."""
        self._store = store
        self._rules = rules
        self._policy = policy
        self._source = source
        self._clocks: ClockNumbers = {}

    @property
    def is_live(self) -> bool:
        """Whether changes are told of this store."""
        return read_told(self._store).live_since is not None

    @property
    def next_at(self) -> int:
        """The instant at which there may be something to tell though nothing more be learnt; 0 where that is now."""
        told = read_told(self._store)
        behind = told.live_since is None or told.told_place < self._store.place() or told.told_policy != self._policy
        return 0 if behind else told.told_next

    def begin(self, known: int) -> None:
        """From now on changes are told: first the list of what is raised at the instant, and every group's count.

        The views must have seen everything known by it. A store that is live already stays so.
        """
        with telling(self._store) as told:
            if told.live_since is not None:
                return
            told.live_since = told.told_until = known
            told.told_place = self._store.place()
            self._begin_anew(told, known)
        self.count(known)

    def learn(self, page: Learnt) -> None:
        """By the latest of a page's instants that is live the views have seen everything; history may have some after
        it.

        Of a page of nothing but history nothing is told yet: more of it may follow, and what each run has come to is
        told once, with the next fact that is live or as soon as nothing more comes.
        """
        with telling(self._store) as told:
            if told.live_since is not None and max(page.instants, default=0) <= told.told_until:
                return
            live = max((at for at in page.instants if at <= told.live_known_at), default=0)
            self._tell_up_to(told, live, page)

    def pass_time(self, known: int) -> None:
        """No fact may become known up to the instant any more, and the views have seen all that did."""
        with telling(self._store) as told:
            place = self._store.place()
            self._tell_up_to(told, known, Learnt((), place, place, ()))

    def count(self, known: int | None = None) -> None:
        """Tell how many cases are open at the instant, or at that up to which all was told if it is later, of each
        group whose figures are others than those last told."""
        with telling(self._store) as told:
            if told.live_since is not None:
                self._count(told, max(known or 0, told.told_until))

    def _count(self, told: Told, known: int) -> None:
        connection, day = self._store.connection, london_day(known)
        rows = connection.execute("SELECT locality, tier, open_cases, open_children FROM told_counts")
        before = {(json.loads(locality), tier): figures for locality, tier, *figures in rows}
        lines = counts(connection, Moment(day, known), _BY)
        now = {(line["locality"], line["tier"]): [line["open_cases"], line["open_children"]] for line in lines}
        groups = sorted(now.keys() | before.keys(), key=lambda group: (group[0] is None, group[0] or "", group[1]))
        changed = [(*group, *now.get(group, [0, 0])) for group in groups if now.get(group) != before.get(group, [0, 0])]
        if not changed:
            return
        named = [dict(zip((*_BY, "open_cases", "open_children"), each, strict=True)) for each in changed]
        self._put_out(told, lambda line, number: open_cases_counted(line, day, known, number, self._source), named)
        connection.executemany(
            "INSERT INTO told_counts VALUES (?, ?, ?, ?) ON CONFLICT (locality, tier) DO UPDATE SET"
            " open_cases = excluded.open_cases, open_children = excluded.open_children",
            [(json.dumps(locality), *rest) for locality, *rest in changed],
        )

    def _tell_up_to(self, told: Told, known: int, page: Learnt) -> None:
        """Tell what turned since what was told last, and note up to when and where that is; history moves neither end
        back."""
        if told.live_since is None:
            return None
        since, seen, told.told_place = told.told_until, told.told_place, page.place
        told.told_until = known = max(known, since)
        if told.told_policy != self._policy:
            return self._begin_anew(told, known)
        untold = self._untold(seen, page.since)
        cases, anew = untold.union(page.cases), list[Turn]()
        if untold or any(at <= since for at in page.instants):
            found, anew = self._with_their_past(told, cases, known, since)
        else:
            found = self._of_cases(cases, known, since)
        if known >= told.told_next:
            told.told_next = next_at(self._store.connection, known)
            found += self._of_all_but(cases, known, since)
        elif later := [at for at in page.instants if known < at < told.told_next]:
            told.told_next = min(later)
        self._tell(told, anew, known, page.at_hand, anew=True)
        return self._tell(told, found, known, page.at_hand)

    def _untold(self, told: int, place: int) -> set[int]:
        """The cases that facts before the place changed of which nothing was told."""
        if told >= place:
            return set()
        return {row[0] for row in self._store.connection.execute(_CHANGED, (told, place))}

    def _of_cases(self, cases: Collection[int], known: int, since: int) -> list[Turn]:
        """What the cases' runs turned to since."""
        found = turns_of_runs(self._store.connection, self._clock_numbers(), known, since + 1, cases)
        return [turn for turned in found for turn in turned if turn.at > since]

    def _with_their_past(
        self, told: Told, cases: Collection[int], known: int, since: int
    ) -> tuple[list[Turn], list[Turn]]:
        """The same, and, of runs whose past has become another, where they stand now."""
        held = self._held(cases)
        found: list[Turn] = []
        anew: list[Turn] = []
        for turned in turns_of_runs(self._store.connection, self._clock_numbers(), known, cases=cases):
            was_held = held.pop(turned[0].row.run_id, None) is not None
            if new := [turn for turn in turned if turn.at > since]:
                found += new
            elif (turned[-1].state == "raised") != was_held:
                anew.append(turned[-1])
        self._take_back(told, held, known)
        return found, anew

    def _of_all_but(self, cases: Collection[int], known: int, since: int) -> list[Turn]:
        """What all other cases' runs turned to since."""
        found = turns_of_runs(self._store.connection, self._clock_numbers(), known, since=since + 1)
        return [turn for turned in found for turn in turned if turn.at > since and turn.row.case_no not in cases]

    def _begin_anew(self, told: Told, known: int) -> None:
        """Tell what is raised at the instant by the policy in force; what was raised by another only is taken back."""
        held, first = self._held(None), told.told_policy is None
        found: list[Turn] = []
        for turned in turns_of_runs(self._store.connection, self._clock_numbers(), known):
            if turned[-1].state == "raised" and held.pop(turned[-1].row.run_id, None) is None:
                found.append(turned[-1])
        self._take_back(told, held, known)
        told.told_policy = self._policy
        told.told_next = next_at(self._store.connection, known)
        self._tell(told, found, known, opening=True, anew=not first)

    def _tell(
        self,
        told: Told,
        found: Sequence[Turn],
        known: int,
        at_hand: AtHand = nothing_at_hand,
        *,
        opening: bool = False,
        anew: bool = False,
    ) -> None:
        """Put the changes into the outbox, in the order of the log of alerts.

        What is told `anew` may have been told before, and taken back since: it is then another message.
        """
        if not found:
            return
        connection = self._store.connection
        in_cases = sorted(found, key=lambda turn: turn.row.case_no)
        rows = {format_run_id(turn.row.run_id): turn.row for turn in in_cases}
        read = partial(histories, connection)
        lines = alert_lines(connection, self._clock_numbers(), read, in_cases, at_hand)
        again = known if anew else None
        self._put_out(
            told,
            lambda line, number: alert_changed(line, number, self._source, opening=opening, again_at=again),
            lines,
        )
        self._hold([(rows[line["run"]], line) for line in lines])

    def _hold(self, told: Sequence[tuple[RunRow, dict[str, Any]]]) -> None:
        """Note what those who listen hold of each run after its last line."""
        connection, last = self._store.connection, {row.run_id: (row.case_no, line) for row, line in told}
        connection.executemany("DELETE FROM told_alerts WHERE run_id = ?", [(run,) for run in last])
        raised = [
            (run, case_no, json.dumps(line, ensure_ascii=False))
            for run, (case_no, line) in last.items()
            if line["state"] == "raised"
        ]
        connection.executemany("INSERT INTO told_alerts VALUES (?, ?, ?)", raised)

    def _take_back(self, told: Told, held: dict[int, str], known: int) -> None:
        """Withdraw what is held to be raised and, as is known now, or by the policy in force, never was."""
        if held:
            withdrawn = {"state": "withdrawn", "state_at": format_instant(known), "because": []}
            lines = [json.loads(line) | withdrawn for _, line in sorted(held.items())]
            self._put_out(told, lambda line, number: alert_changed(line, number, self._source), lines)
            self._store.connection.executemany("DELETE FROM told_alerts WHERE run_id = ?", [(run,) for run in held])

    def _put_out(
        self, told: Told, tell: Callable[[dict[str, Any], int], Outgoing], lines: Sequence[dict[str, Any]]
    ) -> None:
        """Put a message for each line into the outbox, numbered on in the order of all that is told."""
        first = told.announced + 1
        put_out(self._store.connection, [tell(line, first + at) for at, line in enumerate(lines)])
        told.announced += len(lines)

    def _held(self, cases: Collection[int] | None) -> dict[int, str]:
        """The runs that those who listen hold to be raised, of the cases or of all, each with the line that said so."""
        listed = "" if cases is None else f" WHERE case_no IN ({','.join(str(int(case)) for case in cases) or '0'})"
        return dict(self._store.connection.execute(f"SELECT run_id, line FROM told_alerts{listed}"))

    def _clock_numbers(self) -> ClockNumbers:
        """The policy's clocks by their numbers; a clock gets one with its first row."""
        if len(self._clocks) < len(self._rules.clocks):
            self._clocks = clock_numbers(self._rules, Texts(self._store.connection).known)
        return self._clocks


_CHANGED: Final = """
    SELECT DISTINCT c.case_no FROM stored_events AS e JOIN cases AS c ON c.subject = e.originator_id
    WHERE e.rowid > ? AND e.rowid <= ?"""


def announced(events: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Messages read back, each once, by its id: a consumer drops what it was sent a second time."""
    seen: set[str] = set()
    for event in map(json.loads, events):
        if event["id"] not in seen:
            seen.add(event["id"])
            yield event
