"""Enquiries into whether a child is being harmed: the strategy discussion, what it finds, and the conference.

An enquiry begins with a strategy discussion (section 47). Most find that no conference is needed. Where one is, it
sits some three weeks later, and nearly always asks for a protection plan.
"""

from __future__ import annotations

from typing import Final

from casedrift.simulation.course import Stretch
from casedrift.simulation.published import published
from casedrift.simulation.story import Story
from domain.vocabulary import Tier

_LIKELY: Final[dict[Tier, float]] = {
    "assessment": 0.27, "family_help": 0.08, "child_in_need": 0.13, "child_protection": 0.10, "looked_after": 0.08,
}  # fmt: skip
"""The share of stretches with an enquiry that no protection plan follows."""
_WITHOUT_A_PLAN: Final = 1 - published()["protection_plans"]["started"] / published()["enquiries"]["conferences"]
"""The share of conferences that no plan follows."""
_TO_CONFERENCE: Final = published()["enquiries"]["conferences"] / published()["enquiries"]["section_47"]
_CONFERENCE: Final = _WITHOUT_A_PLAN * _TO_CONFERENCE / (1 - _TO_CONFERENCE * (1 - _WITHOUT_A_PLAN))
"""The share of enquiries without a plan that came to a conference all the same."""


def enquiries_in(story: Story, stretch: Stretch) -> None:
    """An enquiry that leads to no plan, in some of the stretches."""
    if stretch.next == "child_protection" or not story.chance.happens(_LIKELY.get(stretch.tier, 0.0)):
        return
    first = stretch.started_on if stretch.tier == "assessment" else stretch.from_day
    last = max(first, min(first + 16, stretch.until_day - 1)) if stretch.tier == "assessment" else stretch.until_day - 1
    began = story.world.days.from_(story.chance.between(first, last))
    if not stretch.from_day <= began < stretch.until_day:
        return
    held = story.world.days.after(began, max(1, stretch.conference_after))
    if held < stretch.until_day and story.chance.happens(_CONFERENCE):
        _enquire(story, began, held, "conference")
        story.tell(held, "conference-held", outcome="no_plan")
    else:
        _enquire(story, began, stretch.until_day - 1, "no_conference")


def enquire_for(story: Story, before: Stretch, conference_on: int, opened_on: int) -> None:
    """The enquiry before a conference that asks for a plan; none begins before the case is open."""
    began = max(opened_on, story.world.days.after(conference_on, -max(1, before.conference_after)))
    _enquire(story, began, conference_on, "conference")


def _enquire(story: Story, began: int, latest: int, outcome: str) -> None:
    story.tell(began, "strategy-discussion-held", section_47=True)
    ended = max(began, min(story.office_day(4, 11, after=began), latest))
    story.tell(ended, "enquiry-ended", outcome=outcome)
