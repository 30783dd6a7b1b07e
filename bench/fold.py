"""The fold alone, under every clock that ships, beside the reading of the same facts' JSON; and the views folded anew.

The peer is the standard library's `json.loads` of the same lines: what anybody pays who merely looks at a fact.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from casedrift.desk import Desk
from casedrift.now import now
from casedrift.standing import Standing
from domain.days import NO_INSTANT
from domain.fold import fold
from domain.history import standing
from streams.histories import all_histories

ROUNDS = 3
"""The best of so many: the machine's other work only ever adds."""


@dataclass(frozen=True)
class Folded:
    """Facts a second. `facts` are those that stand; `lines` are those read, repeated ones included."""

    facts: int
    clocks: int
    fold_a_second: float
    lines: int
    json_a_second: float
    rebuild_a_second: float
    differences: int


def fold_all(lines: Path, store: Path) -> Folded:
    """Fold every case of the store, read its lines, and fold its views anew; each timed for itself."""
    with Desk(str(store), now=now) as desk:
        rules = Standing(desk.store).rules()
        with desk.store.reading() as connection:
            cases = [standing(facts, NO_INSTANT - 1) for _, facts in all_histories(connection)]
        count = sum(map(len, cases))
        folding = _best(lambda: [fold(rules, facts)[0] for facts in cases])
        texts = lines.read_bytes().splitlines()
        reading = _best(lambda: [json.loads(text)["id"] for text in texts])
        begun = perf_counter()
        rebuilt = desk.rebuild(check=False, progress=lambda _done, _all: None)
        rebuilding = perf_counter() - begun
    return Folded(
        facts=count,
        clocks=len(rules.clocks),
        fold_a_second=count / folding,
        lines=len(texts),
        json_a_second=len(texts) / reading,
        rebuild_a_second=rebuilt["facts"] / rebuilding,
        differences=rebuilt["differences"],
    )


def _best(work: Callable[[], object]) -> float:
    """Seconds of the best round, with the garbage collector paused, as in the program."""
    gc.disable()
    try:
        return min(_timed(work) for _ in range(ROUNDS))
    finally:
        gc.enable()


def _timed(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun
