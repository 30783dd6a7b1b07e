"""What the sources do not supply can't be missed: worked examples of coverage, and what compliance makes of them.

M is the first day from which what meets the clock is supplied. Before it nothing is measured; a run that began
before it is due as if it had begun on M, or if the clock asks only once, shows nowhere though it takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from casedrift.desk import Desk
from domain.days import parse_day, parse_instant
from tests.casedrift.running import fact, lines
from tests.domain.short_lives import CIN, Life, Run, opened, policy, runs, told

COVERED = '\n[[coverage]]\nfacts = ["case-supervised"]\nfrom = 2019-06-01'
NOT_SUPPLIED = '\n[[coverage]]\nfacts = ["case-supervised"]'
ONCE = CIN + 'first = "1 month"\nwarn = "1 week"'
MONTHLY = CIN + 'first = "1 month"\nthen = "1 month"\nwarn = "1 week"'
BY_FACT = 'tiers = ["child_in_need"]\nstarts = ["case-assessed"]\nmet_by = ["case-supervised"]\nfirst = "10 days"'
NOW = parse_instant("2020-01-01T12:00:00Z")
STATES = ("in_time", "overdue", "done", "waiting", "not_measured")


@pytest.mark.parametrize(
    ("clock", "life", "expected"),
    [
        pytest.param(
            MONTHLY + COVERED,
            [opened("2019-01-15")],
            [("2019-01-15", "2019-07-01", None, None)],
            id="due as if begun on M; the baseline shown stays",
        ),
        pytest.param(
            MONTHLY + COVERED,
            [opened("2019-01-15"), told("case-supervised", "2019-05-20"), told("case-supervised", "2019-06-20")],
            [
                ("2019-01-15", "2019-07-01", "2019-05-20", True),
                ("2019-05-20", "2019-07-01", "2019-06-20", True),
                ("2019-06-20", "2019-07-20", None, None),
            ],
            id="what was supplied before M counts; what follows it is due from M too",
        ),
        pytest.param(
            MONTHLY + COVERED, [opened("2019-06-01")], [("2019-06-01", "2019-07-01", None, None)], id="begun on M"
        ),
        pytest.param(
            CIN + 'first = "10 working_days"\nthen = "1 month"' + COVERED,
            [opened("2019-01-15")],
            [("2019-01-15", "2019-06-14", None, None)],
            id="working days are counted from M, a Saturday",
        ),
        pytest.param(ONCE + COVERED, [opened("2019-05-31")], [], id="once only, begun before M: shows nowhere"),
        pytest.param(
            ONCE + COVERED,
            [opened("2019-05-31"), told("case-supervised", "2019-06-10"), told("case-supervised", "2019-06-20")],
            [],
            id="it takes its place: once met the clock is done",
        ),
        pytest.param(
            ONCE + COVERED,
            [opened("2019-05-31"), told("case-closed", "2019-06-10"), opened("2019-06-10")],
            [("2019-06-10", "2019-07-10", None, None)],
            id="another stretch after M is measured",
        ),
        pytest.param(
            BY_FACT + COVERED,
            [opened("2019-05-01"), told("case-assessed", "2019-05-31"), told("case-assessed", "2019-06-05")],
            [],
            id="while it is on no other begins",
        ),
        pytest.param(
            BY_FACT + COVERED,
            [
                opened("2019-05-01"),
                told("case-assessed", "2019-05-31"),
                told("case-supervised", "2019-06-04"),
                told("case-assessed", "2019-06-05"),
            ],
            [("2019-06-05", "2019-06-15", None, None)],
            id="once it is met another may begin",
        ),
        pytest.param(MONTHLY + NOT_SUPPLIED, [opened("2019-07-01")], [], id="not supplied: no runs"),
        pytest.param(
            MONTHLY + COVERED + NOT_SUPPLIED, [opened("2019-07-01")], [], id="not supplied outweighs a day from which"
        ),
        pytest.param(
            MONTHLY + COVERED + COVERED.replace("06-01", "09-01"),
            [opened("2019-07-01")],
            [("2019-07-01", "2019-10-01", None, None)],
            id="the latest of several days",
        ),
        pytest.param(
            MONTHLY + COVERED.replace('"case-supervised"', '{type = "case-supervised", challenged = true}'),
            [opened("2019-01-15")],
            [("2019-01-15", "2019-02-15", None, None)],
            id="of an entry that asks for more than the clock does",
        ),
        pytest.param(
            MONTHLY.replace('"case-supervised"', '"case-supervised", "child-visited"') + NOT_SUPPLIED,
            [opened("2019-07-01"), told("child-visited", "2019-07-02")],
            [],
            id="one of two that meet the clock is not supplied",
        ),
    ],
)
def test_runs_under_coverage(clock: str, life: Life, expected: list[Run]) -> None:
    assert runs(clock, life) == expected


@pytest.mark.parametrize(
    ("clock", "life", "states"),
    [
        pytest.param(
            MONTHLY + COVERED,
            [opened("2019-01-15")],
            {"2019-05-31": "not_measured", "2019-06-01": "in_time", "2019-07-01": "in_time", "2019-07-02": "overdue"},
            id="goes on",
        ),
        pytest.param(
            ONCE + COVERED,
            [opened("2019-05-15"), told("case-supervised", "2019-08-01")],
            {"2019-05-31": "not_measured", "2019-06-01": "not_measured", "2019-07-31": "not_measured"}
            | {"2019-08-01": "done"},
            id="once only: never overdue, done once met",
        ),
        pytest.param(
            ONCE + COVERED,
            [opened("2019-05-15"), told("case-supervised", "2019-05-20")],
            {"2019-05-31": "not_measured", "2019-06-01": "done"},
            id="once only, met before M",
        ),
        pytest.param(
            BY_FACT + COVERED,
            [opened("2019-05-15"), told("case-assessed", "2019-05-31"), told("case-supervised", "2019-06-20")],
            {"2019-05-31": "not_measured", "2019-06-01": "not_measured", "2019-06-19": "not_measured"}
            | {"2019-06-20": "waiting"},
            id="by a fact: waits again once met",
        ),
        pytest.param(
            BY_FACT + COVERED,
            [opened("2019-05-15")],
            {"2019-05-31": "not_measured", "2019-06-01": "waiting"},
            id="by a fact that has not come",
        ),
        pytest.param(
            MONTHLY + NOT_SUPPLIED,
            [opened("2019-07-01")],
            {"2019-07-01": "not_measured", "2019-09-01": "not_measured"},
            id="not supplied",
        ),
    ],
)
def test_compliance_under_coverage(clock: str, life: Life, states: dict[str, str], tmp_path: Path) -> None:
    with _told(clock, life, tmp_path) as desk:
        assert {day: _state(desk, day) for day in states} == states


@pytest.mark.parametrize("clock", [ONCE + COVERED, MONTHLY + NOT_SUPPLIED])
def test_what_is_not_measured_shows_nowhere(clock: str, tmp_path: Path) -> None:
    life = [opened("2019-05-15"), told("case-supervised", "2019-11-01")]
    with _told(clock, life, tmp_path) as desk:
        days = range(parse_day("2019-05-14"), parse_day("2019-11-03"))
        assert not [day for day in days if desk.drift(day, NOW) or desk.drift(day, NOW, due_soon=True)]
        assert desk.explain("A", days[-1], NOW)["runs"] == []


def test_a_run_due_from_m_shows_its_own_baseline(tmp_path: Path) -> None:
    with _told(MONTHLY + COVERED, [opened("2019-01-15")], tmp_path) as desk:
        (late,) = desk.drift(parse_day("2019-07-05"), NOW)
        assert (late["baseline"], late["due"], late["days_overdue"]) == ("2019-01-15", "2019-07-01", 4)
        (run,) = desk.explain("A", parse_day("2019-07-05"), NOW)["runs"]
        assert (run["baseline"], run["due"]) == ("2019-01-15", "2019-07-01")
        soon = [day for day in ("2019-06-23", "2019-06-24", "2019-07-01", "2019-07-02") if _soon(desk, day)]
        assert soon == ["2019-06-24", "2019-07-01"]


@contextmanager
def _told(clock: str, life: Life, folder: Path) -> Iterator[Desk]:
    """The life as case A, in a store under a policy of this one clock."""
    told_facts = [fact(f"f{n}", kind, "A", day, **data) for n, (kind, day, data) in enumerate(life)]
    with Desk(str(folder / "store.db"), create=True, now=lambda: NOW) as desk:
        desk.use_policy(policy(clock))
        desk.ingest_lines(iter([lines(told_facts).splitlines()]), backfill=True, progress=lambda _: None)
        yield desk


def _state(desk: Desk, day: str) -> str:
    (line,) = desk.compliance(parse_day(day), NOW)
    assert line["in_scope"] == 1
    (state,) = [state for state in STATES if line[state]]
    return state


def _soon(desk: Desk, day: str) -> list[dict[str, Any]]:
    return desk.drift(parse_day(day), NOW, due_soon=True)
