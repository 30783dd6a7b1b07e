"""A census message as a test would say it: only what the case at hand needs, everything else left out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from weakref import finalize

from streams.identity import IDENTITY, Identities
from streams.identity_key import IdentityKey
from streams.sources.cin_census import read_cin_census
from streams.sources.extract import Child, Extract

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
HEADER = """<Header><CollectionDetails><Collection>CIN</Collection><Year>2025</Year>
<ReferenceDate>2025-03-31</ReferenceDate></CollectionDetails><Source><SourceLevel>L</SourceLevel><LEA>878</LEA>
<DateTime>2025-05-01T10:00:00Z</DateTime></Source></Header>"""


def census(*children: str, header: str = HEADER) -> str:
    return f"<Message>{header}<Children>{''.join(children)}</Children></Message>"


def child(*episodes: str, local_id: str = "L1") -> str:
    identifiers = f"<ChildIdentifiers><LAchildID>{local_id}</LAchildID></ChildIdentifiers>"
    return f"<Child>{identifiers}{''.join(episodes)}</Child>"


def episode(
    referred: str, closed: str = "", *within: str, nfa: str = "false", reason: str = "RC7", source: str = "1A"
) -> str:
    why = f"<ReasonForClosure>{reason}</ReasonForClosure>"
    closure = f"<CINclosureDate>{closed}</CINclosureDate>{why}" if closed else ""
    return (
        f"<CINdetails><CINreferralDate>{referred}</CINreferralDate><ReferralSource>{source}</ReferralSource>"
        f"<PrimaryNeedCode>N1</PrimaryNeedCode>{closure}<ReferralNFA>{nfa}</ReferralNFA>{''.join(within)}</CINdetails>"
    )


def assessment(started: str, authorised: str = "", *factors: str) -> str:
    named = "".join(f"<AssessmentFactors>{factor}</AssessmentFactors>" for factor in factors)
    return (
        f"<Assessments><AssessmentActualStartDate>{started}</AssessmentActualStartDate>"
        f"<AssessmentAuthorisationDate>{authorised}</AssessmentAuthorisationDate>"
        f"<FactorsIdentifiedAtAssessment>{named}</FactorsIdentifiedAtAssessment></Assessments>"
    )


def in_need_plan(start: str, end: str = "") -> str:
    dates = f"<CINPlanStartDate>{start}</CINPlanStartDate><CINPlanEndDate>{end}</CINPlanEndDate>"
    return f"<CINPlanDates>{dates}</CINPlanDates>"


def protection_plan(start: str, end: str = "", *reviews: str) -> str:
    held = "".join(f"<CPPreviewDate>{day}</CPPreviewDate>" for day in reviews)
    return (
        f"<ChildProtectionPlans><CPPstartDate>{start}</CPPstartDate><CPPendDate>{end}</CPPendDate>"
        f"<Reviews>{held}</Reviews></ChildProtectionPlans>"
    )


def section_47(started: str, conference: str = "", *, not_required: str = "false") -> str:
    return (
        f"<Section47><S47ActualStartDate>{started}</S47ActualStartDate><DateOfInitialCPC>{conference}</DateOfInitialCPC>"
        f"<ICPCnotRequired>{not_required}</ICPCnotRequired></Section47>"
    )


def conference(day: str) -> str:
    return f"<DateOfInitialCPC>{day}</DateOfInitialCPC>"


def identities() -> Identities:
    """Identities in memory, whose references are c-000000000001, c-000000000002 and so on."""
    numbers = count(1)
    connection = sqlite3.connect(":memory:")
    connection.execute(IDENTITY)
    made = Identities(connection, IdentityKey(b"k" * 32), lambda: f"{next(numbers):012}")
    finalize(made, connection.close)
    return made


def extract(folder: Path, text: str | bytes, **options: Any) -> Extract:
    path = folder / "census.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, **options)


def read(path: Path, **options: Any) -> Extract:
    return read_cin_census(path, identities(), **{"source": None, "taken": None, "now": NOW} | options)


def only_child(folder: Path, *episodes: str) -> Child:
    (only,) = extract(folder, census(child(*episodes)))
    return only


def told(children: Iterable[Child] | Child) -> list[str]:
    """Each fact in one line: the day, its type and what is its own, in the order of acceptance."""
    group = [children] if isinstance(children, Child) else children
    return [_in_words(fact) for each in group for fact in each.facts]


def _in_words(fact: dict[str, Any]) -> str:
    own = {key: value for key, value in fact["data"].items() if key not in ("child", "effective_on", "estimated")}
    values = [
        f"{key}={'+'.join(value) if isinstance(value, list) else value}"
        for key, value in own.items()
        if key not in ("referral_source", "need")
    ]
    guessed = ["estimated"] if fact["data"].get("estimated") else []
    return " ".join([fact["data"]["effective_on"], fact["type"].removesuffix(".v1"), *values, *guessed])
