"""Law: one authority, streamed as facts and told by monthly workbooks or yearly censuses, agrees on every figure that
extracts can tell.

Where they can't, the answer is that it is not measured: the policy that ships for them says what they don't hold, and
from which day on they hold the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from casedrift.desk import Desk
from casedrift.policies import load_policy
from casedrift.simulation import simulate
from casedrift.simulation.extracts import Kind, write_extracts
from domain.days import end_of_day, parse_day
from streams.errors import WrongInput
from streams.sources.formats import Reader
from streams.who_is_who import known_identities
from tests.sources.told import LATER

SPANS = {"annex-a": (date(2018, 11, 10), 12), "cin-census": (date(2018, 5, 10), 24)}
AUTHORITIES = [(29, 150), (11, 400)]
"""By seed and number of children; in the second a case comes back, and is closed after a census was made."""
NOW = int(LATER.timestamp()) * 1_000_000
MEASURED = {
    "annex-a": ("england-annex-a", "2019-01-01", {"assessment-from-start", "initial-conference", "assessment-tier-60"}),
    "cin-census": ("england-census", "2018-04-01", {"initial-conference"}),
}
"""By kind: the policy that ships for it, the first day of the first extract's window after which all of the clocks are
told, and the clocks that must be measured and agree."""
TOLD_AS = {"family_help": "child_in_need", "care_leaver": "child_in_need"}
"""Tiers for which extracts have no word, and what they look like there (`docs/simulation.md`)."""


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    with Desk(str(folder / "x.db"), create=True, now=lambda: NOW) as opened:
        yield opened


@cache
def extracts(kind: Kind, seed: int, children: int) -> tuple[Path, ...]:
    return tuple(write_extracts(kind, Path(mkdtemp()), seed, *SPANS[kind], children))


def day_of(path: Path) -> int:
    return parse_day(path.stem[-10:])


def taken(path: Path) -> datetime:
    return datetime.fromtimestamp(end_of_day(day_of(path)) // 1_000_000, UTC)


def local_ids(desk: Desk) -> dict[str, str]:
    """By case as the extracts name it, the case as the facts do."""
    who = known_identities(desk.store)
    assert who is not None
    found = desk.store.connection.execute("SELECT reference FROM identity").fetchall()
    local = who.local_ids([reference for (reference,) in found])
    return {f"case-{reference}": f"case-{int(each) - 100_000:05}" for reference, each in local.items()}


@pytest.mark.parametrize(("seed", "children"), AUTHORITIES)
@pytest.mark.parametrize("kind", ["annex-a", "cin-census"])
def test_facts_and_extracts_agree_on_what_extracts_can_tell(
    tmp_path: Path, kind: Kind, seed: int, children: int
) -> None:
    name, since, must = MEASURED[kind]
    policy = load_policy(name)
    (tmp_path / "facts").mkdir()
    (tmp_path / "extracts").mkdir()
    with desk(tmp_path / "facts") as streamed, desk(tmp_path / "extracts") as told:
        lines = [line.strip() for line in simulate(seed, *SPANS[kind], children)]
        streamed.ingest_lines([lines], backfill=True, progress=lambda _: None)
        compared = 0
        for path in extracts(kind, seed, children):
            tally, _ = told.door().take_extract(kind, path, Reader(taken=taken(path)), backfill=True)
            assert (tally.refused, tally.waiting) == (0, 0)
            on, names = day_of(path), local_ids(told)
            known = end_of_day(on)
            theirs, ours = open_cases(told, on, known, names), open_cases(streamed, on, known)
            assert theirs.keys() == ours.keys(), path.name
            for case, tiers in ours.items():
                if kind == "annex-a" or "looked_after" not in tiers:  # a census knows of no care
                    assert theirs[case][-1] == tiers[-1], (path.name, case)
            for clock in must:
                overdue = drift(told, on, known, policy, clock, since, names)
                assert overdue == drift(streamed, on, known, policy, clock, since), (path.name, clock)
                compared += len(overdue)
        assert compared > 0 or kind == "cin-census"
        asked = told.compliance(on, known, policy=policy)
        silent = {line["clock"] for line in asked if line["not_measured"] == line["in_scope"]}
        assert {"supervision", "protection-visit"} <= silent


def open_cases(desk: Desk, on: int, known: int, names: dict[str, str] | None = None) -> dict[str, list[str]]:
    """Every open case, and its tiers up to that day, one after another."""
    held: dict[str, list[str]] = {}
    for (subject,) in desk.store.connection.execute("SELECT subject FROM cases").fetchall():
        places = [each for each in places_of(desk, subject, on, known) if parse_day(each["from"]) <= on]
        if places and (places[-1]["to"] is None or on < parse_day(places[-1]["to"])):
            case = names[subject] if names else subject
            held[case] = [TOLD_AS.get(each["tier"], each["tier"]) for each in places]
    return held


def places_of(desk: Desk, subject: str, on: int, known: int) -> list[dict[str, Any]]:
    try:
        return list(desk.explain(subject, on, known)["places"])
    except WrongInput:
        return []  # nothing was known of it then


def drift(
    desk: Desk, on: int, known: int, policy: Any, clock: str, since: str, names: dict[str, str] | None = None
) -> set[tuple[str, str]]:
    """The overdue runs of the clock that began since then, by case and due day."""
    lines = [line for line in desk.drift(on, known, clock=clock, policy=policy) if line["baseline"] >= since]
    return {(names[line["case"]] if names else line["case"], line["due"]) for line in lines}
