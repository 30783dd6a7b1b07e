"""The same questions as an analyst answers them in a notebook: with Polars, from the very file of facts.

The file is read once into a frame in which each fact knows when it became known and when something else took its
place; a question is then a filter, running values along each case, and the last line of each. It does what is asked
here and no more: no case is looked up by itself, and clocks that are not in `bench/expectations.py` are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from bench.expectations import Expectation

OUTSIDE = ("early_help", "other_service")
DATA = ("child", "effective_on", "tier", "to", "plan", "progress", "cohort", "corrects", "withdraws")
SCHEMA: Any = {
    **dict.fromkeys(("id", "source", "type", "subject", "time"), pl.String),
    "data": pl.Struct(dict.fromkeys(DATA, pl.String)),
}
RUNNING = ("plan-started", "plan-ended")


def load(path: Path) -> pl.DataFrame:
    """The facts of the file in each case's order, with `known_at` (as after a backfill) and `replaced_at`."""
    emptied = pl.read_csv(path, has_header=False, separator="\x01", quote_char=None, new_columns=["line"]).select(
        cohort_emptied=pl.col("line").str.contains('"cohort":null', literal=True)
    )
    lines = pl.read_ndjson(path, schema=SCHEMA).unnest("data").hstack(emptied).with_row_index("row")
    facts = lines.unique(["source", "id"], keep="first", maintain_order=True).with_columns(
        pl.col("time").str.to_datetime(time_zone="UTC"),
        pl.col("row").cast(pl.Int64),
        kind=pl.col("type").str.strip_suffix(".v1").cast(pl.Categorical),
        day=pl.col("effective_on").str.to_date(),
        case=pl.col("subject").rank("dense"),
    )
    accepted = facts.join(_links(facts), on="row", how="left").with_columns(
        pl.col("root", "taken").fill_null(pl.col("row")), pl.col("depth").fill_null(0)
    )
    accepted = accepted.sort("taken", "depth", "row").with_row_index("place")
    places = accepted.select(root="row", chain="place")
    accepted = accepted.join(places, on="root").sort("place")
    accepted = accepted.with_columns(known_at=pl.col("time").cum_max().over("case"))
    accepted = accepted.with_columns(replaced_at=pl.col("known_at").shift(-1).over("chain"))
    return accepted.sort("case", "day", "chain").select(
        "case", "subject", "child", "kind", "day", "tier", "to", "plan", "progress", "cohort", "cohort_emptied",
        "known_at", "replaced_at",
    )  # fmt: skip


def _links(facts: pl.DataFrame) -> pl.DataFrame:
    """Of corrections and withdrawals: the first of their chain, and when they were taken up if they had to wait."""
    links = facts.select("row", "source", target=pl.coalesce("corrects", "withdraws")).drop_nulls()
    named = facts.select("source", target="id", root="row")
    links = links.join(named, on=["source", "target"]).select("row", "root", before="root")
    links = links.with_columns(taken=pl.max_horizontal("row", "root"), depth=(pl.col("root") > pl.col("row")).cast(int))
    while True:
        further = links.select("taken", "depth", before="row", first="root")
        joined = links.join(further, on="before", how="left", suffix="_before")
        waited = pl.col("taken_before") > pl.col("row")
        turned = joined.select(
            "row",
            "before",
            root=pl.coalesce("first", "root"),
            taken=pl.max_horizontal("taken", "taken_before"),
            depth=pl.when(waited).then(pl.col("depth_before") + 1).otherwise("depth"),
        )
        if turned.select("row", "root", "taken", "depth").equals(links.select("row", "root", "taken", "depth")):
            return links.select("row", "root", "taken", "depth")
        links = turned


def counts_by_tier(facts: pl.DataFrame, on: date, known: datetime) -> dict[str, tuple[int, int]]:
    """Open cases and children by tier on the day, as known at the instant."""
    lines = _held(facts, on, known).filter(pl.col("case") != pl.col("case").shift(-1, fill_value=0), "open")
    grouped = lines.group_by("tier").agg(pl.len(), pl.col("child").n_unique().alias("children"))
    return {tier: (cases, children) for tier, cases, children in grouped.iter_rows()}


