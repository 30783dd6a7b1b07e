"""`casedrift alerts --follow`, left running: a midnight, a fact, an interrupt, a reader that goes away."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.casedrift.alert_lines import A_SUPERVISION, A_VISIT, IN_TIME, a_store, bare, following, told
from tests.casedrift.running import PROGRAM, fact, lines, run

ALMOST = "2019-06-03T22:59:57Z"
"""Three seconds before midnight in London."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_store(tmp_path)


def test_a_midnight_raises_with_no_traffic_at_all(folder: Path) -> None:
    with following(folder, "--json", "--since", "2019-05-31T23:00:00Z", CASEDRIFT_NOW=ALMOST) as follower:
        log = follower.until(clock="supervision")
        follower.process.send_signal(signal.SIGINT)
        assert follower.ended() == (0, "", "")
    assert [bare(line) for line in log] == [
        {**A_VISIT, "state": "raised", "state_at": "2019-05-31T23:00:00Z", "because": ["1"]},
        {**A_SUPERVISION, "state": "raised", "state_at": "2019-06-03T23:00:00Z", "because": ["2"]},
    ]
    assert log == told(folder, "--known", "2019-06-03T23:00:00Z")


def test_what_is_learnt_is_told_as_it_comes(folder: Path) -> None:
    with following(folder, "--json", "--since", "2019-05-31T22:00:00Z") as follower:
        before = follower.until(clock="supervision")
        late = lines(
            [
                fact("8", "case-supervised", "A", "2019-06-20"),
                fact("9", "fact-withdrawn", "B", "2019-06-20", withdraws="3"),
            ]
        )
        assert run(folder, "ingest", "-", stdin=late).code == 0
        cleared = follower.until(case="A", clock="supervision", state="cleared")
        withdrawn = follower.until(case="B", clock="supervision", state="withdrawn")
        follower.process.send_signal(signal.SIGTERM)
        assert follower.ended() == (0, "", "")
    assert (cleared[-1]["because"], withdrawn[-1]["because"]) == (["2", "8"], ["9"])
    assert cleared[-1]["state_at"] == withdrawn[-1]["state_at"] > before[-1]["state_at"]
    assert [*before, *cleared, *withdrawn] == told(folder)[: len([*before, *cleared, *withdrawn])]


def test_a_reader_that_goes_away_is_no_fault(folder: Path) -> None:
    with following(folder, "--since", "2019-05-31T22:00:00Z") as follower:
        first = re.split(" {2,}", follower.line().rstrip())
        assert first == ["1 Jun 2019 00:00 BST", "A", "in-need-visit", "raised", "due 31 May 2019", "began with 1"]
        assert follower.process.stdout is not None
        assert follower.process.stderr is not None
        follower.process.stdout.close()
        assert follower.process.wait(timeout=IN_TIME) == 0
        assert follower.process.stderr.read() == ""


def test_a_reader_that_was_never_there_is_no_fault_either(folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [PROGRAM, "alerts", "--follow", "--json", "--since", "2019-05-31T22:00:00Z"],
            cwd=folder,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=IN_TIME,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_well_while_another_process_holds_the_store(folder: Path, number: signal.Signals) -> None:
    with following(folder, "--json", "--since", "2019-05-31T22:00:00Z") as follower:
        follower.line()
        holder = sqlite3.connect(folder / "casedrift.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        holder.execute("INSERT INTO source (source) VALUES ('/held')")
        follower.process.send_signal(number)
        assert follower.process.wait(timeout=IN_TIME) == 0
        holder.close()


def test_it_heeds_an_interrupt_that_the_shell_made_it_deaf_to(folder: Path) -> None:
    deaf = partial(signal.signal, signal.SIGINT, signal.SIG_IGN)
    command = [str(PROGRAM), "alerts", "--follow", "--json", "--since", "2019-05-31T22:00:00Z"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, preexec_fn=deaf) as process:  # noqa: PLW1509
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=IN_TIME) == 0
