"""`casedrift alerts`, run once: its lines, for programs and for people, and what is wrong use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.casedrift.alert_lines import A_SUPERVISION, A_VISIT, a_store, bare, told
from tests.casedrift.running import fact, lines, run

UNTIL = ("--known", "2019-06-30T12:00:00Z")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_store(tmp_path)


def test_one_object_a_line(folder: Path) -> None:
    log = told(folder, *UNTIL)
    assert [list(line) for line in log] == [
        ["run", "case", "clock", "due", "raised_at", "state", "state_at", "because"]
    ] * len(log)
    assert bare(log[0]) == {**A_VISIT, "state": "raised", "state_at": "2019-05-31T23:00:00Z", "because": ["1"]}
    supervised = [bare(line) for line in log if (line["case"], line["clock"]) == ("A", "supervision")]
    assert supervised == [{**A_SUPERVISION, "state": "raised", "state_at": "2019-06-03T23:00:00Z", "because": ["2"]}]


def test_since_keeps_what_comes_then_or_later(folder: Path) -> None:
    log = told(folder, *UNTIL)
    at = log[1]["state_at"]
    assert told(folder, *UNTIL, "--since", at) == [line for line in log if line["state_at"] >= at]
    assert told(folder, *UNTIL, "--since", "2019-06-30") == []
    assert told(folder, "--known", "2019-05-31T22:59:59.999999Z") == []
    assert told(folder, "--known", "2019-05-31T23:00:00Z") == log[:1]


def test_an_end_that_was_known_before_its_day_clears_on_that_day(folder: Path) -> None:
    ahead = lines([fact("8", "case-supervised", "A", "2019-06-15", "2019-06-10T12:00:00Z")])
    assert run(folder, "ingest", "-", "--backfill", stdin=ahead).code == 0
    dawn = "2019-06-14T23:00:00Z"
    assert [bare(line) for line in told(folder, "--since", dawn, "--known", dawn)] == [
        {**A_SUPERVISION, "state": "cleared", "state_at": dawn, "because": ["2", "8"]}
    ]


def test_another_policy(folder: Path) -> None:
    (folder / "only.toml").write_text(
        '[policy]\nextends = "england"\nid = "only"\ndrop = ["in-need-visit"]\n', encoding="utf-8"
    )
    assert told(folder, *UNTIL, "--policy", "only.toml") == [
        line for line in told(folder, *UNTIL) if line["clock"] != "in-need-visit"
    ]


def test_for_people(folder: Path) -> None:
    outcome = run(folder, "alerts", "--known", "2019-06-04")
    assert (outcome.code, outcome.err) == (0, "")
    title, *table = outcome.out.splitlines()
    assert title == "Alerts, as known at the end of 4 Jun 2019"
    assert re.split(" {2,}", table[-1]) == [
        *("4 Jun 2019 00:00 BST", "A", "supervision", "raised", "3 Jun 2019", "began with 2"),
    ]
    nothing = run(folder, "alerts", "--known", "2019-05-02", "--since", "2019-05-01")
    assert nothing.out == "Alerts since the end of 1 May 2019, as known at the end of 2 May 2019\nNone.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--on", "2019-06-30"), "--on"),
        (("--by", "team"), "--by"),
        (("--follow", "--known", "2019-06-30"), "--known"),
        (("--since", "yesterday"), '--since "yesterday" is no instant'),
        (("--since", "2999-01-01"), "later than now"),
    ],
)
def test_wrong_use(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    outcome = run(folder, "alerts", *arguments)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert says in outcome.err
