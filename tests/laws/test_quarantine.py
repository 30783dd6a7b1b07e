"""Law 7: nothing read is lost. What is not accepted is in quarantine, once, with its reason and its very bytes.

Good, bad, repeated, conflicting and waiting lines come mixed, in several runs cut into random batches. The judge's
own reading of the rules says what must become of each; the store must hold exactly that.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from casedrift.desk import Desk
from tests.judge.intake import Acceptance, accept
from tests.judge.worlds import AFTERWARDS, world
from tests.laws.desks import NOW, cut, cuts, desk_of, quick, rows_of, seeds, take

FATES = ("accepted", "duplicate", "refused", "waiting")
LONGEST = 64 * 1024
Kept = dict[str, tuple[str, bytes]]
"""By the SHA-256 of a content: the reason, and the bytes kept of it."""
Run = tuple[list[int], bool]
"""Where a run's lines are cut into batches, and whether it loads history."""
RUNS = st.lists(st.tuples(cuts, st.booleans()), min_size=1, max_size=3)


@quick
@given(seeds, RUNS)
def test_what_is_not_accepted_is_in_quarantine_with_its_reason(seed: int, runs: list[Run]) -> None:
    """In parts, a run each; and at last everything again, which adds no content that was refused before."""
    lines = mixed(seed)
    parts = [lines[n * len(lines) // len(runs) : (n + 1) * len(lines) // len(runs)] for n in range(len(runs))]
    acceptance: Acceptance | None = None
    expected: Kept = {}
    with desk_of(seed) as desk:
        for (at, backfill), part in zip([*runs, runs[0]], [*parts, lines], strict=True):
            before = len(acceptance.refused) if acceptance else 0
            acceptance = accept(part, now=AFTERWARDS, backfill=backfill, earlier=acceptance)
            expected = _kept(expected, acceptance, before)

            tally = take(desk, cut(part, at), backfill=backfill)
            assert tally == acceptance.tally
            assert tally["read"] == len(part) == sum(tally[fate] for fate in FATES)
            assert _in_quarantine(desk) == expected
            assert _listed(desk) == {digest: reason for digest, (reason, _) in expected.items()}
            assert _accepted(desk) == Counter(fact.identity for fact in acceptance.accepted)


def test_the_mix_holds_every_reason_and_every_fate() -> None:
    fates: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    repeated = 0
    for seed in range(40):
        acceptance = accept(mixed(seed), now=AFTERWARDS, backfill=True)
        fates.update(acceptance.tally)
        reasons.update(each.reason for each in acceptance.refused)
        repeated += len(acceptance.refused) - len({each.line for each in acceptance.refused})
    assert set(reasons) == set(
        "not-json not-an-event unknown-type invalid-data too-long recorded-in-future conflicting-duplicate"
        " target-elsewhere target-itself".split()
    )
    assert min(fates[fate] for fate in FATES) > 40, fates
    assert repeated > 40


def mixed(seed: int) -> list[bytes]:
    """A world's lines, some of them again, and perhaps in no order at all, so that more of them must wait."""
    rng = random.Random(f"mixed {seed}")
    lines = list(world(seed, 8).lines)
    lines += rng.choices(lines, k=len(lines) // 5)
    if rng.random() < 0.5:
        rng.shuffle(lines)
    return lines


def _kept(kept: Kept, acceptance: Acceptance, before: int) -> Kept:
    """What must be in quarantine after a run: all that was ever refused, and what waits now."""
    refused = {_digest(each.line): (each.reason, each.line[:LONGEST]) for each in acceptance.refused[before:]}
    waits = {_digest(each.line): ("target-unknown", each.line[:LONGEST]) for each in acceptance.waiting}
    ended = {digest: entry for digest, entry in kept.items() if entry[0] != "target-unknown"}
    return ended | refused | waits


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _in_quarantine(desk: Desk) -> Kept:
    """What the store holds; its SHA-256 and length are those of what came, and no content is there twice."""
    rows = rows_of(desk, "SELECT sha256, reason, raw, length, detail, received_at FROM quarantine ORDER BY number")
    kept = {digest: (reason, raw) for digest, reason, raw, *_ in rows}
    assert len(kept) == len(rows)
    for digest, _, raw, length, detail, received_at in rows:
        assert length > LONGEST or (_digest(raw), len(raw)) == (digest, length)
        assert detail
        assert received_at == NOW
    return kept


def _listed(desk: Desk) -> dict[str, str]:
    listed = desk.quarantined()
    assert [each["number"] for each in listed] == sorted({each["number"] for each in listed})
    return {each["sha256"]: each["reason"] for each in listed}


def _accepted(desk: Desk) -> Counter[tuple[str, str]]:
    """The identities in the log: each once."""
    query = (
        "SELECT json_extract(CAST(state AS TEXT), '$.source'), json_extract(CAST(state AS TEXT), '$.id')"
        " FROM stored_events"
    )
    return Counter(rows_of(desk, query))
