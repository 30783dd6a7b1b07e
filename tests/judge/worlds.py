"""Seeded random worlds: some twenty cases over two years, as their facts arrive, with all that goes wrong.

A world is the lines of a file in the order of their arrival. The same seed tells the same world again;
`policy_text` gives it an authority's expectations and `questions` what to ask of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from .intake import accept
from .policy import read_policy
from .reading import histories, runs
from .world_lives import Draft, days_of, life, recorded
from .world_mishaps import again, amendments, broken, conflict, notation, written
from .world_policies import policy_text
from .world_questions import Question, questions_of

__all__ = ["AFTERWARDS", "Batch", "Question", "World", "batches", "policy_text", "questions", "world"]

AFTERWARDS = datetime(2022, 6, 1, tzinfo=UTC)
"""A present day for backfills: later than all that a world records, but for what it refuses."""

SOURCES = ("/devon/eclipse", "/devon/mosaic")


@dataclass(frozen=True)
class World:
    seed: int
    lines: tuple[bytes, ...]
    times: tuple[datetime, ...]
    """When each line's fact was recorded, so far as it can be read; else the line before's."""
    cases: tuple[str, ...]
    days: tuple[date, ...]


@dataclass(frozen=True)
class Batch:
    """Lines that arrive together, and the clock's reading when they do."""

    now: datetime
    lines: tuple[bytes, ...]


def world(seed: int, cases: int = 20) -> World:
    """A random world; every `time` lies before 2022, but for those refused as in the future."""
    rng = random.Random(f"world {seed}")
    days = days_of(rng)
    names = [f"{rng.choice(('case', 'Case', 'çase'))}-{number}" for number in range(cases)]
    name = _names(rng)
    drafts = [draft for case in names for draft in _case(rng, case, cases, days, name)]
    for draft in list(drafts):
        if rng.random() < 0.2:
            drafts += amendments(rng, draft, days, name)
    drafts += _astray(rng, drafts, name)
    arriving = _mishaps(rng, _arrival(rng, drafts), names)
    return World(seed, tuple(line for _, line in arriving), tuple(at for at, _ in arriving), tuple(names), tuple(days))


def questions(seed: int, cases: int = 20, count: int = 24) -> list[Question]:
    """What to ask of `world(seed, cases)` once it is loaded as a backfill."""
    told = world(seed, cases)
    acc, expected = accept(told.lines, now=AFTERWARDS, backfill=True), read_policy(policy_text(seed))
    turning = [run for _, moments in histories(acc, AFTERWARDS) for run in runs(expected, moments)]
    turns = sorted({day for run in turning for day in (run.due, run.end) if day is not None})
    return questions_of(random.Random(f"questions {seed}"), acc.accepted, told.days, turns, count)


def batches(seed: int, cases: int = 20) -> list[Batch]:
    """`world(seed, cases)` as it would come live: in pieces, some clocks a few minutes behind the last."""
    told, rng = world(seed, cases), random.Random(f"batches {seed}")
    now, pieces, at = told.times[0], [], 0
    while at < len(told.lines):
        to = at + rng.choice((1, 1, 2, 5, 20, 60))
        now = max(now, *told.times[at:to])
        behind = timedelta(minutes=rng.choice((0, 0, 0, 4)))
        pieces.append(Batch(now - behind, told.lines[at:to]))
        at = to
    return pieces


def _names(rng: random.Random) -> Callable[[str], str]:
    """Identities are made by each source for itself: two sources may use one id."""
    used = dict.fromkeys(SOURCES, 0)

    def name(source: str) -> str:
        used[source] += 1
        return f"{rng.choice('fFé')}{used[source]}"

    return name


def _case(rng: random.Random, case: str, cases: int, days: list[date], name: Callable[[str], str]) -> list[Draft]:
    child = f"c-{rng.randrange(max(1, cases * 3 // 4))}"  # some children have two cases
    main, drafts = rng.choice(SOURCES), []
    for type_, day, data in life(rng, child, days):
        source = main if rng.random() < 0.9 else rng.choice(SOURCES)
        draft = Draft(case, source, name(source), type_, day, recorded(rng, day), data)
        if rng.random() < 0.15:
            draft.extra["recordedafter"] = notation(rng, draft.time - timedelta(days=rng.randrange(1, 40)))
        drafts.append(draft)
    return drafts


def _astray(rng: random.Random, drafts: list[Draft], name: Callable[[str], str]) -> list[Draft]:
    """Amendments that name nothing, themselves, one another, or another case's fact."""
    found = []
    for target in ("nothing", "itself", "mutual", "elsewhere", "elsewhere"):
        model = rng.choice([draft for draft in drafts if draft.type not in ("fact-withdrawn",)])
        first, second = name(model.source), name(model.source)
        others = [one.id for one in drafts if one.source == model.source and one.case != model.case]
        named = {"nothing": "no-such-fact", "itself": first, "mutual": second}.get(target) or rng.choice(others)
        found.append(replace(model, id=first, data={**model.data, "corrects": named}))
        if target == "mutual":
            found.append(replace(model, id=second, data={**model.data, "corrects": first}))
    return found


def _arrival(rng: random.Random, drafts: list[Draft]) -> list[Draft]:
    """Mostly in the order of recording; some come far too early or too late."""
    spread = [timedelta(0)] * 8 + [
        timedelta(days=3),
        timedelta(days=30),
        timedelta(days=-3),
        timedelta(days=-60),
    ]
    keyed = [(draft.time + rng.choice(spread), rng.random(), draft) for draft in drafts]
    return [draft for _, _, draft in sorted(keyed, key=lambda one: one[:2])]


def _mishaps(rng: random.Random, drafts: list[Draft], cases: list[str]) -> list[tuple[datetime, bytes]]:
    """The lines in order of arrival, with those sent twice, in conflict, or unreadable put among them."""
    lines = [(draft.time, written(rng, draft)) for draft in drafts]
    for _ in range(max(4, len(drafts) // 25)):
        _insert(rng, lines, again(rng, rng.choice(drafts)))
        if rng.random() < 0.4:
            _insert(rng, lines, conflict(rng, rng.choice(drafts), cases))
    twice = rng.choice(lines)
    lines.insert(rng.randint(0, len(lines)), twice)
    for line in broken(rng, rng.choice(drafts)):
        if rng.random() < 0.5:
            at = rng.randrange(len(lines))
            lines.insert(at, (lines[at][0], line))
    return lines


def _insert(rng: random.Random, lines: list[tuple[datetime, bytes]], draft: Draft) -> None:
    """Anywhere after the line that says it first, mostly; else anywhere."""
    first = 0
    if rng.random() < 0.8:
        first = max(at for at, (time, _) in enumerate(lines) if at == 0 or time <= draft.time)
    lines.insert(rng.randint(first, len(lines)), (draft.time, written(rng, draft)))
