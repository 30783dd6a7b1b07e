"""What `casedrift reconcile` tells of a file, asked as programs ask it, and read by local ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from casedrift.desk import Desk
from casedrift.now import now
from streams.who_is_who import known_identities
from tests.casedrift.running import run


def reconciled(folder: Path, *arguments: str, code: int = 1) -> list[dict[str, Any]]:
    outcome = run(folder, "reconcile", *arguments, "--json")
    assert outcome.code == code, outcome
    told: list[dict[str, Any]] = outcome.json
    return told


def differing(folder: Path, told: list[dict[str, Any]], measure: str) -> dict[str, dict[str, str]]:
    """Of a measure: on each side alone, the reason by local id, or by the name of one whom the store doesn't know."""
    (line,) = (each for each in told if each["measure"] == measure)
    with Desk(str(folder / "casedrift.db"), now=now) as desk:
        identities = known_identities(desk.store)
        assert identities is not None
        named = identities.local_ids([each["child"] for side in ("only_theirs", "only_ours") for each in line[side]])
    return {
        side: {named.get(each["child"], each["case"]): each["reason"] for each in line[side]}
        for side in ("only_theirs", "only_ours")
    }
