"""The turning points of a case: the opening, the assessment's end, the conference, care, the closing.

At each the tier changes, and plans start and end. A protection plan may go on for some weeks beside the care
plan, until a conference ends it; a few plans that nobody needs any more are ended only months later.
"""

from __future__ import annotations

from typing import Final

from casedrift.simulation.course import Stay, Stretch
from casedrift.simulation.holding import Holding, hand_on
from casedrift.simulation.story import Fields, Happening, Story
from casedrift.simulation.work import risks
from domain.vocabulary import TIERS, Plan, Tier

_PLAN: Final[dict[Tier, Plan]] = {
    "child_in_need": "child_in_need", "child_protection": "child_protection", "looked_after": "care"
}  # fmt: skip
_REFERRED_BY: Final = ("1A", "2B", "3A", "3F", "4", "5A", "6", "7", "8", "9")
"""Referral sources as the children in need census codes them: a relative, a school, health, the police, …"""
_NEEDS: Final = (
    ("N1", 0.53), ("N2", 0.08), ("N3", 0.03), ("N4", 0.09), ("N5", 0.14),
    ("N6", 0.05), ("N8", 0.05), ("N9", 0.03),
)  # fmt: skip
_REASONS: Final = (
    ("needs_met", 0.55), ("no_further_action", 0.3), ("moved_away", 0.1), ("transferred", 0.05),
)  # fmt: skip


def refer(story: Story, stay: Stay) -> None:
    """The referral, and what was decided on it."""
    decision = "assess" if stay.stretches else "early_help"
    if not stay.stretches and stay.ending == "closed":
        decision = "no_further_action"
    story.tell(stay.referred_on, "referral-received", decision=decision)


def open_stay(story: Story, stay: Stay, holding: Holding) -> None:
    """The opening; a case that comes from elsewhere opens at its tier, with its plan on."""
    first, chance = stay.stretches[0], story.chance
    fields: Fields = {"tier": first.tier, "referral_source": chance.one_of(_REFERRED_BY)}
    fields["need"] = "N2" if story.disabled else chance.weighed(_NEEDS)
    if first.from_day < story.world.begin - 730 and chance.happens(0.2):
        fields["estimated"] = True  # from before the present case system
    story.tell(first.from_day, "case-opened", **fields, **holding.opening(story, first.from_day))
    if first.tier in _PLAN:
        _start_plan(story, _PLAN[first.tier], first.from_day)
    if first.tier != "assessment":
        _assess(story, first, story.office_day(20, 50, after=first.from_day))


def assess(story: Story, stretch: Stretch) -> None:
    """The assessment: done at the end of its stretch, or not where the case just lay there."""
    started = min(story.office_day(0, 3, after=stretch.from_day), stretch.until_day - 1)
    story.tell(started, "assessment-started")
    if story.chance.happens(0.13):
        _enquire(story, stretch, story.office_day(1, 12, after=started), "no_conference")
    if stretch.drift == "untouched" and story.chance.happens(0.6):
        return
    assessed = max(started + 1, story.office_day(-4, 0, after=stretch.until_day))
    _assess(story, stretch, assessed, started)


def step(story: Story, before: Stretch, after: Stretch, holding: Holding) -> None:
    """From one tier to the next, with what goes before it and the plans that start and end."""
    day, chance = after.from_day, story.chance
    carried = hand_on(story, holding, after)
    if before.tier == "assessment" and not any(told.type == "case-assessed" for told in _since(story, before)):
        _assess(story, after, story.office_day(15, 90, after=day))  # it was missed, and is made up for
    if after.tier == "child_protection":
        _confer(story, before, day)
    if before.tier == "child_protection" and after.tier == "child_in_need":
        story.tell(day, "conference-held", outcome="no_plan")
    plan = _PLAN.get(after.tier)
    if plan == "child_in_need" and before.tier == "assessment" and chance.happens(0.4):
        _start_plan(story, plan, max(before.from_day, story.office_day(-6, -1, after=day)))
        plan = None  # it was drawn up while the assessment was still under way
    up = TIERS.index(after.tier) > TIERS.index(before.tier) and after.tier != "care_leaver"
    story.tell(day, "case-stepped-up" if up else "case-stepped-down", to=after.tier, **carried)
    if plan:
        _begin(story, plan, after)
    _end(story, before, after)


