"""The work that repeats while a case is open: supervision, visits, reviews, reassessment, challenge, audit.

Each has the rhythm that guidance or local practice asks for, is missed now and then, and stops for months
where the case is left to drift. Rhythms are in office days (21 to a month).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casedrift.simulation.course import Stretch
from casedrift.simulation.story import Fields, Story
from domain.vocabulary import Plan, Tier

Gap = tuple[int, int]
"""The fewest and the most office days between two pieces of work."""

_SUPERVISION: Final[dict[Tier, Gap]] = {
    "assessment": (15, 23), "family_help": (28, 40), "child_in_need": (18, 26), "child_protection": (17, 24),
    "looked_after": (20, 30), "care_leaver": (40, 60),
}  # fmt: skip
_VISITS: Final[dict[Tier, tuple[Gap, ...]]] = {  # the first, then each after the one before; the last repeats
    "assessment": ((1, 8), (16, 28)),
    "family_help": ((3, 10), (22, 40)),
    "child_in_need": ((2, 12), (17, 27)),
    "child_protection": ((1, 7), (8, 13)),
    "looked_after": ((1, 6), (26, 32)),  # 1 week, then 6 weeks: reg. 28, SI 2010/959
    "care_leaver": ((10, 25), (40, 60)),
}
_SETTLED: Final = ((1, 6), *(((26, 32),) * 8), (50, 66))  # 3 months where the placement is to last until 18
_SHORT_BREAKS: Final = ((5, 20), (55, 75))
_REVIEWS: Final[dict[Tier, tuple[Plan, tuple[Gap, ...]]]] = {  # the last gap repeats
    "child_in_need": ("child_in_need", ((48, 66),)),
    "child_protection": ("child_protection", ((46, 61), (95, 121))),  # 3 months, then 6
    "looked_after": ("care", ((12, 21), (50, 66), (105, 130))),  # 20 working days, 3 months, then 6: reg. 33
}
_REASSESSED: Final[Gap] = (200, 275)
PROGRESS: Final = (("improved", 0.5), ("static", 0.36), ("worse", 0.14))
_GRADES: Final = (("good", 0.46), ("requires_improvement", 0.34), ("outstanding", 0.10), ("inadequate", 0.10))
_GRADES_IN_DRIFT: Final = (("requires_improvement", 0.5), ("inadequate", 0.4), ("good", 0.1))
_STRICTER: Final = {
    "outstanding": "good", "good": "requires_improvement", "requires_improvement": "inadequate"
}  # fmt: skip
RISKS: Final = ("16A", "3B", "4B", "2B", "11A", "6A", "15A", "7A")
"""Factors found at an assessment as the children in need census codes them: neglect, domestic abuse, a parent's mental
health, a parent's drugs, exploitation, disability, self-harm, caring for others."""


def work(story: Story, stretch: Stretch) -> None:
    """Tell all that repeats in the stretch."""
    quiet = _quiet_time(story, stretch)
    _supervise(story, stretch, quiet if stretch.drift in ("unsupervised", "untouched") else (0, 0))
    _visit(story, stretch, quiet if stretch.drift in ("unvisited", "untouched") else (0, 0))
    _review(story, stretch, quiet if stretch.drift == "untouched" else (0, 0))
    _reassess(story, stretch, quiet if stretch.drift == "untouched" else (0, 0))
    _challenge(story, stretch)
    _audit(story, stretch)


def risks(story: Story) -> list[str]:
    """One to three risk codes."""
    first = story.chance.between(0, len(RISKS) - 1)
    return [RISKS[(first + step * 3) % len(RISKS)] for step in range(story.chance.between(1, 3))]


def _quiet_time(story: Story, stretch: Stretch) -> tuple[int, int]:
    """The days in which a drifting case lies: at the end of the stretch where all was done but the ending."""
    length = story.chance.between(80, 280)
    if stretch.drift == "untouched":
        return max(stretch.from_day, stretch.until_day - length), stretch.until_day
    spare = max(0, stretch.until_day - stretch.from_day - length)
    begins = stretch.from_day + story.chance.between(0, spare)
    return begins, begins + length


