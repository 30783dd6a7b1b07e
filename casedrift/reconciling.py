"""An extract held against the store: what the file itself shows on its date beside what we hold, to the child.

The file is loaded alone into a store of its own, which is thrown away; ours is only read. What the file can't tell is
not compared, so that it never looks like a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from casedrift.desk import Desk
from casedrift.file_tells import FileTells, file_tells, measures_told
from domain.policy import Policy
from projections.connection import Connection
from projections.questions.explain import explain
from projections.questions.moment import Moment
from projections.questions.reconcile import OPEN, PLANS_ON, Cases, Measure, standing_on, why_not
from streams.identity import CASE, case_of
from streams.log import events_of
from streams.quarantine import kept
from streams.sources.extract import ChildRows, Extract
from streams.sources.formats import Reader
from streams.store import Store
from streams.who_is_who import known_identities


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The day (an ordinal) that the file shows, a line a measure, what of the file was refused, and for people what was
    found in reading it.

    A line holds `measure`, how many cases are so in `theirs` and `ours` (None where that side can't tell), and of the
    cases in `only_theirs` and `only_ours` each `case`, `child` and the `reason`, from the other side's picture of it. A
    child whom our store doesn't know is `new-1`, `new-2`, in the file's order, and `place` is where the file has it.
    What was refused is as in quarantine.
    """

    on: int
    lines: list[dict[str, Any]]
    refused: list[dict[str, Any]]
    notes: tuple[str, ...]


def reconcile(
    desk: Desk,
    kind: str,
    path: Path,
    reader: Reader,
    *,
    known: int,
    now: Callable[[], int],
    policy: Policy | None = None,
    progress: Callable[[int, int], None] = lambda _told, _of: None,
) -> Reconciled:
    """The file's open cases, plans and overdue clocks against ours as known at the instant (microseconds).

    WrongInput where the file can't be read, OutOfReach where the store's key can't be used.
    """
    asked = policy or desk.standing.kept_policy()
    noting = _Noting(**{name: getattr(reader, name) for name in Reader.__slots__})
    with _store_of_the_file(desk.store, now) as of_file:
        places: dict[str, str] = {}

        def note(reference: str, child: ChildRows) -> None:
            places[case_of(reference)] = child.place

        of_file.door().take_extract(kind, path, noting, progress, backfill=True, when_named=note)
        extract, present = noting.extracts[-1], now()
        with of_file.asking(present) as file, desk.asking(known) as held:
            tells = file_tells(extract, asked, file)
            theirs = _Side(of_file, file, Moment(tells.on, max(present, extract.taken)), asked, "not in the file")
            ours = _Side(desk, held, Moment(tells.on, known), asked, "not known here")
            lines = [_line(*measured, theirs, ours) for measured in _measured(theirs, ours, asked, tells)]
            refused = kept(file)
            _name_the_new(lines, refused, places, file, held)
    return Reconciled(tells.on, lines, refused, (*_on_when_taken(extract), *extract.notes))


def _on_when_taken(extract: Extract) -> Iterator[str]:
    if extract.taken_by == "now":
        yield f"{extract.untimed}: it counts as taken today. Give --taken to say when it was."


@dataclass(frozen=True)
class _Noting(Reader):
    """A reader that keeps what it read."""

    extracts: list[Extract] = field(default_factory=list)

    def read(self, kind: str, path: Path, now: datetime) -> Extract:
        self.extracts.append(super().read(kind, path, now))
        return self.extracts[-1]


@contextmanager
def _store_of_the_file(store: Store, now: Callable[[], int]) -> Iterator[Desk]:
    """An empty store that knows the same children by the same key; where ours knows nobody, a key that is thrown away
    with it."""
    key_file = store.key_file if known_identities(store) is not None else None
    with store.reading() as connection:
        rows = [
            (bytes(id_hash), reference, bytes(sealed))
            for id_hash, reference, sealed in connection.execute("SELECT id_hash, reference, sealed FROM identity")
        ]
    with TemporaryDirectory() as folder:
        name = str(Path(folder) / "file.db")
        with Desk(name, create=True, now=now, key_file=key_file) as desk:
            with desk.store.writing() as connection:
                connection.executemany("INSERT INTO identity VALUES (?, ?, ?)", rows)
            yield desk


