"""What a case system shows of one child on one day: the times of being open, and what was done in each of them.

It is what stands of the records made until then. What is on record for a time at which the case was closed is shown
nowhere, for the tables have a place for it only within an episode. Days are ordinals, instants microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from casedrift.simulation.recording import Record
from casedrift.simulation.rows import target
from casedrift.simulation.story import Fields
from domain.vocabulary import OUTSIDE

EARLY_HELP = "RC9"
_OTHER_SERVICE = "RC7"
"""Reasons for closure (census codes) of what the facts tell as a step out of the service."""


@dataclass(slots=True)
class Assessment:
    """None where that day is not on record (yet)."""

    started: int | None
    authorised: int | None
    factors: list[str]


@dataclass(slots=True)
class Enquiry:
    """`began` is None for a conference without one; `plan` tells what the conference asked for."""

    began: int | None
    not_needed: bool = False
    conference: int | None = None
    plan: bool = False


@dataclass(slots=True)
class Spell:
    """A plan or a time in care, from its start up to its end (None = still on)."""

    plan: str
    start: int
    end: int | None = None


@dataclass(slots=True)
class Stay:
    """A time of being open: its opening, its work and, once ended, the reason (census code)."""

    start: int
    opening: Fields
    tier: str
    end: int | None = None
    reason: str | None = None
    assessments: list[Assessment] = field(default_factory=list)
    enquiries: list[Enquiry] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    visits: list[tuple[int, object]] = field(default_factory=list)
    reviews: list[tuple[int, object]] = field(default_factory=list)

    def on(self, plan: str) -> Spell | None:
        """The spell of the plan that is on."""
        return next((spell for spell in self.spells if spell.plan == plan and spell.end is None), None)

    def needs_support(self, assessment: Assessment) -> bool:
        """Whether the assessment found a need: not where the stay ended with it."""
        return self.end is None or assessment.authorised != self.end


@dataclass(slots=True)
class Held:
    """All of one child: `turned_away` are the referrals that opened nothing; team and worker those of the day."""

    stays: list[Stay]
    turned_away: list[int]
    team: object = None
    worker: object = None


def held(records: Iterable[Record], on: int) -> Held:
    """What is shown on the day of a child of whom these records had been made, in the order in which they were."""
    shown, stay = Held([], []), None
    for record in _standing(records):
        if record.type == "referral-received" and record.fields.get("decision") != "assess":
            shown.turned_away.append(record.day)
        elif record.type == "case-opened" and stay is None:
            stay = Stay(record.day, record.fields, str(record.fields["tier"]))
            shown.stays.append(stay)
            shown.team = shown.worker = None
        elif stay and _ends(stay, record):
            stay = None
        elif stay:
            _note(stay, record)
        if stay and record.day <= on:
            shown.team = record.fields.get("team", shown.team)
            shown.worker = record.fields.get("worker", shown.worker)
    began = {each.start for each in shown.stays}
    shown.turned_away = [day for day in shown.turned_away if day not in began]
    return shown


def _standing(records: Iterable[Record]) -> list[Record]:
    """What stands, in the case's order: the last link of each chain, in the place of its first (`docs/facts.md`)."""
    arrived = list(records)
    place = {record.id: at for at, record in enumerate(arrived)}
    by_id = {record.id: record for record in arrived}
    chains: dict[int, list[tuple[int, int, Record]]] = {}
    for at, record in enumerate(arrived):
        first, depth = record, 0
        while (named := target(first)) and named in by_id:
            first, depth = by_id[named], depth + 1
        if target(first) is None:  # else it waits for what it names
            root = place[first.id]
            chains.setdefault(root, []).append((max(at, root), depth, record))
    last = {root: max(links, key=lambda link: link[:2])[2] for root, links in chains.items()}
    stands = [(record.day, root, record) for root, record in last.items() if record.type != "fact-withdrawn"]
    return [record for *_, record in sorted(stands, key=lambda each: each[:2])]


def _ends(stay: Stay, record: Record) -> bool:
    """Whether the record ends the stay, which ends its plans."""
    to = record.fields.get("to")
    if record.type != "case-closed" and to not in OUTSIDE:
        return False
    stay.end = record.day
    reason = {"early_help": EARLY_HELP, "other_service": _OTHER_SERVICE}.get(str(to), record.fields.get("reason"))
    stay.reason = None if reason is None else str(reason)
    for spell in stay.spells:
        spell.end = record.day if spell.end is None else spell.end
    return True


def _note(stay: Stay, record: Record) -> None:
    fields, day = record.fields, record.day
    match record.type:
        case "case-stepped-up" | "case-stepped-down":
            stay.tier = str(fields["to"])
        case "plan-started" if not stay.on(str(fields["plan"])):
            stay.spells.append(Spell(str(fields["plan"]), day))
        case "plan-ended" if spell := stay.on(str(fields["plan"])):
            spell.end = day
        case "child-visited":
            stay.visits.append((day, fields.get("seen_alone")))
        case "plan-reviewed":
            stay.reviews.append((day, fields.get("plan")))
        case "assessment-started" | "case-assessed":
            _assessment(stay, record)
        case "strategy-discussion-held" | "enquiry-ended" | "conference-held":
            _enquiry(stay, record)


def _assessment(stay: Stay, record: Record) -> None:
    if record.type == "assessment-started":
        stay.assessments.append(Assessment(record.day, None, []))
        return
    unfinished = [each for each in stay.assessments if each.authorised is None] if "started_on" in record.fields else []
    if not unfinished:
        stay.assessments.append(Assessment(None, record.day, _codes(record)))
        return
    unfinished[-1].authorised = record.day
    unfinished[-1].factors = _codes(record)


def _codes(record: Record) -> list[str]:
    risks = record.fields.get("risks")
    return sorted(map(str, risks)) if isinstance(risks, list) else []


def _enquiry(stay: Stay, record: Record) -> None:
    if record.type == "strategy-discussion-held":
        if record.fields.get("section_47"):
            stay.enquiries.append(Enquiry(record.day))
        return
    running = [each for each in stay.enquiries if each.conference is None and not each.not_needed]
    if record.type == "conference-held":
        enquiry = running[-1] if running else Enquiry(None)
        enquiry.conference, enquiry.plan = record.day, record.fields.get("outcome") == "plan"
        stay.enquiries += [] if running else [enquiry]
    elif running and record.fields["outcome"] == "no_conference":
        running[-1].not_needed = True
