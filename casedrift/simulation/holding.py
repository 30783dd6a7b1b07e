"""Who holds the case: the locality, team and worker that it is allocated to, and how that changes hands.

A worker who leaves hands over the whole desk, or leaves the cases with nobody; a case that moves from the
assessment team to another moves with its step, or some days behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from casedrift.simulation.course import Stretch
from casedrift.simulation.people import Desk
from casedrift.simulation.story import Fields, Story
from domain.vocabulary import Tier

COHORT: Final = "disabled-children"
_TEAM: Final[dict[Tier, int]] = {
    "assessment": 1, "family_help": 2, "child_in_need": 2, "child_protection": 2, "looked_after": 3,
    "care_leaver": 3,
}  # fmt: skip


@dataclass(slots=True)
class Holding:
    """The desk that holds the case in this stay, and the locality that the desk is in."""

    desk: Desk
    locality: str

    def opening(self, story: Story, day: int) -> Fields:
        """The allocation that the opening carries; of some, the cohort is noted only later."""
        worker = self.desk.worker_on(day)
        fields: Fields = {"locality": self.locality, "team": self.desk.team, "worker": worker}
        if story.disabled and story.chance.happens(0.8):
            fields["cohort"] = COHORT
        return fields


def first_holding(story: Story, stretch: Stretch) -> Holding:
    """The desk on which a newly opened case lands."""
    return Holding(_desk(story, stretch), stretch.locality.name)


def hand_on(story: Story, holding: Holding, stretch: Stretch) -> Fields:
    """Move the case to the team that its new stretch belongs with; what the step itself carries comes back.

    Some are moved by a `case-allocated` of their own, days behind the step, or lie with nobody in between.
    """
    desk = _desk(story, stretch)
    if desk.team == holding.desk.team:
        return {}
    moved: Fields = {"team": desk.team}
    if stretch.locality.name != holding.locality:
        moved = {"locality": stretch.locality.name, **moved}
    holding.desk, holding.locality = desk, stretch.locality.name
    if story.chance.happens(0.55):
        return {**moved, "worker": desk.worker_on(stretch.from_day)}
    day = story.office_day(0, 6, after=stretch.from_day)
    if story.chance.happens(stretch.locality.unfilled * 0.4):
        story.tell(stretch.from_day, "case-allocated", worker=None)
        day = story.office_day(10, 60, after=stretch.from_day)
    if day < stretch.until_day:
        story.tell(day, "case-allocated", **moved, worker=desk.worker_on(day))
    return {}


def keep_held(story: Story, holding: Holding, stretch: Stretch) -> None:
    """Tell of the workers who come and go while the case is in the stretch."""
    desk = holding.desk
    for change in desk.changes_within(stretch.from_day, stretch.until_day):
        if change.worker is None and story.chance.happens(0.08):
            story.tell(change.day, "case-allocated", team=None, worker=None)
        else:
            story.tell(change.day, "case-allocated", team=desk.team, worker=change.worker)
    if story.disabled and story.chance.happens(0.12):
        day = story.office_day(1, 30, after=stretch.from_day)
        if day < stretch.until_day:
            story.tell(day, "case-allocated", cohort=COHORT if story.chance.happens(0.9) else None)


def _desk(story: Story, stretch: Stretch) -> Desk:
    number = 3 if story.disabled and stretch.tier == "child_in_need" else _TEAM[stretch.tier]
    return story.world.people.desk(story.chance, stretch.locality, number)
