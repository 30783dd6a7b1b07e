"""What the census tells of one child, as facts: the table of `docs/census.md`, line by line.

Each episode tells what happened to it (referred, assessed, conferenced, planned for); openings, closings and
tiers belong to the stay, since overlapping episodes are one time of being open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.days import format_day
from domain.vocabulary import Plan
from streams.sources import life
from streams.sources.cin_census.rows import Episode
from streams.sources.life import Span, Stay, Work
from streams.sources.staying import told_of_plan, told_of_stays
from streams.sources.telling import Told


def told_of(episodes: Iterable[Episode]) -> Iterator[Told]:
    """Everything that a child's episodes tell, in no order yet."""
    episodes = tuple(episodes)
    plans = tuple(_all_plans(episodes))
    for plan, span in plans:
        yield from told_of_plan(plan, span, plans)
    for episode in episodes:
        yield from _referral(episode)
        yield from _assessments(episode)
        yield from _enquiries(episode)
        yield from (Told("plan-reviewed", day, {"plan": "child_protection"}) for day in episode.reviews)
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


def closings_without_place(episodes: Iterable[Episode]) -> frozenset[tuple[int | None, int | None]]:
    """The referral and closure of episodes closed before they were referred, on a day on which that closing would end
    another stay.

    A date that makes no sense is told as it was recorded and shows as a finding, but it may not cut short what
    another row says.
    """
    episodes = tuple(episodes)
    if not any(map(closed_before_referred, episodes)):
        return frozenset()
    stays = _all_stays(episodes)
    closings = [stay.closing for stay in stays if life.ends_another(stay, stays)]
    without = [episode for episode in episodes if any(spell in closings for spell in _spell(episode))]
    return frozenset((episode.referred, episode.closed) for episode in without)


def closed_before_referred(episode: Episode) -> bool:
    """Whether its dates make no sense as a life."""
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
    yield from told_of_stays(_all_stays(episodes), work, tuple(_all_plans(episodes)))


def _spell(episode: Episode) -> Iterator[life.Episode]:
    """The episode as a time of being open; none where it was no further action and nothing was done."""
    if episode.referred is None or (episode.no_further_action and not episode.worked_on):
        return
    yield life.Episode(episode.referred, episode.closed, episode.reason, episode.referral_source, episode.need)


def _all_plans(episodes: Iterable[Episode]) -> Iterator[tuple[Plan, Span]]:
    for episode in episodes:
        yield from (("child_in_need", span) for span in episode.in_need_plans)
        yield from (("child_protection", span) for span in episode.protection_plans)
