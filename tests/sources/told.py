"""Extracts loaded one after another into a real store, and what stands in it then, a line a fact."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casedrift.desk import Desk
from casedrift.policies import load_policy
from domain.history import standing
from domain.policy import Policy
from streams.histories import all_histories
from streams.intake import Tally
from streams.sources.formats import Reader
from tests.kit.annex_a import Lists, annex_a

LATER = datetime(2030, 1, 1, tzinfo=UTC)
KNOWN_AT = int(LATER.timestamp()) * 1_000_000
_NOT_SHOWN = {"child", "effective_on", "corrects"}


class Loads:
    """One store, and what is loaded into it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.folder = folder
        self.notes: list[str] = []

    def annex_a(self, lists: Lists, taken: str, **options: Any) -> dict[str, int]:
        """Load a workbook as taken at noon of that day; the tally but for what is 0."""
        return self.file("annex-a", annex_a(self.folder / f"{taken}.xlsx", lists), taken, **options)

    def again(self, taken: str) -> dict[str, int]:
        """Load the very workbook of that day once more."""
        return self.file("annex-a", self.folder / f"{taken}.xlsx", taken)

    def file(self, kind: str, path: Path, taken: str | None, **options: Any) -> dict[str, int]:
        """Load that file."""
        of_reader = {name: options.pop(name) for name in ("localities", "cohorts", "not_a_person") if name in options}
        when = None if taken is None else datetime.fromisoformat(f"{taken}T12:00:00+00:00")
        reader = Reader(taken=when, **of_reader)
        tally, self.notes = self.desk.door().take_extract(kind, path, reader, **{"backfill": False, **options})
        return without_zeros(tally)

    def standing(self) -> list[str]:
        """What stands of all cases, in their order, cases in the order of their first fact."""
        with self.desk.store.reading() as connection:
            cases = [_lines(facts) for _, facts in all_histories(connection)]
        return [line for case in sorted(cases) for line in case]

    def places(self, case: int = 0) -> list[str]:
        """How the case (by number, from 0) was held: a line a place."""
        told = self.explained(case)
        return [
            f"{each['from']} to {each['to'] or '...'} {each['tier']}"
            + (f" {each['team']}/{each['worker']}" if each["team"] or each["worker"] else "")
            for each in told["places"]
        ]

    def all_places(self) -> list[list[str]]:
        """How each case was held, but for those that never were."""
        cases = self.desk.store.connection.execute("SELECT count(*) FROM cases").fetchone()[0]
        return sorted(held for case in range(cases) if (held := self.places(case)))

    def runs(self, case: int = 0, policy: str = "england-annex-a") -> list[str]:
        """How the case (by number, from 0) stood to the clocks of that policy: a line a run."""
        return sorted(
            f"{each['clock']} from {each['baseline']} due {each['due']} ended {each['end'] or '...'} {each['met']}"
            for each in self.explained(case, load_policy(policy))["runs"]
        )

    def all_runs(self, policy: str) -> list[list[str]]:
        """How each case stood to the clocks of that policy, but for those that began none."""
        cases = self.desk.store.connection.execute("SELECT count(*) FROM cases").fetchone()[0]
        return sorted(begun for case in range(cases) if (begun := self.runs(case, policy)))

    def explained(self, case: int = 0, policy: Policy | None = None) -> dict[str, Any]:
        """The case (by number, from 0) explained, all that is known."""
        found = self.desk.store.connection.execute("SELECT subject FROM cases ORDER BY case_no").fetchall()
        return self.desk.explain(found[case][0], LATER.toordinal(), KNOWN_AT, policy=policy)


def without_zeros(tally: Tally) -> dict[str, int]:
    """The tally, shorter."""
    return {name: count for name, count in tally.as_dict(of_extract=True).items() if count}


@contextmanager
def loads(folder: Path) -> Iterator[Loads]:
    """An empty store."""
    with Desk(str(folder / "x.db"), create=True, now=lambda: int(LATER.timestamp()) * 1_000_000) as desk:
        yield Loads(desk, folder)


def _lines(facts: list[Any]) -> list[str]:
    lines = []
    for fact in standing(facts, 1 << 62):
        own = {name: value for name, value in fact.data.items() if name not in _NOT_SHOWN}
        if "team" in own:  # an allocation, as one word
            named = [own.pop(name) or "nobody" for name in ("locality", "team", "worker", "cohort")]
            own["by"] = "/".join(named)
        day = fact.data["effective_on"]
        shown = " ".join(f"{name}={_shown(value)}" for name, value in own.items())
        lines.append(f"{day} {fact.kind} {shown}".strip())
    return lines


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
