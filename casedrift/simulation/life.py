"""One child's life with the service, from the first referral to the last closing, as it truly happened.

The outline comes from `course`; here it is filled with turning points, work and the people who hold the case.
"""

from __future__ import annotations

from typing import Final

from casedrift.simulation.chance import Chance
from casedrift.simulation.course import Course, Stay, course
from casedrift.simulation.enquiries import enquiries_in
from casedrift.simulation.holding import first_holding, keep_held
from casedrift.simulation.story import Happening, Story, World
from casedrift.simulation.turning import assess, close, open_stay, refer, step, strange
from casedrift.simulation.work import work
from domain.vocabulary import ALLOCATION_KEYS

_REPEATS: Final = frozenset(("case-supervised", "child-visited", "plan-reviewed", "challenge-recorded", "case-audited"))
_PASSES: Final = frozenset((
    "referral-received", "assessment-started", "strategy-discussion-held", "enquiry-ended", "conference-held",
))  # fmt: skip
_RECENT: Final = 183
"""Days before the span from which enquiries and the like were still carried over."""


def outline(world: World, candidate: int, referred_on: int) -> tuple[Chance, Course]:
    """The child's course, and the luck from there on; the same each time that it is asked."""
    chance = Chance(world.seed, "child", candidate)
    return chance, course(chance, world.days, referred_on, world.end)


def happenings(world: World, candidate: int, referred_on: int) -> list[Happening]:
    """All that happened to the child before the end of the span, in order of day.

    Of what happened before the span, only what shapes the case is kept, and the last of each kind of work
    that repeats: more was not carried over when the case system was new.
    """
    chance, lived = outline(world, candidate, referred_on)
    story = Story(world, chance, lived.disabled)
    for stay in lived.stays:
        _stay(story, stay)
    story.told.sort(key=lambda happening: happening.day)  # stable: a day's happenings keep their order
    return _carried_over(story.told, world.begin)


def _stay(story: Story, stay: Stay) -> None:
    if not stay.stretches:
        refer(story, stay)
        return
    holding = first_holding(story, stay.stretches[0])
    open_stay(story, stay, holding)
    before = None
    for stretch in stay.stretches:
        if before:
            step(story, stay, before, stretch, holding)
        if stretch.tier == "assessment":
            assess(story, stretch)
        else:
            enquiries_in(story, stretch)
        work(story, stretch)
        keep_held(story, holding, stretch)
        before = stretch
    close(story, stay)
    strange(story, stay)


def _carried_over(told: list[Happening], begin: int) -> list[Happening]:
    kept: list[Happening] = []
    later: set[object] = set()  # what is told again between here and the span
    for happening in reversed(told):
        if happening.day >= begin or _is_carried(happening, begin, later):
            kept.append(happening)
    kept.reverse()
    return kept


def _is_carried(happening: Happening, begin: int, later: set[object]) -> bool:
    """Whether a happening before the span is still of use; going backwards, `later` learns of it."""
    if happening.type in _PASSES:
        return happening.day >= begin - _RECENT
    repeats = happening.type in _REPEATS or "progress" in happening.fields
    if repeats:
        told: set[object] = {(happening.type, happening.fields.get("plan"))}
    else:
        told = {key for key in ALLOCATION_KEYS if key in happening.fields}
    replaced = told <= later
    later |= told
    if happening.type == "case-opened":
        later.difference_update(ALLOCATION_KEYS)  # a stay keeps nothing of the one before
    return not replaced or not (repeats or happening.type == "case-allocated")
