"""A census message as a test would say it: only what the case at hand needs, everything else left out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from weakref import finalize

from domain.days import format_instant, london_day
from streams.identity import IDENTITY, Identities
from streams.identity_key import IdentityKey
from streams.sources.a_child import Load, told_of_child
from streams.sources.cin_census import read_cin_census
from streams.sources.comparing import Event, Stamp, news_of
from streams.sources.extract import FIRST_LOAD, ChildRows, Context, Extract, RefusedRow
from streams.sources.merging import Window
from streams.sources.telling import Told, contents_of

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


@dataclass(frozen=True)
class Child:
    """A child of a first load: its pseudonym (None without a local id), its facts in order, and what was refused."""

    reference: str | None
    facts: tuple[Event, ...]
    refused: tuple[RefusedRow, ...]


@dataclass(frozen=True)
class FirstLoad:
    """An extract into an empty store: iterating reads it (again) and tells its children's facts."""

    extract: Extract
    identities: Identities

    def __iter__(self) -> Iterator[Child]:
        return map(self._child, self.extract.read())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.extract, name)

    def _child(self, rows: ChildRows) -> Child:
        if not rows.local_id:
            return Child(None, (), rows.refused)
        load = Load(
            self.extract.format,
            self.extract.window or Window(1, 1),
            self.extract.lists,
            Context(self.extract.lists),
            Stamp(self.extract.source, format_instant(self.extract.taken), FIRST_LOAD),
            london_day(self.extract.taken),
            None,
        )
        reference = self.identities.reference(rows.local_id)
        told = told_of_child(load, reference, (), rows, ())
        refused = (replace(row, raw={"child": reference, **row.raw}) for row in told.refused)
        return Child(reference, told.news.facts, tuple(refused))


def facts_of(reference: str, told: Iterable[Told]) -> tuple[Event, ...]:
    """What is told of a child, as the facts of a first load."""
    stamp = Stamp("/test", format_instant(0), FIRST_LOAD)
    return news_of(reference, contents_of(reference, told), (), stamp).facts


def extract(folder: Path, text: str | bytes, **options: Any) -> FirstLoad:
    path = folder / "census.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, **options)


def read(path: Path, **options: Any) -> FirstLoad:
    return FirstLoad(read_cin_census(path, **{"source": None, "taken": None, "now": NOW} | options), identities())


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
