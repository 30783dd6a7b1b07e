"""The rows of one child, read: days as days, codes as codes, yes and no as such.

A cell that cannot be read costs the fact that rests on it, not its row: an unreadable closure leaves the
referral standing. What was refused is kept for people to put right, and never tells more of the child than
its reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from domain.days import parse_day
from streams.sources.cin_census.message import Row
from streams.sources.extract import RefusedRow
from streams.sources.life import Span

_FIRST_DAY: Final = parse_day("1900-01-01")
_LAST_DAY: Final = parse_day("2199-12-31")
_DAY: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
"""A day as XML Schema writes it; a time on it, or an offset, moves nothing."""
_CODE: Final = re.compile(r"(?=[A-Z]*[0-9])[0-9A-Z]{1,6}", re.ASCII)
"""The census's own codes (1A, N4, RC9): short, and never without a digit, so that no name passes for one."""
_FLAGS: Final = {
    "true": True,
    "1": True,
    "yes": True,
    "y": True,
    "false": False,
    "0": False,
    "no": False,
    "n": False,
}
_HARMLESS: Final = re.compile(r"[0-9TZ:/. +-]{1,40}")


@dataclass(frozen=True, slots=True)
class Assessment:
    started: int | None
    authorised: int | None
    factors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A section 47 enquiry; `no_conference` where it was found that none was required."""

    started: int | None
    no_conference: bool


@dataclass(frozen=True, slots=True)
class Episode:
    """One `CINdetails`: a referral and what followed. Days are ordinals, None where none can be read."""

    referred: int | None
    no_further_action: bool | None
    referral_source: str | None
    need: str | None
    closed: int | None
    reason: str | None
    assessments: tuple[Assessment, ...]
    in_need_plans: tuple[Span, ...]
    enquiries: tuple[Enquiry, ...]
    conferences: tuple[int, ...]
    protection_plans: tuple[Span, ...]
    reviews: tuple[int, ...]
    worked_on: bool
    """Whether there is an assessment, conference, section 47 or plan, be its dates readable or not."""


@dataclass(slots=True)
class Reading:
    """Reads the rows of one child, known by its reference; what cannot be read gathers in `refused`."""

    reference: str
    refused: list[RefusedRow] = field(default_factory=list)

    def episode(self, row: Row) -> Episode:
        enquiries, protection = row.rows.get("Section47", []), row.rows.get("ChildProtectionPlans", [])
        in_need, assessments = row.rows.get("CINPlanDates", []), row.rows.get("Assessments", [])
        if row.text("CINreferralDate") is None:
            self._refuse("no-date", row, "CINreferralDate is empty: without it the episode opens nothing")
        return Episode(
            referred=self._day(row, "CINreferralDate"),
            no_further_action=self._flag(row, "ReferralNFA"),
            referral_source=self._code(row, "ReferralSource"),
            need=self._code(row, "PrimaryNeedCode"),
            closed=self._day(row, "CINclosureDate"),
            reason=self._code(row, "ReasonForClosure"),
            assessments=tuple(self._assessment(each) for each in assessments),
            in_need_plans=tuple(self._span(each, "CINPlanStartDate", "CINPlanEndDate") for each in in_need),
            enquiries=tuple(self._enquiry(each) for each in enquiries),
            conferences=tuple(day for each in (row, *enquiries) for day in self._days(each, "DateOfInitialCPC")),
            protection_plans=tuple(self._span(each, "CPPstartDate", "CPPendDate") for each in protection),
            reviews=tuple(day for each in protection for day in self._days(each, "CPPreviewDate")),
            worked_on="DateOfInitialCPC" in row.texts
            or any(_dated(each) for each in (*assessments, *in_need, *enquiries, *protection)),
        )

    def _assessment(self, row: Row) -> Assessment:
        texts = [code for text in row.texts.get("AssessmentFactors", []) for code in re.split(r"[,;\s]+", text)]
        codes = {code.upper() for code in texts if code}
        unknown = [code for code in codes if not _CODE.fullmatch(code)]
        if unknown:
            self._refuse("bad-code", row, "AssessmentFactors: not all are codes; the others are taken")
        return Assessment(
            started=self._day(row, "AssessmentActualStartDate"),
            authorised=self._day(row, "AssessmentAuthorisationDate"),
            factors=tuple(sorted(codes.difference(unknown))),
        )

    def _enquiry(self, row: Row) -> Enquiry:
        return Enquiry(self._day(row, "S47ActualStartDate"), self._flag(row, "ICPCnotRequired") is True)

    def _span(self, row: Row, start: str, end: str) -> Span:
        return Span(self._day(row, start), self._day(row, end))

    def _day(self, row: Row, column: str) -> int | None:
        return next(iter(self._days(row, column, at_most=1)), None)

    def _days(self, row: Row, column: str, *, at_most: int | None = None) -> list[int]:
        days = [_day(text) for text in row.texts.get(column, [])[:at_most]]
        for _ in range(days.count(None)):
            self._refuse("bad-date", row, f"{column} is no day written YYYY-MM-DD, from 1900-01-01 to 2199-12-31")
        return [day for day in days if day is not None]

    def _code(self, row: Row, column: str) -> str | None:
        text = (row.text(column) or "").upper()
        if text and not _CODE.fullmatch(text):
            self._refuse("bad-code", row, f"{column} is not one of the census's codes; its fact comes in without it")
            return None
        return text or None

    def _flag(self, row: Row, column: str) -> bool | None:
        """None where it is neither; what is not said is not so."""
        text = row.text(column) or "false"
        flag = _FLAGS.get(text.lower())
        if flag is None:
            self._refuse("bad-flag", row, f"{column} is neither true nor false; its fact comes in without it")
        return flag

    def _refuse(self, reason: str, row: Row, detail: str) -> None:
        self.refused.append(RefusedRow(reason, detail, {"child": self.reference, **mapped_columns(row)}))


def mapped_columns(row: Row) -> dict[str, Any]:
    """The row's own mapped columns, for the quarantine. What may be words is told by its length alone."""
    return {column: _shown(texts) if len(texts) > 1 else _shown(texts)[0] for column, texts in row.texts.items()}


def without_child(row: Row) -> dict[str, Any]:
    """The episodes of a child who has no local id, by their mapped columns."""
    rows = {element: [without_child(each) for each in within] for element, within in row.rows.items()}
    return {
        **{column: shown for column, shown in mapped_columns(row).items() if column != "LAchildID"},
        **rows,
    }


def _day(text: str) -> int | None:
    written = _DAY.fullmatch(text)
    try:
        day = parse_day(written[1]) if written else 0
    except ValueError:
        return None
    return day if _FIRST_DAY <= day <= _LAST_DAY else None


def _dated(row: Row) -> bool:
    return any(column.endswith("Date") or column == "DateOfInitialCPC" for column in row.texts)


def _shown(texts: Iterable[str]) -> list[str]:
    return [
        text
        if _HARMLESS.fullmatch(text) or _CODE.fullmatch(text.upper()) or text.lower() in _FLAGS
        else f"(not kept: {len(text)} characters)"
        for text in texts
    ]
