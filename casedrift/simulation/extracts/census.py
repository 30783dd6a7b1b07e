"""The simulated authority's census: one message for the year to 31 March, with the elements that the census has.

It tells of every episode that was not closed before the year, and of its own year's work. Nothing in it names a child:
no birth dates, no pupil numbers, only made-up local ids. Care has no element, so it is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from casedrift.simulation.extracts.held import Enquiry, Held, Spell, Stay
from domain.days import format_day
from domain.working_days import add_months

LEA: Final = "999"
"""The number of an authority that is none."""


def write_census(path: Path, day: int, children: Iterable[tuple[int, Held]]) -> None:
    """The message for the year that ends on the day (an ordinal), taken at its last second."""
    first = add_months(day, -12) + 1
    with path.open("wb") as file:
        file.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<Message>\n')
        file.write(_text(_header(day), 1))
        file.write(b"  <Children>\n")
        for local_id, shown in children:
            if (child := _child(local_id, shown, first, day)) is not None:
                file.write(_text(child, 2))
        file.write(b"  </Children>\n</Message>\n")


def _text(element: Element, level: int) -> bytes:
    indent(element, level=level)
    return b"  " * level + tostring(element).rstrip() + b"\n"


def _header(day: int) -> Element:
    header = Element("Header")
    collection, source = SubElement(header, "CollectionDetails"), SubElement(header, "Source")
    _put(collection, Collection="CIN", Year=format_day(day)[:4], ReferenceDate=format_day(day))
    _put(source, SourceLevel="L", LEA=LEA, SoftwareCode="casedrift simulate", Release="1", SerialNo="001")
    _put(source, DateTime=f"{format_day(day)}T23:59:59")
    return header


def _child(local_id: int, shown: Held, first: int, last: int) -> Element | None:
    """The child's element; None where the year has nothing of the child."""
    stays = [stay for stay in shown.stays if stay.start <= last and (stay.end is None or stay.end >= first)]
    turned_away = [day for day in shown.turned_away if first <= day <= last]
    if not stays and not turned_away:
        return None
    child = Element("Child")
    _put(SubElement(child, "ChildIdentifiers"), LAchildID=str(local_id))
    for day in turned_away:
        _put(SubElement(child, "CINdetails"), CINreferralDate=format_day(day), ReferralNFA="true")
    for stay in stays:
        _episode(SubElement(child, "CINdetails"), stay, first)
    return child


def _episode(into: Element, stay: Stay, first: int) -> None:
    opening = stay.opening
    _put(into, CINreferralDate=format_day(stay.start), ReferralSource=opening.get("referral_source"))
    _put(into, PrimaryNeedCode=opening.get("need"), CINclosureDate=_day(stay.end), ReasonForClosure=stay.reason)
    enquiries = [each for each in stay.enquiries if (each.conference or each.began or 0) >= first]
    for enquiry in enquiries:
        if enquiry.began is None:
            _put(into, DateOfInitialCPC=_day(enquiry.conference))
    _assessments(into, stay, first)
    for plan in _in_year(stay, "child_in_need", first):
        _put(SubElement(into, "CINPlanDates"), CINPlanStartDate=_day(plan.start), CINPlanEndDate=_day(plan.end))
    for enquiry in enquiries:
        if enquiry.began is not None:
            _enquiry(SubElement(into, "Section47"), enquiry)
    _put(into, ReferralNFA="false")
    for plan in _in_year(stay, "child_protection", first):
        _protection(SubElement(into, "ChildProtectionPlans"), stay, plan, first)


def _assessments(into: Element, stay: Stay, first: int) -> None:
    for each in stay.assessments:
        if (each.authorised or each.started or 0) < first:
            continue
        element = SubElement(into, "Assessments")
        _put(element, AssessmentActualStartDate=_day(each.started), AssessmentAuthorisationDate=_day(each.authorised))
        if each.factors:
            factors = SubElement(element, "FactorsIdentifiedAtAssessment")
            for factor in each.factors:
                _put(factors, AssessmentFactors=factor)


def _enquiry(into: Element, enquiry: Enquiry) -> None:
    _put(into, S47ActualStartDate=_day(enquiry.began), DateOfInitialCPC=_day(enquiry.conference))
    _put(into, ICPCnotRequired="true" if enquiry.not_needed else "false")


def _protection(into: Element, stay: Stay, plan: Spell, first: int) -> None:
    _put(into, CPPstartDate=_day(plan.start), CPPendDate=_day(plan.end))
    held = [day for day, kind in stay.reviews if kind == plan.plan and max(first, plan.start) <= day]
    held = [day for day in held if plan.end is None or day <= plan.end]
    if held:
        reviews = SubElement(into, "Reviews")
        for day in held:
            _put(reviews, CPPreviewDate=format_day(day))


def _in_year(stay: Stay, plan: str, first: int) -> Iterator[Spell]:
    """The stay's plans of that kind that were on in the year that begins on `first`."""
    return (each for each in stay.spells if each.plan == plan and (each.end is None or each.end >= first))


def _day(day: int | None) -> str | None:
    return None if day is None else format_day(day)


def _put(into: Element, **texts: object) -> None:
    """Columns of a row, in order; one that holds nothing is left out."""
    for name, text in texts.items():
        if text is not None:
            SubElement(into, name).text = str(text)
