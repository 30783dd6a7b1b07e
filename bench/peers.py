"""Ours and the peers' side by side: counts and drift beside a Polars notebook, another policy beside DuckDB.

Both sides must give the same answers, or there is nothing to compare. The peers keep only the plain clocks; ours
answers under all that the policy has, unless it is said otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter, process_time
from typing import Any

from bench import duckdb_drift, polars_notebook
from bench.expectations import plain_expectations
from bench.questions import moments
from casedrift.bank_holidays import bank_holidays
from casedrift.desk import Desk
from casedrift.now import now
from casedrift.policies import load_policy
from domain.policy import Policy
from domain.working_days import WorkingDays

HERE = Path(__file__).parent
YEARS = range(1995, 2030)
TIMES = 7


@dataclass(frozen=True)
class Side:
    """Seconds by the clock on the wall, and of processor time on every core."""

    wall: float
    busy: float


Sides = tuple[Side, Side]
"""Ours, and the peer's."""


def beside_polars(lines: Path, store: Path) -> dict[str, Sides]:
    """Loading (ours: opening the store and the first question), then counts and drift, the middle of a few."""
    opened, desk = _timed(lambda: Desk(str(store), now=now))
    with desk:
        asked = moments(desk, TIMES)
        first, _ = _timed(lambda: desk.counts(*asked[0], ["tier"]))
        loaded, facts = _timed(lambda: polars_notebook.load(lines))
        expected = plain_expectations(desk.policy)
        holidays = [date.fromordinal(day) for year in YEARS for day in sorted(bank_holidays(year))]
        counting, drifting = [], []
        for on, known in asked:
            day, instant = date.fromordinal(on), _aware(known)
            ours, tiers = _timed(lambda: desk.counts(on, known, ["tier"]))  # noqa: B023 - called at once
            peer, theirs = _timed(lambda: polars_notebook.counts_by_tier(facts, day, instant))  # noqa: B023
            counting.append((ours, peer))
            assert {each["tier"]: (each["open_cases"], each["open_children"]) for each in tiers} == theirs
            ours, late = _timed(lambda: desk.drift(on, known))  # noqa: B023
            peer, found = _timed(lambda: polars_notebook.drift(facts, expected, holidays, day, instant))  # noqa: B023
            drifting.append((ours, peer))
            assert _overdue(late, {each.clock for each in expected}) == found, "the notebook finds other runs overdue"
    load = Side(opened.wall + first.wall, opened.busy + first.busy), loaded
    return {"load": load, "counts": _middle(counting), "drift": _middle(drifting)}


def prepare_duckdb(lines: Path, database: Path) -> None:
    """Make DuckDB's table of facts; not counted."""
    parquet = database.with_suffix(".parquet")
    polars_notebook.load(lines).write_parquet(parquet)
    days = WorkingDays(bank_holidays, "exclude-start").is_working
    duckdb_drift.prepare(parquet, database, range(date(1995, 1, 1).toordinal(), date(2030, 1, 1).toordinal()), days)
    parquet.unlink()


def another_policy(store: Path) -> tuple[Side, int]:
    """`drift` under a policy that the views do not hold, all clocks; and how many runs were overdue."""
    with Desk(str(store), now=now) as desk:
        (on, known), *_ = moments(desk, 1)
        policy = load_policy(str(HERE / "other.toml"))
        side, late = _timed(lambda: desk.drift(on, known, policy=policy))
    return side, len(late)


def beside_duckdb(store: Path, database: Path) -> Sides:
    """`drift` under another policy of plain clocks, by ours and by hand-written SQL; the middle of a few."""
    policy = load_policy(str(HERE / "plain.toml"))
    expected = plain_expectations(policy)
    assert len(expected) == len(policy.clocks), "a clock of plain.toml is not plain"
    return _middle(list(_both_under(policy, expected, store, database)))


def _both_under(policy: Policy, expected: list[Any], store: Path, database: Path) -> Iterator[Sides]:
    with Desk(str(store), now=now) as desk:
        for on, known in moments(desk, 3):
            ours, late = _timed(lambda: desk.drift(on, known, policy=policy))  # noqa: B023
            peer, found = _timed(
                lambda: duckdb_drift.overdue(database, expected, date.fromordinal(on), _aware(known))  # noqa: B023
            )
            assert _overdue(late, {each.clock for each in expected}) == found, "the SQL finds other runs overdue"
            yield ours, peer


def _overdue(late: list[dict[str, Any]], clocks: set[str]) -> duckdb_drift.Late:
    return {
        (each["case"], each["clock"], date.fromisoformat(each["baseline"]), date.fromisoformat(each["due"]))
        for each in late
        if each["clock"] in clocks
    }


def _timed(work: Callable[[], Any]) -> tuple[Side, Any]:
    """The work's cost, other processes that it started and ended included."""
    begun, before = perf_counter(), process_time() + _children()
    answer = work()
    return Side(perf_counter() - begun, process_time() + _children() - before), answer


def _children() -> float:
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _middle(sides: list[Sides]) -> Sides:
    """Each figure's middle."""
    half = len(sides) // 2
    walls = [sorted(pair[at].wall for pair in sides)[half] for at in (0, 1)]
    busy = [sorted(pair[at].busy for pair in sides)[half] for at in (0, 1)]
    return Side(walls[0], busy[0]), Side(walls[1], busy[1])


def _aware(instant: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