def close(story: Story, stay: Stay) -> None:
    """The end of the stay: closed, or stepped down to what lies outside the service."""
    last, day = stay.stretches[-1], stay.ended_on
    for plan in sorted(story.plans_on):
        if story.chance.happens(0.85):
            story.tell(day, "plan-ended", plan=plan)
    story.plans_on.clear()  # the end of the stay ends those too of which no more was said
    if stay.ending == "closed":
        reason = story.chance.weighed(_REASONS)
        if last.tier in ("looked_after", "care_leaver"):
            reason = "adopted" if last.tier == "looked_after" else "eighteenth_birthday"
        story.tell(day, "case-closed", reason=reason)
    else:
        story.tell(day, "case-stepped-down", to=stay.ending)


def strange(story: Story, stay: Stay) -> None:
    """What should not be on any record, and is: a second opening, a second closing, work on a closed case."""
    chance, first = story.chance, stay.stretches[0]
    if chance.happens(0.008):
        day = story.office_day(1, 20, after=first.from_day)
        story.tell(day, "case-opened", tier=first.tier)
    if chance.happens(0.006):
        story.tell(story.office_day(1, 15, after=stay.ended_on), "case-closed", reason="needs_met")
    if chance.happens(0.03):
        day = story.office_day(1, 10, after=stay.ended_on)
        story.tell(day, chance.one_of(("case-supervised", "child-visited")))


def _assess(story: Story, stretch: Stretch, day: int, started: int | None = None) -> None:
    if day > stretch.until_day:
        return
    fields: Fields = {} if started is None else {"started_on": story.iso(started)}
    outcome = stretch.next if stretch.tier == "assessment" else stretch.tier
    if outcome == "closed":
        outcome = "no_further_action"  # type: ignore[assignment]
    story.tell(day, "case-assessed", **fields, outcome=outcome, risks=risks(story))


def _enquire(story: Story, stretch: Stretch, day: int, outcome: str) -> None:
    """A strategy discussion that begins a section 47 enquiry, and the enquiry's end."""
    if day >= stretch.until_day:
        return
    story.tell(day, "strategy-discussion-held", section_47=True)
    story.tell(min(story.office_day(4, 11, after=day), stretch.until_day), "enquiry-ended", outcome=outcome)


def _confer(story: Story, before: Stretch, day: int) -> None:
    """A conference follows its strategy discussion within 15 working days; in drift it comes later."""
    allowed = (8, 15) if before.drift is None else (13, 30)
    began = story.office_day(-allowed[1], -allowed[0], after=day)
    _enquire(story, before, max(before.from_day, began), "conference")
    story.tell(day, "conference-held", outcome="plan")


def _begin(story: Story, plan: Plan, after: Stretch) -> None:
    """The new tier's plan: at once in protection, within days in care, some weeks late or never in need."""
    day = after.from_day
    if plan == "care":
        day = story.office_day(0, 10, after=day)
    elif plan == "child_in_need":
        day = story.office_day(0, 12, after=day)
        if after.drift and story.chance.happens(0.25):
            return
    if day < after.until_day:
        _start_plan(story, plan, day)


def _since(story: Story, stretch: Stretch) -> list[Happening]:
    return [happening for happening in story.told if happening.day >= stretch.from_day]


def _start_plan(story: Story, plan: Plan, day: int) -> None:
    story.plans_on.add(plan)
    story.tell(day, "plan-started", plan=plan)


def _end(story: Story, before: Stretch, after: Stretch) -> None:
    """The old tier's plan ends with the step or within days of it; at the latest, when the new tier is left."""
    plan = _PLAN.get(before.tier)
    if plan not in story.plans_on:
        return
    day, chance = after.from_day, story.chance
    if after.tier == "looked_after" and plan == "child_protection" and chance.happens(0.6):
        day = story.office_day(10, 45, after=day)  # when the next conference sits
    elif chance.happens(0.03):
        day = story.office_day(15, 110, after=day)  # nobody thought of ending it
    elif chance.happens(0.3):
        day = story.office_day(1, 4, after=day)
    story.plans_on.discard(plan)
    story.tell(min(day, after.until_day), "plan-ended", plan=plan)
