"""The eleven lists of an Annex A workbook by their official headers, and the rows that the record of a day gives them.

Lists 3 to 8 tell of the six months up to the day: referrals, assessments, enquiries, and who was in need, protected or
in care in that time. The other lists have their headers alone: the simulated authority knows nothing to put there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from casedrift.simulation.extracts.held import Held, Spell, Stay
from domain.working_days import add_months

Row = dict[str, object]
"""Columns by header; a day as a `date`."""

_WHO: Final = "Child Unique ID|Gender|Ethnicity|Date of Birth|Age of Child (Years)"
_DISABLED: Final = "Does the Child have a Disability"
_HELD_BY: Final = "Allocated Team|Allocated Worker"
_TEXTS: Final = {
    1: f"{_WHO}|Date of Contact|Contact Source",
    2: f"{_WHO}|Assessment start date|Assessment completion date|Organisation completing assessment",
    3: f"{_WHO}|Date of referral|Referral Source|Referral NFA?|Number of Referrals in Last 12 Months|{_HELD_BY}",
    4: f"{_WHO}|{_DISABLED}|Continuous Assessment Start Date|Child Seen During Continuous Assessment|Continuous "
    "Assessment Date of Authorisation|Was the child assessed as requiring LA children’s social care support|"
    f"{_HELD_BY}",
    5: f"{_WHO}|{_DISABLED}|Strategy discussion initiating Section 47 Enquiry Start Date|Was an Initial Child "
    "Protection Conference deemed unnecessary?|Date of Initial Child Protection Conference|Did the Initial Child "
    "Protection Conference Result in a Child Protection Plan|Number of Section 47 Enquiries in the last 12 months|"
    f"Number of ICPCs in the last 12 months|{_HELD_BY}",
    6: f"{_WHO}|{_DISABLED}|CIN Start Date|Primary Need Code|Date Child Was Last Seen|CIN Closure Date|Reason for "
    f"Closure|Case status|{_HELD_BY}",
    7: f"{_WHO}|{_DISABLED}|Child Protection Plan Start Date|Initial Category of Abuse|Latest Category of Abuse|Date "
    "of the Last Statutory Visit|Was the Child Seen Alone?|Date of latest review conference|Child Protection Plan End "
    "Date|Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)|Number of "
    f"Previous Child Protection Plans|{_HELD_BY}",
    8: f"{_WHO}|Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)|{_DISABLED}|Date Started to "
    "be Looked After|Child's Category of Need|Is this a second or subsequent period of being a Looked After Child "
    "within the last 12 months (Y/N)|Start date of current legal status|Child's Legal Status|Date of Latest Statutory "
    "Review|Date of Last Social Work Visit|What is the permanence plan for this child?|Date of Last IRO Visit / "
    "Contact to the Child|Date of Last Health Assessment|Date of Last Dental Check|Number of Placements in the Last 12 "
    "months|Date Ceased to be Looked After |Reason Ceased to be Looked After|Start Date of Most Recent Placement|"
    "Placement Type|Placement Provider|Placement postcode|URN of Placement|Placement Location|LA of Placement|Number "
    "of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months|Number of Episodes the Child "
    "has been ‘Absent’ from their Placement in the last 12 months|Was the child offered a Return Interview after their "
    "last missing episode (Y/N)?|Did the child accept a Return Interview after their last missing episode (Y/N)?|"
    f"{_HELD_BY}",
    9: f"{_WHO}|{_DISABLED}|{_HELD_BY}|Eligibility Category|LA In Touch |Type of Accommodation|Suitability of "
    "Accommodation|Activity Status",
    10: "Child Unique ID|Family identifier|Gender|Ethnicity|Date of Birth|Age of Child (Years)|Does the Child have a "
    "Disability|Date the Child Entered Care|Date of Decision that Child Should be Placed for Adoption|Date of "
    "Placement Order|Date of Matching Child and Prospective Adopters|Date Placed for Adoption|Date of Adoption Order |"
    "Date of Decision that Child Should No Longer be Placed for Adoption|Reason Why Child No Longer Placed for "
    "Adoption|Date the child was placed for fostering in FFA or concurrent planning placement",
    11: "Individual adopter identifier|Family identifier|Gender|Ethnicity|Disability|Is the (prospective) adopter "
    "fostering for adoption?|Date enquiry received|Date Stage 1 started|Date Stage 1 ended|Date Stage 2 started|Date "
    "Stage 2 ended|Date application submitted|Date application approved|Date adopter matched with child(ren)|Date "
    "child/children placed with adopter(s)|No. of children placed|Date of Adoption Order|Date of leaving adoption "
    "process|Reason for leaving adoption process",
}
HEADERS: Final = {number: tuple(text.split("|")) for number, text in _TEXTS.items()}
"""Ofsted's inspection framework for children's services, Annex A, August 2019, to the letter (spaces at ends too)."""

_STATUS: Final = (
    ("care", "a) Looked after child"),
    ("child_protection", "b) Child Protection plan"),
    ("child_in_need", "c) Child in need plan"),
)
_IN_ASSESSMENT, _IN_NEED, _CLOSED = "d) Open assessment", _STATUS[2][1], "e) Closed episode"
_LEGAL_STATUS: Final = "V2"
"""Accommodated by agreement (Children Act 1989, section 20)."""


@dataclass(frozen=True, slots=True)
class Window:
    """The six months up to the day `last` (ordinals), both included."""

    last: int

    @property
    def first(self) -> int:
        return add_months(self.last, -6)

    def holds(self, day: int | None) -> bool:
        """Whether something of that day is told; what has no end yet always is."""
        return day is None or day >= self.first


def rows_of(local_id: int, shown: Held, window: Window) -> Iterator[tuple[int, Row]]:
    """The child's rows, each with the number of its list; list by list within a stay, stay by stay."""
    who: Row = {
        "Child Unique ID": local_id,
        "Allocated Team": shown.team,
        "Allocated Worker": shown.worker,
    }
    for number, row in _rows(shown, window):
        yield number, {**who, **row}