def drift(
    facts: pl.DataFrame, expectations: Iterable[Expectation], holidays: list[date], on: date, known: datetime
) -> set[tuple[str, str, date, date]]:
    """The runs overdue on the day, as known at the instant: case, clock, baseline and due day."""
    held, found = _held(facts, on, known), set()
    for each in expectations:
        late = _late(held, each, holidays).filter(pl.col("due") < on)
        found |= {(case, each.clock, since, due) for case, since, due in late.iter_rows()}
    return found


def _held(facts: pl.DataFrame, on: date, known: datetime) -> pl.DataFrame:
    """What stood then of each case's facts up to the day, while it was open, with the state after each."""
    stood = facts.filter(
        pl.col("known_at") <= known,
        pl.col("replaced_at").is_null() | (pl.col("replaced_at") > known),
        pl.col("kind") != "fact-withdrawn",
        pl.col("day") <= on,
    )
    first = pl.col("case") != pl.col("case").shift(1, fill_value=0)
    opening = pl.col("kind") == "case-opened"
    ending = (pl.col("kind") == "case-closed") | ((pl.col("kind") == "case-stepped-down") & pl.col("to").is_in(OUTSIDE))
    marked = pl.when(opening).then(True).when(ending | first).then(False).forward_fill()
    stood = stood.with_columns(open=marked, first=first)
    stood = stood.with_columns(before=pl.col("open").shift(1, fill_value=False) & ~pl.col("first"))
    stood = stood.with_columns(begins=opening & ~pl.col("before")).filter(pl.col("before") | pl.col("begins"))
    stepped = pl.col("kind").is_in(["case-stepped-up", "case-stepped-down"])
    told = pl.col("cohort").is_not_null() | pl.col("cohort_emptied") | pl.col("begins")
    return stood.with_columns(
        tier=pl.when("begins").then("tier").when(stepped).then("to").forward_fill(),
        child=pl.when("begins").then("child").forward_fill(),
        cohort=pl.when(told).then(pl.col("cohort").fill_null("")).forward_fill(),
        **{f"on_{plan}": _plan_on(plan) for plan in ("child_in_need", "child_protection", "care")},
    )


def _plan_on(plan: str) -> Any:
    running = pl.col("kind").is_in(RUNNING) & (pl.col("plan") == plan)
    return pl.when("begins").then(False).when(running).then(pl.col("kind") == "plan-started").forward_fill()


def _late(held: pl.DataFrame, each: Expectation, holidays: list[date]) -> pl.DataFrame:
    """The run that is on at the end of each case, with its due day."""
    scope = pl.col("open")
    if each.tiers:
        scope &= pl.col("tier").is_in(each.tiers)
    if each.plans:
        scope &= pl.any_horizontal(*[f"on_{plan}" for plan in each.plans])
    if each.but_cohorts:
        scope &= ~pl.col("cohort").is_in(each.but_cohorts)
    met = pl.any_horizontal(*[_meets(*pattern) for pattern in each.met_by])
    runs = held.select("case", "subject", "begins", "day", scope=scope, meets=met)
    within = pl.col("scope").shift(1, fill_value=False) & ~pl.col("begins")
    begun = pl.when(pl.col("scope") & (~within | pl.col("meets")))
    runs = runs.with_columns(since=begun.then("day").forward_fill(), again=begun.then(within).forward_fill())
    last = runs.filter(pl.col("case") != pl.col("case").shift(-1, fill_value=0), "scope")
    due = pl.when("again").then(_due(each.then, holidays)).otherwise(_due(each.first, holidays))
    return last.select("subject", "since", due=due)


def _meets(kind: str, plan: str | None, progress: str | None) -> Any:
    met = pl.col("kind") == kind
    if plan is not None:
        met &= (pl.col("plan") == plan).fill_null(False)
    if progress is not None:
        met &= (pl.col("progress") == progress).fill_null(False)
    return met


def _due(limit: tuple[int, str], holidays: list[date]) -> Any:
    count, unit = limit
    if unit == "working_days":
        return pl.col("since").dt.add_business_days(count, holidays=holidays, roll="backward")
    return pl.col("since").dt.offset_by(f"{count}{ {'days': 'd', 'weeks': 'w', 'months': 'mo'}[unit] }")