class _Side:
    """One of the two stores, as it is asked; `unknown` says that it knows nothing of a case.

    Cases are counted by what the file tells, but explained by the policy that is asked: of a case that doesn't count
    because its clock began before that, the reason is what is known of it.
    """

    def __init__(self, desk: Desk, connection: Connection, moment: Moment, asked: Policy, unknown: str) -> None:
        self._desk = desk
        self._connection = connection
        self._moment = moment
        self._unknown = unknown
        self._rules = desk.rules(asked)

    def cases(self, policy: Policy, since: int | None = None) -> dict[Measure, Cases]:
        """The cases of each measure by the policy."""
        _, clocks = self._desk.clocks(self._connection, policy, [self._moment])
        return standing_on(self._connection, clocks, self._moment, since)

    def why_not(self, measure: Measure, case: str) -> str:
        """Why the case is not of that measure here."""
        events, moment = events_of(self._connection, case), self._moment
        if not events or events[0].known_at > moment.known:
            return self._unknown
        clock = self._rules.clocks[self._rules.number[measure.of]] if measure.what == "overdue" else None
        return why_not(measure, explain(self._rules, events, moment.on, moment.known), moment.on, clock)


def _measured(
    theirs: _Side, ours: _Side, asked: Policy, tells: FileTells
) -> Iterator[tuple[Measure, Cases | None, Cases | None]]:
    """The cases of each measure on both sides, None where one can't tell; what neither tells is left out."""
    own = measures_told(asked, tells.on)
    in_file = theirs.cases(tells.policy, tells.since)
    alike, as_asked = ours.cases(tells.policy, tells.since), ours.cases(asked)
    for measure in (OPEN, *PLANS_ON, *(Measure("overdue", clock.id) for clock in asked.clocks)):
        if measure in tells.measures:
            yield measure, in_file.get(measure, {}), alike.get(measure, {}) if measure in own else None
        elif measure in own:
            yield measure, None, as_asked.get(measure, {})


def _line(measure: Measure, theirs: Cases | None, ours: Cases | None, file: _Side, held: _Side) -> dict[str, Any]:
    return {
        "measure": measure.name,
        "theirs": None if theirs is None else len(theirs),
        "ours": None if ours is None else len(ours),
        "only_theirs": _only(measure, theirs, ours, held),
        "only_ours": _only(measure, ours, theirs, file),
    }


def _only(measure: Measure, these: Cases | None, those: Cases | None, other: _Side) -> list[dict[str, str]]:
    """The cases of the one side alone, with what the other side knows of them."""
    if these is None or those is None:
        return []
    return [
        {"case": case, "child": these[case], "reason": other.why_not(measure, case)}
        for case in sorted(these.keys() - those.keys())
    ]


def _name_the_new(
    lines: list[dict[str, Any]],
    refused: list[dict[str, Any]],
    places: Mapping[str, str],
    file: Connection,
    held: Connection,
) -> None:
    """Put in the place of the references that are thrown away, `new-1` and so on, and say where the file has them; of
    nobody's case there is no name."""
    known = {reference for (reference,) in held.execute("SELECT reference FROM identity")}
    cases = [case for (case,) in file.execute("SELECT subject FROM cases ORDER BY case_no")]
    new = [case for case in cases if case.removeprefix(CASE) not in known]
    names = {case: f"new-{number}" for number, case in enumerate(new, 1)}
    for line in lines:
        for each in line["only_theirs"]:
            if each["case"] in names:
                each["place"] = places[each["case"]]
                each["case"] = each["child"] = names[each["case"]]
        line["only_theirs"].sort(key=lambda each: each["case"])
    for each in refused:
        child = each.pop("child", None)
        if child is not None and (name := child if child in known else names.get(case_of(child))):
            each["child"] = name
        if child is not None and child not in known:
            each["place"] = places[case_of(child)]
