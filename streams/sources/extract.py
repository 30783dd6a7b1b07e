"""An extract is what a case system hands over: everything it holds that day, for every child at once.

Read, it is a list of children, each with the facts that its rows tell, in the order in which they are to be
taken on, and with the rows that could not become facts. Whatever the table was, it looks the same from here
on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

Fact = dict[str, Any]
"""A fact as a CloudEvents 1.0 JSON object in structured mode (`docs/facts.md`)."""

FIRST_LOAD: Final = "1900-01-01T00:00:00Z"
"""`recordedafter` of a first load: nobody looked before, so no fact of it counts as recorded late."""

TakenBy = Literal["asked", "header", "now"]
"""Who said when an extract was taken: whoever loads it, the file itself, or nobody, so that it counts as now."""


class UnreadableExtract(Exception):
    """The file is not what it is said to be, so nothing of it is taken (exit 2); `line` counts from 1."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(f"line {line}: {what}")
        self.what = what
        self.line = line


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """What could not become a fact: for the quarantine.

    `reason` is a short name (`bad-date`, `bad-code`, `bad-flag`, `no-date`, `told-twice`, `no-child-id`,
    `closed-before-referred`, `too-much`); `detail` names the column and what was wanted, never the value; `raw`
    holds the mapped columns alone, the child's reference and the place of the fault, so that no two faults are alike.
    """

    reason: str
    detail: str
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Child:
    """One child of the extract: its facts in the order of acceptance, and what was refused.

    `reference` is the pseudonym; None where the extract gives the child no local id.
    """

    reference: str | None
    facts: tuple[Fact, ...]
    refused: tuple[RefusedRow, ...]


@dataclass(frozen=True, slots=True)
class Extract:
    """A whole extract; iterating reads the file (again), child by child, and writes new references.

    `taken` is the extract's instant T (microseconds since 1970), the `time` of every fact of it; `children`
    is how many `Child` results follow; `sha256` (hex) is that of the file's bytes.
    """

    source: str
    kind: str
    taken: int
    children: int
    sha256: str
    taken_by: TakenBy
    refused: tuple[RefusedRow, ...]
    """What of its header could not be read."""
    since: int | None
    """The first day (an ordinal) of the year of which it tells; None where it doesn't say."""
    read: Callable[[int], Iterator[Child]]
    """From T to the children: a fresh pass over the file at each call."""

    def __iter__(self) -> Iterator[Child]:
        return self.read(self.taken)

    def as_taken(self, taken: int) -> Extract:
        """The same extract with another T: that of the first time that this very file was loaded."""
        return replace(self, taken=taken)
