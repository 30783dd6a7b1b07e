"""Work on many cases, shared out: nothing is left out or done twice, whatever becomes of who helps."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing import parent_process
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedrift import folding
from casedrift.desk import Desk
from casedrift.folding import Share, shared_out, shares
from casedrift.now import now
from projections.connection import Connection
from streams.errors import WrongInput
from tests.streams.written_facts import written_facts

Numbers = list[int]


@given(st.lists(st.integers(1, 9_000), max_size=40))
def test_shares_hold_every_case_once_and_cover_every_number(facts: list[int]) -> None:
    cases = [(3 * number + 1, f"case-{number}", count) for number, count in enumerate(facts)]
    cut = shares(cases)
    assert [case for share in cut for case in share.cases] == [case[:2] for case in cases]
    assert sum(share.facts for share in cut) == sum(facts)
    assert all(number in share.numbers for share in cut for number, _ in share.cases)
    assert [share.numbers.start for share in cut[1:]] == [share.numbers.stop for share in cut[:-1]]
    assert cut[0].numbers.start < -(10**9)
    assert cut[-1].numbers.stop > 10**9
    assert all(share.facts >= folding.SHARE for share in cut[:-1])


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Fifty cases of four facts, a share for every three of them, and two helpers."""
    monkeypatch.setattr(folding, "SHARE", 12)
    monkeypatch.setattr(folding, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(folding, "_cores", lambda: 3)
    with Desk(str(tmp_path / "store.db"), create=True, now=now) as desk:
        desk.ingest_lines(iter([written_facts(0, 200)]), backfill=True, progress=lambda _: None)
    return tmp_path / "store.db"


def _facts_in(connection: Connection, share: Share) -> Numbers:
    subjects = [subject for _, subject in share.cases]
    marks = ",".join("?" * len(subjects))
    counted = f"SELECT count(*) FROM stored_events WHERE originator_id IN ({marks})"
    return [connection.execute(counted, subjects).fetchone()[0], os.getpid()]


def _killed(connection: Connection, share: Share) -> Numbers:
    if parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return _facts_in(connection, share)


def _wrong(connection: Connection, share: Share) -> Numbers:
    raise WrongInput(f"{len(_facts_in(connection, share))} figures")


def _shared_out(store: Path, work: Callable[[Connection, Share], Numbers]) -> list[Numbers]:
    with Desk(str(store), now=now) as desk:
        cases = desk.store.connection.execute("SELECT case_no, subject, version FROM cases ORDER BY case_no").fetchall()
        return list(shared_out(str(store), work, shares(cases)))


def test_every_share_is_done_once(store: Path) -> None:
    done = _shared_out(store, _facts_in)
    assert sorted(facts for facts, _ in done) == [8, *[12] * 16]
    assert len({process for _, process in done}) <= 3


def test_what_a_helper_was_killed_over_is_done_here(store: Path) -> None:
    done = _shared_out(store, _killed)
    assert sorted(facts for facts, _ in done) == [8, *[12] * 16]
    assert {process for _, process in done} == {os.getpid()}


def test_a_fault_in_a_share_ends_the_work(store: Path) -> None:
    with pytest.raises(WrongInput, match="2 figures"):
        _shared_out(store, _wrong)
