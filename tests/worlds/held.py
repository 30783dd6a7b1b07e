"""One world taken in by the product and by the judge, and every question asked of both.

A disagreement is a line that names the seed, the question and both answers, so that it can be repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from casedrift.desk import Desk
from domain.days import instant_of
from domain.policy import Policy
from domain.policy_text import read_policy
from tests.judge import intake as judge_intake
from tests.judge import policy as judge_policy
from tests.judge import reading as judge
from tests.judge.world_policies import policy_text
from tests.judge.world_questions import Question
from tests.judge.worlds import batches, questions, world
from tests.worlds.alert_logs import alert_logs
from tests.worlds.changes import changes, faults
from tests.worlds.other_policies import by_another_policy

NOW = datetime(2022, 6, 1, tzinfo=UTC)
ASKED = 14
Answer = list[dict[str, Any]]


@dataclass
class Pair:
    """The same world, known to both."""

    seed: int
    desk: Desk
    acceptance: judge_intake.Acceptance
    policy: Policy
    judged: judge_policy.Policy


def load(seed: int, folder: Path, url: str | None = None) -> Iterator[Pair]:
    """A fresh store with the world's facts and policy, a file of the folder or the database of the URL; closed when
    done with."""
    text = policy_text(seed)
    policy = read_policy(text, f"world-{seed}.toml", _no_other)
    present = [NOW]
    store, hour = url or str(folder / f"{seed}.db"), lambda: instant_of(present[-1])
    with Desk(store, create=True, now=hour, by_store_clock=False) as desk:
        desk.use_policy(policy)
        acceptance: judge_intake.Acceptance | None = None
        for run in _runs(seed):
            present.append(run.now)
            tally = desk.ingest_lines(iter(run.batches), backfill=run.backfill, progress=lambda _: None)
            lines = [line for batch in run.batches for line in batch]
            acceptance = judge_intake.accept(lines, now=run.now, backfill=run.backfill, earlier=acceptance)
            assert tally.as_dict() == acceptance.tally, f"seed {seed}: tally"
        assert acceptance is not None
        yield Pair(seed, desk, acceptance, policy, judge_policy.read_policy(text))


@dataclass(frozen=True)
class Run:
    """One ingest."""

    now: datetime
    batches: list[list[bytes]]
    backfill: bool


def _runs(seed: int) -> list[Run]:
    """The world's lines as one load of history, as they would come live, or now this way and now that."""
    lines = list(world(seed).lines)
    if seed % 3 == 0:
        at_once = (5, 40, 200)[seed % 9 // 3]
        return [Run(NOW, [lines[start : start + at_once] for start in range(0, len(lines), at_once)], True)]
    history = Random(f"runs {seed}")
    return [Run(batch.now, [list(batch.lines)], seed % 3 == 2 and history.random() < 0.5) for batch in batches(seed)]


def disagreements(pair: Pair, asked: list[Question] | None = None) -> Iterator[str]:
    """What the product and the judge answer differently."""
    ids = _SameIds()
    asked = questions(pair.seed, count=ASKED) if asked is None else asked
    for number, question in enumerate(asked):
        on, known = question.on.toordinal(), instant_of(question.known)
        other = asked[number - 1] if number % 3 == 0 else None
        for name, product, judged in _answers(pair, question, on, known, other):
            if ids.same(product) != ids.judged(judged):
                yield f"seed {pair.seed}, {name} on {question.on} known {question.known}:\n{_differ(product, judged)}"
        yield from ids.broken
        ids.broken.clear()
    for question in _for_logs(asked):
        for name, product, judged in alert_logs(pair.desk, pair.acceptance, pair.judged, question):
            if product != judged:
                yield f"seed {pair.seed}, {name} known {question.known}:\n{_differ(product, judged)}"


def _for_logs(asked: list[Question]) -> list[Question]:
    """The first, and the one that knows most: the judge takes long over a log."""
    return [asked[0], max(asked, key=lambda question: question.known)] if asked else []


def _answers(
    pair: Pair, question: Question, on: int, known: int, other: Question | None
) -> Iterator[tuple[str, Answer, Answer]]:
    """Every question; with another, also what changed between their days, and what another policy would say: the
    judge takes long over these."""
    desk, acc, day, at = pair.desk, pair.acceptance, question.on, question.known
    by: Any = question.by
    yield "counts", desk.counts(on, known, by), judge.counts(acc, day, at, by)
    yield "drift", desk.drift(on, known), judge.drift(acc, pair.judged, day, at)
    yield (
        "due soon",
        desk.drift(on, known, due_soon=True),
        judge.drift(acc, pair.judged, day, at, due_soon=True),
    )
    yield "compliance", desk.compliance(on, known), judge.compliance(acc, pair.judged, day, at)
    yield (
        f"compliance by {by}",
        desk.compliance(on, known, by=by),
        judge.compliance(acc, pair.judged, day, at, by),
    )
    yield from faults(desk, acc, pair.judged, question)
    if other is not None:
        yield from changes(desk, acc, pair.judged, question, other)
        yield from by_another_policy(desk, acc, pair.judged, pair.seed, question)


def explanations(pair: Pair, question: Question) -> Iterator[str]:
    """Every case known then, explained by both."""
    on, known = question.on.toordinal(), instant_of(question.known)
    cases = {fact.case for fact in pair.acceptance.accepted if fact.known_at <= question.known}
    for case in sorted(cases):
        product = pair.desk.explain(case, on, known)
        judged = judge.explain(pair.acceptance, pair.judged, case, question.on, question.known)
        for part in judged:
            ours, theirs = product[part], judged[part]
            if part == "runs":
                ours, theirs = list(map(_bare, ours)), list(map(_bare, theirs))
            if ours != theirs:
                asked = f"seed {pair.seed}, explain {case}, {part} on {question.on} known {question.known}"
                yield f"{asked}:\n{ours}\n{theirs}"


class _SameIds:
    """Run ids are the product's own; they must be the same exactly where the judge's keys are."""

    def __init__(self) -> None:
        self.key_of: dict[str, str] = {}
        self.id_of: dict[str, str] = {}
        self.broken: list[str] = []

    def same(self, answer: Answer) -> Answer:
        self._product = [line["run"] for line in answer if "run" in line]
        return [{k: v for k, v in line.items() if k != "run"} for line in answer]

    def judged(self, answer: Answer) -> Answer:
        keys = [line["run"] for line in answer if "run" in line]
        for run, key in zip(self._product, keys, strict=False):
            if self.key_of.setdefault(run, key) != key or self.id_of.setdefault(key, run) != run:
                self.broken.append(f"run id {run} is not one to one with {key}")
        return [{k: v for k, v in line.items() if k != "run"} for line in answer]


def _differ(product: Answer, judged: Answer) -> str:
    ours = [f"  product only: {line}" for line in product if _bare(line) not in map(_bare, judged)]
    theirs = [f"  judge only:   {line}" for line in judged if _bare(line) not in map(_bare, product)]
    return "\n".join((ours + theirs)[:6]) or "  the same lines in another order"


def _bare(line: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != "run"}


def _no_other(reference: str, of_name: str) -> tuple[str, str]:
    raise AssertionError(f"{of_name} extends {reference}")
