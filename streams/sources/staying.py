"""A child's stays as facts: each opened with the tier and the plans of its first day, stepped up and down, and ended.

Which days these are is said by `life`; here they get the names and the places in the day under which the record
keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from domain.vocabulary import Plan
from streams.sources import life
from streams.sources.life import Span, Stay, Work
from streams.sources.telling import JUST_AFTER_THE_PLAN, JUST_BEFORE_THE_OPENING, LAST_OF_THE_DAY, Told

EARLY_HELP: Final = "RC9"
"""Reason for closure "case closed after assessment, referred to early help" (CIN census, code set)."""
Plans = Sequence[tuple[Plan, Span]]


def told_of_stays(stays: Sequence[Stay], work: Work, plans: Plans) -> Iterator[Told]:
    """The openings, steps and endings of the stays, which come in their order."""
    beginnings = {stay.start for stay in stays}
    for stay, before in life.carried_into(stays):
        yield from _opening(stay, work, plans)
        for day, tier, up in life.steps(stay, work, before):
            estimated = day in work.inferred
            yield Told("case-stepped-up" if up else "case-stepped-down", day, {"to": tier}, estimated)
        if not life.ends_another(stay, stays):
            yield from _closing(stay, beginnings)


def _opening(stay: Stay, work: Work, plans: Plans) -> Iterator[Told]:
    fields = {
        "tier": life.tier_on(stay.start, stay, work),
        "referral_source": stay.opening.referral_source,
        "need": stay.opening.need,
    }
    yield Told("case-opened", stay.start, fields, stay.opening.estimated or stay.start in work.inferred)
    begun_today = {plan for plan, span in plans if span.start == stay.start}
    for plan in sorted({plan for plan, span in plans if span.on(stay.start)} - begun_today):
        yield Told("plan-started", stay.start, {"plan": plan}, estimated=True)


def _closing(stay: Stay, beginnings: set[int]) -> Iterator[Told]:
    closing = stay.closing
    if closing is None or stay.end is None:
        return
    another_begins = stay.end in beginnings and stay.end != stay.start
    place = JUST_BEFORE_THE_OPENING if another_begins else LAST_OF_THE_DAY
    yield told_of_closing(stay.end, closing.reason, closing.end_estimated, place)


def told_of_closing(day: int, reason: str | None, estimated: bool, place: int = LAST_OF_THE_DAY) -> Told:
    """A case closed, or handed to early help, on that day; `place` is that in the day."""
    if reason == EARLY_HELP:
        return Told("case-stepped-down", day, {"to": "early_help"}, estimated, place)
    return Told("case-closed", day, {"reason": reason}, estimated, place)


def told_of_plan(plan: Plan, span: Span, plans: Plans, *, end_estimated: bool = False) -> Iterator[Told]:
    """A plan or a time in care, one of `plans`: begun and ended.

    What ends on a day comes before what begins on it. But a plan that ended on the very day on which it began would be
    on for ever then, so its end comes after, unless another of its kind is on from that day.
    """
    if span.start is not None:
        yield Told("plan-started", span.start, {"plan": plan})
    if span.end is not None:
        goes_on = any(other.on(span.end) for kind, other in plans if kind == plan)
        place = JUST_AFTER_THE_PLAN if span.start == span.end and not goes_on else None
        yield Told("plan-ended", span.end, {"plan": plan}, end_estimated, place)