def _rhythm(story: Story, stretch: Stretch, gaps: tuple[Gap, ...], quiet: tuple[int, int]) -> Iterator[int]:
    last = min(stretch.until_day, story.world.end)
    day, turn = stretch.from_day, 0
    while True:
        day = story.office_day(*gaps[min(turn, len(gaps) - 1)], after=day)
        turn += 1
        if day >= last:
            return
        if not quiet[0] <= day < quiet[1]:
            yield day


def _supervise(story: Story, stretch: Stretch, quiet: tuple[int, int]) -> None:
    chance, world, locality = story.chance, story.world, stretch.locality
    for day in _rhythm(story, stretch, (_SUPERVISION[stretch.tier],), quiet):
        gone = max(0, day - world.begin) / (world.end - world.begin)
        if not chance.happens(locality.missed * (1 + gone * locality.worsens)):
            fields: Fields = {} if chance.happens(0.6) else {"challenged": chance.happens(0.35)}
            story.tell(day, "case-supervised", **fields)


def _visit(story: Story, stretch: Stretch, quiet: tuple[int, int]) -> None:
    chance = story.chance
    gaps = _VISITS[stretch.tier]
    if story.disabled and stretch.tier == "child_in_need":
        gaps = _SHORT_BREAKS
    elif stretch.tier == "looked_after" and chance.happens(0.15):
        gaps = _SETTLED
    for day in _rhythm(story, stretch, gaps, quiet):
        if not chance.happens(stretch.locality.missed * 0.9):
            fields: Fields = {} if chance.happens(0.3) else {"seen_alone": chance.happens(0.75)}
            story.tell(day, "child-visited", **fields)


def _review(story: Story, stretch: Stretch, quiet: tuple[int, int]) -> None:
    """Reviews; in protection and in care an independent chair asks for each, so that none is left out for good."""
    if stretch.tier not in _REVIEWS:
        return
    plan, gaps = _REVIEWS[stretch.tier]
    chaired = plan != "child_in_need"
    for day in _rhythm(story, stretch, gaps, (quiet[0], min(quiet[1], quiet[0] + 120)) if chaired else quiet):
        held = day
        if story.chance.happens(stretch.locality.missed * (0.35 if chaired else 0.6)):
            held = story.office_day(10, 60, after=day)
            if not chaired or held >= stretch.until_day:
                continue
        fields: Fields = {"plan": plan, "progress": story.chance.weighed(PROGRESS)}
        if story.chance.happens(0.3):
            fields["risks_addressed"] = risks(story)
        story.tell(held, "plan-reviewed", **fields)


def _reassess(story: Story, stretch: Stretch, quiet: tuple[int, int]) -> None:
    if stretch.tier in ("assessment", "family_help"):
        return
    for day in _rhythm(story, stretch, (_REASSESSED,), quiet):
        done = story.office_day(20, 130, after=day) if story.chance.happens(stretch.locality.missed) else day
        if done < stretch.until_day:
            progress = story.chance.weighed(PROGRESS)
            told: Fields = {"progress": progress, "outcome": "continue", "risks": risks(story)}
            story.tell_together(done, ("case-assessed", told))


def _challenge(story: Story, stretch: Stretch) -> None:
    if not story.chance.happens(0.03 if stretch.drift is None else 0.25):
        return
    by = ("manager", "senior_manager")
    if stretch.tier == "looked_after":
        by = ("reviewing_officer", "senior_manager")
    elif stretch.tier == "child_protection":
        by = ("conference_chair", "manager")
    story.tell(_some_day(story, stretch), "challenge-recorded", by=story.chance.one_of(by))


def _audit(story: Story, stretch: Stretch) -> None:
    chance = story.chance
    if not chance.happens(0.05):
        return
    grade = chance.weighed(_GRADES if stretch.drift is None else _GRADES_IN_DRIFT)
    fields: Fields = {"grade": grade, "about": chance.one_of(("case", "assessment", "plan", "supervision"))}
    if chance.happens(0.4):
        fields["moderated_grade"] = _STRICTER.get(grade, grade) if chance.happens(0.4) else grade
    fields["auditor"] = f"auditor-{chance.between(1, 12)}"
    story.tell(_some_day(story, stretch), "case-audited", **fields)


def _some_day(story: Story, stretch: Stretch) -> int:
    day = story.world.days.from_(story.chance.between(stretch.from_day, stretch.until_day - 1))
    return min(day, stretch.until_day - 1)
