"""The turning points of a case: the opening, the assessment's end, the plans that start and end, care, the closing.

At each the tier changes for a reason that is on the record too: an assessment authorised, a plan begun or ended. The
reason and the change are one entry, put down together, as case systems do. A protection plan may go on for some weeks
beside the care plan, until a conference ends it; in-need plans that nobody needs any more are ended months later.
"""

from __future__ import annotations

from typing import Final

from casedrift.simulation.course import Stay, Stretch
from casedrift.simulation.enquiries import enquire_for, enquiries_in
from casedrift.simulation.holding import Holding, hand_on
from casedrift.simulation.story import Fields, Story
from casedrift.simulation.work import PROGRESS, risks
from domain.vocabulary import TIERS, Plan, Tier

Entry = list[tuple[str, Fields]]

PLAN_OF: Final[dict[Tier, Plan]] = {
    "child_in_need": "child_in_need", "child_protection": "child_protection", "looked_after": "care"
}  # fmt: skip
_REFERRED_BY: Final = ("1A", "2B", "3A", "3F", "4", "5A", "6", "7", "8", "9")
"""Referral sources as the children in need census codes them: a relative, a school, health, the police, …"""
_NEEDS: Final = (
    ("N1", 0.53), ("N2", 0.08), ("N3", 0.03), ("N4", 0.09), ("N5", 0.14),
    ("N6", 0.05), ("N8", 0.05), ("N9", 0.03),
)  # fmt: skip
_NOT_IN_NEED: Final = "RC8"
_REASONS: Final = (("RC7", 0.87), ("RC5", 0.07), ("RC4", 0.04), ("RC3", 0.02))
_REASONS_IN_CARE: Final = (("RC7", 0.45), ("RC4", 0.25), ("RC1", 0.20), ("RC3", 0.10))
_GROWN_UP: Final = "RC6"
"""Reasons for closure as the census codes them: no longer in need (7), moved (5), guardianship (4), arrangements (3),
adopted (1), grown up (6); closed after assessment (8)."""


def refer(story: Story, stay: Stay) -> None:
    """A referral that opened nothing, and what was decided on it."""
    decision = "no_further_action" if stay.ending == "closed" else "early_help"
    story.tell(stay.referred_on, "referral-received", decision=decision)


def open_stay(story: Story, stay: Stay, holding: Holding) -> None:
    """The referral and the opening; a case that comes from elsewhere brings its assessment and its plan."""
    first, chance = stay.stretches[0], story.chance
    fields: Fields = {"tier": first.tier, "referral_source": chance.one_of(_REFERRED_BY)}
    fields["need"] = "N2" if story.disabled else chance.weighed(_NEEDS)
    if first.from_day < story.world.begin - 730 and chance.happens(0.2):
        fields["estimated"] = True  # from before the present case system
    entry: Entry = [
        ("referral-received", {"decision": "assess"}),
        ("case-opened", {**fields, **holding.opening(story, first.from_day)}),
    ]
    if first.tier != "assessment":
        entry.append(_assessed(story, first.tier))
    if first.tier in PLAN_OF:
        entry.append(_started(story, PLAN_OF[first.tier]))
    story.tell_together(first.from_day, *entry)


def assess(story: Story, stretch: Stretch) -> None:
    """The assessment begins; of those that nobody touches, some are never finished."""
    started = min(stretch.started_on, stretch.until_day - 1)
    story.tell(started, "assessment-started")
    if stretch.drift == "untouched" and stretch.next in ("closed", "child_protection"):
        stretch.finished = not story.chance.happens(0.6)
    enquiries_in(story, stretch)


def step(story: Story, stay: Stay, before: Stretch, after: Stretch, holding: Holding) -> None:
    """From one tier to the next, with what is the reason for it."""
    day = after.from_day
    carried = hand_on(story, holding, after)
    entry = _assessment_of(story, before, after.tier)
    if before.tier == "assessment" and not entry:
        _make_up(story, before, after)
    if after.tier == "child_protection":
        if before.tier != "looked_after":
            enquire_for(story, before, day, stay.stretches[0].from_day)
        entry.append(("conference-held", {"outcome": "plan"}))
    entry += _ended_with(story, before, after)
    up = TIERS.index(after.tier) > TIERS.index(before.tier) and after.tier != "care_leaver"
    changed: Entry = [("case-stepped-up" if up else "case-stepped-down", {"to": after.tier, **carried})]
    begun = [_started(story, PLAN_OF[after.tier])] if after.tier in ("child_protection", "looked_after") else []
    story.tell_together(day, *entry, *(begun + changed if up else changed + begun))
    if after.tier == "child_in_need":
        _plan_for_need(story, after)
    _end_later(story, before, after)


