"""The golden stores: a small store of each schema version, kept in the tests and opened by every later version.

`python -m tests.streams.golden` writes the one of today's version: a fact of each type with all that it may
carry, a correction, a withdrawal, one that waits, one that was refused, and a small census with its identities.
The stores of earlier versions are never written again.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from casedrift.desk import Desk
from domain.days import midnight, parse_day
from streams.sources.formats import Reader
from streams.stores.tables import SCHEMA

FIXTURES: Final = Path(__file__).parents[1] / "fixtures"
GOLDEN: Final = FIXTURES / "golden"
NOW: Final = midnight(parse_day("2025-01-01"))

TAKEN: Final = datetime(2022, 5, 1, tzinfo=UTC)

_ALLOCATION: Final = {"locality": "North", "team": "N1", "worker": "w-1", "cohort": "disabled-children"}
_FACTS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("referral-received", {"decision": "assess"}),
    ("case-opened", {"tier": "assessment", "referral_source": "1A", "need": "N1", **_ALLOCATION}),
    ("assessment-started", {"estimated": True}),
    ("case-assessed", {"started_on": "2021-01-04", "progress": "static", "outcome": "plan", "risks": ["r1", "r2"]}),
    ("case-supervised", {"challenged": False}),
    ("challenge-recorded", {"by": "conference_chair"}),
    ("case-stepped-up", {"to": "child_protection"}),
    ("plan-started", {"plan": "child_protection"}),
    ("plan-reviewed", {"plan": "child_protection", "progress": "improved", "risks_addressed": ["r1"]}),
    ("strategy-discussion-held", {"section_47": True}),
    ("enquiry-ended", {"outcome": "conference"}),
    ("conference-held", {"outcome": "plan"}),
    ("child-visited", {"seen_alone": True}),
    ("case-allocated", {"team": None, "worker": "w-2"}),
    ("case-audited", {"grade": "good", "moderated_grade": "inadequate", "about": "plan", "auditor": "a-1"}),
    ("plan-ended", {"plan": "child_protection"}),
    ("case-stepped-down", {"to": "child_in_need"}),
    ("case-closed", {"reason": "RC1"}),
    ("fact-withdrawn", {"withdraws": "f-17"}),
    ("case-supervised", {"corrects": "f-4", "challenged": True}),
)
"""Each type, and the fields of its own; their ids are `f-0`, `f-1`, …"""


def lines() -> list[bytes]:
    """The golden facts, one that waits for a fact that never came, and one that is refused."""
    facts = [_fact(number, kind, own) for number, (kind, own) in enumerate(_FACTS)]
    return [*facts, _fact(98, "case-closed", {"corrects": "f-97"}), _fact(99, "case-closed", {"reasn": "RC1"})]


def _fact(number: int, kind: str, own: dict[str, Any]) -> bytes:
    day = f"2021-02-{number % 28 + 1:02d}"
    event = {
        "specversion": "1.0",
        "id": f"f-{number}",
        "source": "/golden",
        "type": f"{kind}.v1",
        "subject": "case-golden",
        "time": f"{day}T09:30:00.5Z",
        "recordedafter": f"{day}T08:00:00+01:00",
        "traceparent": "00-abc",
        "data": {"child": "c-golden", "effective_on": day, **own},
    }
    return json.dumps(event).encode()


def _write(path: Path) -> None:
    with TemporaryDirectory() as name:
        made = Path(name) / "golden.db"
        with Desk(str(made), create=True, now=lambda: NOW) as desk:
            desk.ingest_lines(iter([lines()]), backfill=True, progress=lambda _: None)
            census = FIXTURES / "census_plain.xml"
            desk.door().take_extract("cin-census", census, Reader(taken=TAKEN), backfill=False)
            desk.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with Desk(str(made), now=lambda: NOW) as desk:
            desk.store.connection.execute("VACUUM")
        path.write_bytes(made.read_bytes())


if __name__ == "__main__":
    _write(GOLDEN / f"store-{SCHEMA}.db")
