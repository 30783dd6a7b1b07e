"""The rows of one child, read: days as days, codes as codes, yes and no as such.

A cell that cannot be read costs the fact that rests on it, not its row: an unreadable closure leaves the
referral standing. What was refused is kept for people to put right, and never tells more of the child than
its reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from streams.sources.cin_census.cells import code_of, day_of, flag_of, is_date_column, mapped_columns
from streams.sources.cin_census.message import Row
from streams.sources.extract import RefusedRow
from streams.sources.life import Span


@dataclass(frozen=True, slots=True)
class Assessment:
    started: int | None
    authorised: int | None
    factors: tuple[str, ...]
    unread: frozenset[str] = frozenset()
    """What of it a cell that can't be read should have said, by the names here; likewise below."""


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A section 47 enquiry; `no_conference` where it was found that none was required, else its first `conference`."""

    started: int | None
    no_conference: bool
    conference: int | None = None
    unread: frozenset[str] = frozenset()


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
    unread: frozenset[str] = frozenset()


@dataclass(slots=True)
class Reading:
    """Reads the rows of one child; what cannot be read gathers in `refused`."""

    refused: list[RefusedRow] = field(default_factory=list)
    _unread: set[tuple[str, str]] = field(default_factory=set)
    """The cells that could not be read, by the place of their row and their column."""

    def episode(self, row: Row, nth: int = 1) -> Episode:
        """The child's nth `CINdetails`, read."""
        _number(row, f"CINdetails[{nth}]")
        within, protection = row.rows.get("Section47", []), row.rows.get("ChildProtectionPlans", [])
        in_need, assessments = row.rows.get("CINPlanDates", []), row.rows.get("Assessments", [])
        if row.text("CINreferralDate") is None:
            self._refuse("no-date", row, "CINreferralDate", "is empty: without it the episode opens nothing")
        enquiries = [(self._enquiry(each), self._days(each, "DateOfInitialCPC")) for each in within]
        return Episode(
            referred=self._day(row, "CINreferralDate"),
            no_further_action=self._flag(row, "ReferralNFA"),
            referral_source=self._code(row, "ReferralSource"),
            need=self._code(row, "PrimaryNeedCode"),
            closed=self._day(row, "CINclosureDate"),
            reason=self._code(row, "ReasonForClosure"),
            assessments=tuple(self._assessment(each) for each in assessments),
            in_need_plans=tuple(self._span(each, "CINPlanStartDate", "CINPlanEndDate") for each in in_need),
            enquiries=tuple(replace(each, conference=min(days, default=None)) for each, days in enquiries),
            conferences=(*self._days(row, "DateOfInitialCPC"), *(day for _, days in enquiries for day in days)),
            protection_plans=tuple(self._span(each, "CPPstartDate", "CPPendDate") for each in protection),
            reviews=tuple(day for each in protection for day in self._days(each, "CPPreviewDate")),
            worked_on="DateOfInitialCPC" in row.texts
            or any(_dated(each) for each in (*assessments, *in_need, *within, *protection)),
            unread=self._unread_of(
                row,
                ReferralNFA="no_further_action",
                ReferralSource="referral_source",
                PrimaryNeedCode="need",
                ReasonForClosure="reason",
            ),
        )

    def closing_without_place(self, row: Row) -> RefusedRow:
        """Of an episode already read, whose closure lies before its referral, should that one end another stay."""
        what = "lies before its own referral and within another stay, which it would end; that stay keeps its own end"
        return self._refusal("closed-before-referred", row, "CINclosureDate", what)

    def _assessment(self, row: Row) -> Assessment:
        texts = [code for text in row.texts.get("AssessmentFactors", []) for code in re.split(r"[,;\s]+", text)]
        codes = {text: code_of(text) for text in texts if text}
        if None in codes.values():
            self._refuse("bad-code", row, "AssessmentFactors", "are not all codes; the others are taken")
        return Assessment(
            started=self._day(row, "AssessmentActualStartDate"),
            authorised=self._day(row, "AssessmentAuthorisationDate"),
            factors=tuple(sorted({code for code in codes.values() if code is not None})),
            unread=self._unread_of(row, AssessmentFactors="factors"),
        )

    def _enquiry(self, row: Row) -> Enquiry:
        started, no_conference = self._day(row, "S47ActualStartDate"), self._flag(row, "ICPCnotRequired") is True
        return Enquiry(started, no_conference, unread=self._unread_of(row, ICPCnotRequired="no_conference"))

    def _span(self, row: Row, start: str, end: str) -> Span:
        return Span(self._day(row, start), self._day(row, end))

    def _day(self, row: Row, column: str) -> int | None:
        text = self._one(row, column)
        return None if text is None else self._read_day(row, column, text, 1)

    def _days(self, row: Row, column: str) -> list[int]:
        texts = enumerate(row.texts.get(column, []), start=1)
        days = [self._read_day(row, column, text, place) for place, text in texts]
        return [day for day in days if day is not None]

    def _read_day(self, row: Row, column: str, text: str, place: int) -> int | None:
        day = day_of(text)
        if day is None:
            what = "is no day written YYYY-MM-DD, from 1900-01-01 to 2199-12-31"
            self._refuse("bad-date", row, column, what, place)
        return day

    def _code(self, row: Row, column: str) -> str | None:
        text = self._one(row, column)
        code = None if text is None else code_of(text)
        if text is not None and code is None:
            self._refuse("bad-code", row, column, "is not one of the census's codes; its fact comes in without it")
        return code

    def _flag(self, row: Row, column: str) -> bool | None:
        """None where it is neither; what is not said is not so."""
        flag = flag_of(self._one(row, column) or "false")
        if flag is None:
            self._refuse("bad-flag", row, column, "is neither true nor false; its fact comes in without it")
        return flag

    def _one(self, row: Row, column: str) -> str | None:
        """What stands in a column that a row has once. What it says besides is refused, never lost unsaid."""
        first, *others = row.texts.get(column, [None])
        for place, text in enumerate(others, start=2):
            if text != first:
                self._refuse("told-twice", row, column, "stands twice in one row; the first is taken", place)
        return first

    def _refuse(self, reason: str, row: Row, column: str, what: str, place: int = 1) -> None:
        self.refused.append(self._refusal(reason, row, column, what, place))
        if reason != "told-twice":
            self._unread.add((row.at, column))

    def _unread_of(self, row: Row, **names: str) -> frozenset[str]:
        """The names of those of the row's columns that could not be read."""
        return frozenset(name for column, name in names.items() if (row.at, column) in self._unread)

    @staticmethod
    def _refusal(reason: str, row: Row, column: str, what: str, place: int = 1) -> RefusedRow:
        """Each fault bears its place within the child, so that two alike are two in the quarantine."""
        return RefusedRow(reason, f"{column} {what}", {"at": f"{row.at}/{column}[{place}]", **mapped_columns(row)})


def _number(row: Row, at: str) -> None:
    """Give the row and those within it their places within the child."""
    row.at = at
    for element, within in row.rows.items():
        for nth, each in enumerate(within, start=1):
            _number(each, f"{at}/{element}[{nth}]")


def _dated(row: Row) -> bool:
    return any(is_date_column(column) for column in row.texts)
