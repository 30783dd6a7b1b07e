"""Intake: what becomes of each fact that arrives, and the instant from which it is known.

Facts are refused with a reason, known already, accepted, or wait for the fact that they correct or withdraw.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casedrift.desk import Desk
from domain.days import parse_instant
from streams.log import events_of

NOW = parse_instant("2022-06-01T12:00:00Z")
HOUR = 3_600_000_000


class At:
    """An hour hand that the test sets."""

    now = NOW


@pytest.fixture
def at() -> At:
    return At()


@pytest.fixture
def desk(tmp_path: Path, at: At) -> Iterator[Desk]:
    with Desk(str(tmp_path / "store.db"), create=True, now=lambda: at.now) as desk:
        yield desk


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("not-an-event", {"specversion": "0.3"}),
        ("unknown-type", {"type": "case-updated.v1"}),
        ("invalid-data", {"data": {"child": "c", "effective_on": "2022-02-30"}}),
        ("invalid-data", {"data": {"child": "c", "effective_on": "2022-02-01", "misspelt": 1}}),
        ("recorded-in-future", {"time": "2022-06-01T12:05:00.000001Z"}),
        ("conflicting-duplicate", {"id": "opened", "time": "2022-03-01T09:00:00Z"}),
        ("target-itself", {"corrects": "f"}),
        ("target-elsewhere", {"subject": "case-2", "corrects": "opened"}),
    ],
)
def test_refusals(desk: Desk, reason: str, change: dict[str, Any]) -> None:
    _take(desk, _opening())
    tally = _take(desk, _fact(**change))
    assert tally == {"read": 1, "accepted": 0, "duplicate": 0, "refused": 1, "waiting": 0}
    assert [each["reason"] for each in desk.quarantined()] == [reason]


@pytest.mark.parametrize(("reason", "line"), [("not-json", b"{"), ("too-long", b'"' + b"x" * 65_536 + b'"')])
def test_lines_that_are_no_facts(desk: Desk, reason: str, line: bytes) -> None:
    assert _take(desk, line)["refused"] == 1
    assert [each["reason"] for each in desk.quarantined()] == [reason]


def test_five_minutes_ahead_is_not_the_future(desk: Desk) -> None:
    assert _take(desk, _fact(time="2022-06-01T12:05:00Z"))["accepted"] == 1


def test_a_duplicate_is_the_same_instant_however_written(desk: Desk) -> None:
    _take(desk, _fact(time="2022-02-01T09:00:00Z"))
    assert _take(desk, _fact(time="2022-02-01T10:00:00+01:00"))["duplicate"] == 1
    assert desk.quarantined() == []


def test_another_source_may_use_the_same_id(desk: Desk) -> None:
    assert _take(desk, _fact(), _fact(source="/test/other"))["accepted"] == 2


def test_what_was_refused_holds_no_identity(desk: Desk) -> None:
    assert _take(desk, _fact(type="case-updated.v1"), _fact())["accepted"] == 1


def test_those_that_wait_are_taken_up_first_arrived_first(desk: Desk) -> None:
    waiting = [_fact(id="b", corrects="a"), _fact(id="c", corrects="b"), _fact(id="d", corrects="a")]
    assert _take(desk, *waiting)["waiting"] == 3
    assert _take(desk, _fact(id="a")) == {"read": 1, "accepted": 1, "duplicate": 0, "refused": 0, "waiting": 0}
    assert [event.id for event in _events(desk)] == ["a", "b", "c", "d"]
    assert desk.quarantined() == []


def test_very_many_that_wait_are_read_some_at_a_time(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.quarantine._AT_ONCE", 3)
    waiting = [_fact(id=f"w-{number}", corrects="a", time=f"2022-02-01T09:00:0{number}Z") for number in range(8)]
    with Desk(str(tmp_path / "store.db"), now=lambda: NOW) as other:
        _take(desk, *waiting[:4])
        assert _take(other, *waiting[4:])["waiting"] == 4
        gone = {each["number"] for each in desk.quarantined()[:2]}
        desk.discard(gone)
        assert _take(other, *waiting[:1]) == {"read": 1, "accepted": 0, "duplicate": 0, "refused": 0, "waiting": 1}
        assert _take(desk, _fact(id="a"))["accepted"] == 1
        assert [event.id for event in _events(other)] == ["a", *(f"w-{number}" for number in range(2, 8)), "w-0"]
        assert other.quarantined() == []


def test_a_source_that_can_be_no_fact_s_is_not_kept_as_one(desk: Desk) -> None:
    for line in (b'{"source": "/a\\u0000b"}', b'{"source": "/a"}', b'{"source": 7}'):
        _take(desk, line)
    assert [each["source"] for each in desk.quarantined()] == [None, "/a", None]


def test_waiting_and_taken_up_in_one_run_counts_as_accepted(desk: Desk) -> None:
    tally = _take(desk, _fact(id="b", corrects="a"), _fact(id="a"), _fact(id="b", corrects="a"))
    assert tally == {"read": 3, "accepted": 2, "duplicate": 1, "refused": 0, "waiting": 0}


def test_the_live_clock_never_runs_backwards(desk: Desk, at: At) -> None:
    _take(desk, _fact(id="a"))
    at.now = NOW - HOUR
    _take(desk, _fact(id="b"), _fact(id="c", subject="case-2"))
    assert [event.known_at for event in _events(desk)] == [NOW, NOW]
    assert _events(desk, "case-2")[0].known_at == NOW


def test_a_backfill_is_known_when_recorded_but_never_before_its_case(desk: Desk) -> None:
    times = ["2022-02-02T09:00:00Z", "2022-02-01T09:00:00Z", "2022-02-03T09:00:00Z"]
    _take(desk, *[_fact(id=time, time=time) for time in times], backfill=True)
    known = [parse_instant(time) for time in (times[0], times[0], times[2])]
    assert [event.known_at for event in _events(desk)] == known


def _take(desk: Desk, *lines: bytes, backfill: bool = False) -> dict[str, int]:
    return desk.ingest_lines(iter([list(lines)]), backfill=backfill, progress=lambda _: None).as_dict()


def _events(desk: Desk, case: str = "case-1") -> list[Any]:
    return list(events_of(desk.store.connection, case))


def _opening() -> bytes:
    return _fact(id="opened", type="case-opened.v1", tier="child_in_need")


def _fact(**change: Any) -> bytes:
    data = {"child": "c-1", "effective_on": "2022-01-31"}
    data |= {key: change.pop(key) for key in ("corrects", "tier") if key in change}
    event = {
        "specversion": "1.0",
        "id": "f",
        "source": "/test/system",
        "type": "child-visited.v1",
        "subject": "case-1",
        "time": "2022-02-01T09:00:00Z",
        "data": data,
    }
    return json.dumps(event | change).encode()