def _rows(shown: Held, window: Window) -> Iterator[tuple[int, Row]]:
    referred = sorted([*shown.turned_away, *(stay.start for stay in shown.stays)])
    for day in referred:
        if window.holds(day):
            yield 3, _referral(shown, day, sum(day - 365 <= each <= day for each in referred))
    stays = [stay for stay in shown.stays if window.holds(stay.end)]
    for stay in stays:
        yield from ((4, row) for row in _assessments(stay, window))
        yield from ((5, row) for row in _enquiries(stay, window))
        yield 6, _in_need(stay, latest=stay is stays[-1])
    protection = [(stay, spell) for stay in stays for spell in stay.spells if spell.plan == "child_protection"]
    for at, (stay, spell) in enumerate(protection):
        if window.holds(spell.end):
            yield 7, _protected(stay, spell, at, latest=spell is protection[-1][1])
    care = [(stay, spell) for stay in stays for spell in stay.spells if spell.plan == "care"]
    for stay, spell in care:
        if window.holds(spell.end):
            yield 8, _in_care(stay, spell, latest=spell is care[-1][1])


def _referral(shown: Held, day: int, referrals: int) -> Row:
    opened = next((stay for stay in shown.stays if stay.start == day), None)
    return {
        "Date of referral": _day(day),
        "Referral Source": opened.opening.get("referral_source") if opened else None,
        "Referral NFA?": "No" if opened else "Yes",
        "Number of Referrals in Last 12 Months": referrals,
    }


def _assessments(stay: Stay, window: Window) -> Iterator[Row]:
    for each in stay.assessments:
        if not window.holds(each.authorised):
            continue
        yield {
            "Continuous Assessment Start Date": _day(each.started),
            "Continuous Assessment Date of Authorisation": _day(each.authorised),
            "Was the child assessed as requiring LA children’s social care support": None
            if each.authorised is None
            else _yes(stay.needs_support(each)),
        }


def _enquiries(stay: Stay, window: Window) -> Iterator[Row]:
    counted = [each.began or each.conference or 0 for each in stay.enquiries]
    for each, day in zip(stay.enquiries, counted, strict=True):
        if not window.holds(day):
            continue
        settled = each.not_needed or each.conference is not None
        yield {
            "Strategy discussion initiating Section 47 Enquiry Start Date": _day(each.began),
            "Was an Initial Child Protection Conference deemed unnecessary?": _yes(each.not_needed)
            if settled
            else None,
            "Date of Initial Child Protection Conference": _day(each.conference),
            "Did the Initial Child Protection Conference Result in a Child Protection Plan": None
            if each.conference is None
            else _yes(each.plan),
            "Number of Section 47 Enquiries in the last 12 months": sum(day - 365 <= other <= day for other in counted),
        }


def _in_need(stay: Stay, *, latest: bool) -> Row:
    status = _CLOSED if stay.end is not None else _status(stay)
    return {
        "CIN Start Date": _day(stay.start),
        "Primary Need Code": stay.opening.get("need"),
        "Date Child Was Last Seen": _day(max((day for day, _ in stay.visits), default=None)) if latest else None,
        "CIN Closure Date": _day(stay.end),
        "Reason for Closure": stay.reason,
        "Case status": status,
    }


def _status(stay: Stay) -> str:
    fallback = _IN_ASSESSMENT if stay.tier == "assessment" else _IN_NEED
    return next((status for plan, status in _STATUS if stay.on(plan)), fallback)


def _protected(stay: Stay, spell: Spell, previous: int, *, latest: bool) -> Row:
    row: Row = {
        "Child Protection Plan Start Date": _day(spell.start),
        "Child Protection Plan End Date": _day(spell.end),
        "Number of Previous Child Protection Plans": previous,
    }
    if latest:
        visited = max(_within(spell, stay.visits), key=lambda visit: visit[0], default=(None, None))
        row["Date of the Last Statutory Visit"] = _day(visited[0])
        row["Was the Child Seen Alone?"] = None if visited[1] is None else _yes(bool(visited[1]))
        row["Date of latest review conference"] = _last_review(stay, spell)
    return row


def _in_care(stay: Stay, spell: Spell, *, latest: bool) -> Row:
    row: Row = {
        "Date Started to be Looked After": _day(spell.start),
        "Start date of current legal status": _day(spell.start),
        "Child's Legal Status": _LEGAL_STATUS,
        "Date Ceased to be Looked After ": _day(spell.end),
    }
    if latest:
        row["Date of Latest Statutory Review"] = _last_review(stay, spell)
        row["Date of Last Social Work Visit"] = _day(max((day for day, _ in _within(spell, stay.visits)), default=None))
    return row


def _last_review(stay: Stay, spell: Spell) -> date | None:
    return _day(max((day for day, plan in _within(spell, stay.reviews) if plan == spell.plan), default=None))


def _within(spell: Spell, work: list[tuple[int, object]]) -> list[tuple[int, object]]:
    """What was done while the spell was on, its last day included."""
    return [each for each in work if spell.start <= each[0] and (spell.end is None or each[0] <= spell.end)]


def _day(day: int | None) -> date | None:
    return None if day is None else date.fromordinal(day)


def _yes(so: bool) -> str:
    return "Yes" if so else "No"
