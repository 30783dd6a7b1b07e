"""What the census tells of one child, as facts: the table of `docs/census.md`, line by line.

Each episode tells what happened to it (referred, assessed, conferenced, planned for); openings, closings and
tiers belong to the stay, since overlapping episodes are one time of being open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from domain.days import format_day
from domain.vocabulary import Plan
from streams.sources import life
from streams.sources.cin_census.rows import Episode
from streams.sources.life import Span, Stay, Work
from streams.sources.telling import JUST_BEFORE_THE_OPENING, LAST_OF_THE_DAY, Told

EARLY_HELP: Final = "RC9"
"""Reason for closure "case closed after assessment, referred to early help" (CIN census, code set)."""


def told_of(episodes: Iterable[Episode]) -> Iterator[Told]:
    """Everything that a child's episodes tell, in no order yet."""
    episodes = tuple(episodes)
    for episode in episodes:
        yield from _referral(episode)
        yield from _assessments(episode)
        yield from _enquiries(episode)
        yield from _plans(episode)
    for day in {day for episode in episodes for day in episode.conferences}:
        yield Told("conference-held", day, {})  # told twice in one episode, held once
    yield from _stays(episodes)


def _referral(episode: Episode) -> Iterator[Told]:
    if episode.referred is not None:
        decision = {True: "no_further_action", False: "assess", None: None}[episode.no_further_action]
        yield Told("referral-received", episode.referred, {"decision": decision})


def _assessments(episode: Episode) -> Iterator[Told]:
    for assessment in episode.assessments:
        if assessment.started is not None:
            yield Told("assessment-started", assessment.started, {})
        if assessment.authorised is not None:
            started_on = None if assessment.started is None else format_day(assessment.started)
            fields = {"started_on": started_on, "risks": list(assessment.factors) or None}
            yield Told("case-assessed", assessment.authorised, fields)


def _enquiries(episode: Episode) -> Iterator[Told]:
    for enquiry in episode.enquiries:
        if enquiry.started is None:
            continue
        yield Told("strategy-discussion-held", enquiry.started, {"section_47": True})
        if enquiry.no_conference:
            # The census has no day on which an enquiry ended, only that it led to no conference.
            yield Told("enquiry-ended", enquiry.started, {"outcome": "no_conference"}, estimated=True)


def _plans(episode: Episode) -> Iterator[Told]:
    for plan, span in _all_plans((episode,)):
        if span.start is not None:
            yield Told("plan-started", span.start, {"plan": plan})
        if span.end is not None:
            yield Told("plan-ended", span.end, {"plan": plan})
    for day in episode.reviews:
        yield Told("plan-reviewed", day, {"plan": "child_protection"})


def closings_not_told(episodes: Iterable[Episode]) -> list[Episode]:
    """The episodes closed before they were referred, on a day on which that closing would end another stay.

    A date that makes no sense is told as it was recorded and shows as a finding, but it may not cut short what
    another row says.
    """
    episodes = tuple(episodes)
    if not any(map(_closed_before_referred, episodes)):
        return []
    stays = _all_stays(episodes)
    closings = [stay.closing for stay in stays if life.ends_another(stay, stays)]
    return [episode for episode in episodes if any(spell in closings for spell in _spell(episode))]


def _closed_before_referred(episode: Episode) -> bool:
    return episode.closed is not None and episode.referred is not None and episode.closed < episode.referred


def _all_stays(episodes: Iterable[Episode]) -> list[Stay]:
    return life.stays(spell for episode in episodes for spell in _spell(episode))


def _stays(episodes: tuple[Episode, ...]) -> Iterator[Told]:
    work = Work(
        protection=tuple(span for episode in episodes for span in episode.protection_plans),
        in_need=tuple(span for episode in episodes for span in episode.in_need_plans),
        assessed=tuple(
            assessment.authorised
            for episode in episodes
            for assessment in episode.assessments
            if assessment.authorised is not None
        ),
    )
    stays = _all_stays(episodes)
    beginnings = {stay.start for stay in stays}
    for stay, before in life.carried_into(stays):
        yield from _opening(stay, work, tuple(_all_plans(episodes)))
        for day, tier, up in life.steps(stay, work, before):
            yield Told("case-stepped-up" if up else "case-stepped-down", day, {"to": tier})
        if not life.ends_another(stay, stays):
            yield from _closing(stay, beginnings)


def _spell(episode: Episode) -> Iterator[life.Episode]:
    """The episode as a time of being open; none where it was no further action and nothing was done."""
    if episode.referred is None or (episode.no_further_action and not episode.worked_on):
        return
    yield life.Episode(episode.referred, episode.closed, episode.reason, episode.referral_source, episode.need)


def _opening(stay: Stay, work: Work, plans: tuple[tuple[Plan, Span], ...]) -> Iterator[Told]:
    fields = {
        "tier": life.tier_on(stay.start, stay, work),
        "referral_source": stay.opening.referral_source,
        "need": stay.opening.need,
    }
    yield Told("case-opened", stay.start, fields)
    begun_today = {plan for plan, span in plans if span.start == stay.start}
    for plan in sorted({plan for plan, span in plans if span.on(stay.start)} - begun_today):
        yield Told("plan-started", stay.start, {"plan": plan}, estimated=True)


def _closing(stay: Stay, beginnings: set[int]) -> Iterator[Told]:
    if stay.closing is None or stay.end is None:
        return
    another_begins = stay.end in beginnings and stay.end != stay.start
    place = JUST_BEFORE_THE_OPENING if another_begins else LAST_OF_THE_DAY
    if stay.closing.reason == EARLY_HELP:
        yield Told("case-stepped-down", stay.end, {"to": "early_help"}, place=place)
    else:
        yield Told("case-closed", stay.end, {"reason": stay.closing.reason}, place=place)


def _all_plans(episodes: Iterable[Episode]) -> Iterator[tuple[Plan, Span]]:
    for episode in episodes:
        yield from (("child_in_need", span) for span in episode.in_need_plans)
        yield from (("child_protection", span) for span in episode.protection_plans)
