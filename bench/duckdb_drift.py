"""The overdue runs under another policy by hand-written SQL in DuckDB, over a table of the same facts.

The facts stand ready in DuckDB's own file, in order, each with the instants at which it became known and something
took its place; making that table is not counted. What is counted begins where ours does: at the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from bench.expectations import Expectation, Met

Late = set[tuple[str, str, date, date]]
"""Case, clock, baseline and due day."""
HELD = Path(__file__).with_name("duckdb_drift.sql")
FOUND = """
    WITH scoped AS (
        SELECT "case", subject, seq, begins, day, coalesce({scope}, false) AS scope, coalesce({met}, false) AS met
        FROM held
    ), within AS (
        SELECT *, NOT begins AND coalesce(lag(scope) OVER (PARTITION BY "case" ORDER BY seq), false) AS within
        FROM scoped
    ), runs AS (
        SELECT subject, arg_max(scope, seq) AS scope,
            arg_max(day, seq) FILTER (WHERE scope AND (NOT within OR met)) AS since,
            arg_max(within, seq) FILTER (WHERE scope AND (NOT within OR met)) AS again
        FROM within GROUP BY "case", subject
    ), due AS (
        SELECT subject, since, CASE WHEN again THEN {then} ELSE {first} END AS due
        FROM runs JOIN days AS began ON began.day = since WHERE scope
    )
    SELECT subject, since, due::date FROM due WHERE due < $on
"""
LIMITS = {
    "days": "since + INTERVAL {} DAY",
    "weeks": "since + INTERVAL {} WEEK",
    "months": "since + INTERVAL {} MONTH",
    "working_days": "(SELECT day FROM days WHERE working AND number = began.number + {})",
}


def prepare(facts: Path, database: Path, days: range, is_working: Callable[[int], bool]) -> None:
    """Make DuckDB's file: the facts (a Parquet file, in order) and the days (ordinals), working or not."""
    rows, number = [], 0
    for day in days:
        number += is_working(day)
        rows.append((date.fromordinal(day), is_working(day), number))
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "CREATE TABLE facts AS SELECT *, row_number() OVER () AS seq FROM read_parquet($path) ORDER BY seq",
            {"path": str(facts)},
        )
        connection.execute("CREATE TABLE days (day DATE, working BOOLEAN, number INTEGER)")
        connection.executemany("INSERT INTO days VALUES (?, ?, ?)", rows)


def overdue(database: Path, expectations: Sequence[Expectation], on: date, known: datetime) -> Late:
    """The runs overdue on the day, as known at the instant."""
    found: Late = set()
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(HELD.read_text("utf-8"), {"on": on, "known": known})
        for each in expectations:
            rows: list[Any] = connection.execute(_asked(each), {"on": on}).fetchall()
            found |= {(case, each.clock, since, due) for case, since, due in rows}
    return found


def _asked(each: Expectation) -> str:
    scope = ["open"]
    if each.tiers:
        scope.append(f"tier IN ({_listed(each.tiers)})")
    if each.plans:
        assert each.plans == ("child_protection",), "the SQL keeps no other plan"
        scope.append("on_child_protection")
    if each.but_cohorts:
        scope.append(f"cohort NOT IN ({_listed(each.but_cohorts)})")
    return FOUND.format(
        scope=" AND ".join(scope),
        met=" OR ".join(map(_met, each.met_by)),
        first=LIMITS[each.first[1]].format(each.first[0]),
        then=LIMITS[each.then[1]].format(each.then[0]),
    )


def _met(met: Met) -> str:
    kind, plan, progress = met
    named = [f"kind = '{kind}'"]
    named += [f"plan = '{plan}'"] if plan else []
    named += [f"progress = '{progress}'"] if progress else []
    return f"({' AND '.join(named)})"


def _listed(values: Sequence[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)