def close(story: Story, stay: Stay) -> None:
    """The end of the stay: closed, or stepped down to what lies outside the service."""
    last, chance = stay.stretches[-1], story.chance
    entry = _assessment_of(story, last, stay.ending)
    not_in_need = bool(entry)
    if "child_protection" in story.plans_on:
        entry.append(_reviewed_to_its_end(story))
    entry += [("plan-ended", {"plan": plan}) for plan in sorted(story.plans_on) if chance.happens(0.85)]
    story.plans_on.clear()  # the end of the stay ends those too of which no more was said
    if stay.ending == "closed":
        entry.append(("case-closed", {"reason": _NOT_IN_NEED if not_in_need else _reason(story, last.tier)}))
    else:
        entry.append(("case-stepped-down", {"to": stay.ending}))
    if len(entry) > 1:
        story.tell_together(stay.ended_on, *entry)
    else:
        story.tell(stay.ended_on, entry[0][0], **entry[0][1])


def strange(story: Story, stay: Stay) -> None:
    """What should not be on any record, and is: a second opening, a second closing, work on a closed case."""
    chance, first = story.chance, stay.stretches[0]
    if chance.happens(0.008):
        day = story.office_day(1, 20, after=first.from_day)
        if day < stay.ended_on:
            story.tell(day, "case-opened", tier=first.tier)
    if chance.happens(0.006):
        story.tell(story.office_day(1, 5, after=stay.ended_on), "case-closed", reason="RC7")
    if chance.happens(0.03):
        day = story.office_day(1, 5, after=stay.ended_on)
        story.tell(day, chance.one_of(("case-supervised", "child-visited")))


def _reason(story: Story, tier: Tier) -> str:
    if tier == "care_leaver":
        return _GROWN_UP
    return story.chance.weighed(_REASONS_IN_CARE if tier == "looked_after" else _REASONS)


def _assessed(story: Story, outcome: str, started: int | None = None) -> tuple[str, Fields]:
    fields: Fields = {} if started is None else {"started_on": story.iso(started)}
    outcome = "no_further_action" if outcome == "closed" else outcome
    return "case-assessed", {**fields, "outcome": outcome, "risks": risks(story)}


def _assessment_of(story: Story, stretch: Stretch, outcome: str) -> Entry:
    """The authorisation with which a stretch in assessment ends, if it was finished."""
    if stretch.tier != "assessment" or not stretch.finished:
        return []
    return [_assessed(story, outcome, stretch.started_on)]


def _make_up(story: Story, before: Stretch, after: Stretch) -> None:
    """The assessment was missed, and is made up for in the stretch that follows."""
    day = min(story.office_day(15, 90, after=after.from_day), after.until_day - 1)
    if day > after.from_day:
        story.tell_together(day, _assessed(story, after.tier, before.started_on))


def _started(story: Story, plan: Plan) -> tuple[str, Fields]:
    story.plans_on.add(plan)
    return "plan-started", {"plan": plan}


def _plan_for_need(story: Story, after: Stretch) -> None:
    """A plan for a child in need follows within days, or, where the case drifts, in a quarter of them never."""
    day = story.office_day(0, 12, after=after.from_day)
    if day < after.until_day and not (after.drift and story.chance.happens(0.25)):
        story.tell_together(day, _started(story, "child_in_need"))


def _reviewed_to_its_end(story: Story) -> tuple[str, Fields]:
    """A protection plan ends at a review conference."""
    return "plan-reviewed", {"plan": "child_protection", "progress": story.chance.weighed(PROGRESS)}


def _ended_with(story: Story, before: Stretch, after: Stretch) -> Entry:
    """Care, and protection unless it goes on beside care for a while: they end with the step."""
    plan = PLAN_OF.get(before.tier)
    if plan not in story.plans_on or plan == "child_in_need":
        return []
    if after.tier == "looked_after" and story.chance.happens(0.6):
        return []
    story.plans_on.discard(plan)
    ended: Entry = [("plan-ended", {"plan": plan})]
    return [_reviewed_to_its_end(story), *ended] if plan == "child_protection" else ended


def _end_later(story: Story, before: Stretch, after: Stretch) -> None:
    """What has not ended with the step: within days or weeks; at the latest, when the new tier is left."""
    plan = PLAN_OF.get(before.tier)
    if plan not in story.plans_on:
        return
    day, chance = after.from_day, story.chance
    if plan == "child_protection":
        day = story.office_day(10, 45, after=day)  # when the next conference sits
    elif chance.happens(0.03):
        day = story.office_day(15, 110, after=day)  # nobody thought of ending it
    elif chance.happens(0.3):
        day = story.office_day(1, 4, after=day)
    story.plans_on.discard(plan)
    story.tell_together(min(day, after.until_day - 1), ("plan-ended", {"plan": plan}))
