"""Where what was refused of an extract stands, and whose it is: by the reference, for local ids are never kept.

The quarantine keeps a row's place beside its columns; whoever is to put it right needs no more than the place.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic_core import from_json

from streams.raw import Raw, beginning_of

OF_LINES: Final = frozenset(
    "not-json not-an-event unknown-type invalid-data recorded-in-future conflicting-duplicate"
    " target-elsewhere target-itself not-read".split()
)
"""The reasons for which facts are refused. Any other is a source's own: its rows hold no whole fact."""
NEVER_OF_ROWS: Final = OF_LINES | {"too-long", "target-unknown"}
"""Reasons for which no row of an extract is ever kept."""
_PLACE: Final = ("child", "at", "sheet", "row", "column")


def place_of(reason: str, raw: Raw) -> dict[str, Any]:
    """`child`, and `at` (of a census) or `sheet`, `row` and `column`, as far as they are known; nothing of a line."""
    if reason in NEVER_OF_ROWS:
        return {}
    try:
        kept = from_json(beginning_of(raw).start, allow_partial=True)
    except ValueError:  # a newer program's reason, for what is no row
        return {}
    return {name: kept[name] for name in _PLACE if name in kept} if isinstance(kept, dict) else {}
