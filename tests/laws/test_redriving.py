"""What is redriven becomes what it would have become had it only come now; nothing else changes.

Much of a world's lines comes too early, by a clock that is years behind, and is refused for that; other lines are
refused for good. The judge's own reading of the rules takes the same lines in again, once each, by their number.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from casedrift.desk import Desk
from domain.days import instant_of
from tests.judge.intake import Acceptance, accept
from tests.judge.worlds import AFTERWARDS
from tests.laws.desks import NOW, desk_of, quick, rows_of, seeds, take
from tests.laws.test_quarantine import FATES, LONGEST, mixed

EARLY = datetime(2019, 6, 1, tzinfo=UTC)
LOG = (
    "SELECT originator_id, json_extract(CAST(state AS TEXT), '$.id'), json_extract(CAST(state AS TEXT), '$.known_at')"
    " FROM stored_events ORDER BY rowid"
)


@quick
@given(seeds, st.booleans())
def test_what_is_redriven_is_taken_in_as_if_it_came_now(seed: int, backfill: bool) -> None:
    """And redriven once more likewise: what was turned away meanwhile may have made room for another."""
    lines, now = mixed(seed), [instant_of(EARLY)]
    with desk_of(seed, now) as desk:
        take(desk, [lines], backfill=backfill)
        now[0] = NOW
        acceptance = accept(lines, now=EARLY, backfill=backfill)
        kept = _kept({}, acceptance, 0)
        numbers = _numbers(desk)
        for _ in range(2):
            again = [line for line in _by_number(desk) if len(line) < LONGEST]
            too_long = sum(reason == "too-long" for reason in kept.values())
            before = len(acceptance.refused)
            acceptance = accept(again, now=AFTERWARDS, backfill=backfill, earlier=acceptance)
            redriven = desk.redrive()
            assert redriven.tally.as_dict() == _with_refused(acceptance.tally, too_long)
            assert (redriven.of_extracts, redriven.too_long) == (0, too_long)
            kept = _kept({line: why for line, why in kept.items() if why == "too-long"}, acceptance, before)
            assert _in_quarantine(desk) == kept
            assert rows_of(desk, LOG) == _log(acceptance)
            assert _numbers(desk).items() <= numbers.items()
        assert desk.rebuild(check=True, progress=lambda *_: None)["differences"] == 0


def test_the_worlds_know_every_fate_of_what_is_redriven() -> None:
    fates: Counter[str] = Counter()
    for seed in range(20):
        before = accept(mixed(seed), now=EARLY, backfill=True)
        refused = [each.line for each in before.refused]
        fates.update(accept(refused, now=AFTERWARDS, backfill=True, earlier=before).tally)
    assert min(fates[fate] for fate in FATES) > 3, fates


def _by_number(desk: Desk) -> list[bytes]:
    """What is refused, by number; what waits is not among it."""
    return [
        raw for (raw,) in rows_of(desk, "SELECT raw FROM quarantine WHERE reason <> 'target-unknown' ORDER BY number")
    ]


def _numbers(desk: Desk) -> dict[int, bytes]:
    return dict(rows_of(desk, "SELECT number, raw FROM quarantine"))


def _kept(earlier: dict[bytes, str], acceptance: Acceptance, before: int) -> dict[bytes, str]:
    """What is in quarantine after a run that began when so many had been refused."""
    refused = {each.line[:LONGEST]: each.reason for each in acceptance.refused[before:]}
    return earlier | refused | {each.line: "target-unknown" for each in acceptance.waiting}


def _with_refused(tally: dict[str, int], left: int) -> dict[str, int]:
    return tally | {"read": tally["read"] + left, "refused": tally["refused"] + left}


def _log(acceptance: Acceptance) -> list[tuple[str, str, int]]:
    return [(fact.case, fact.id, instant_of(fact.known_at)) for fact in acceptance.accepted]


def _in_quarantine(desk: Desk) -> dict[bytes, str]:
    return dict(rows_of(desk, "SELECT raw, reason FROM quarantine"))
