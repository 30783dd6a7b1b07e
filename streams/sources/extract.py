"""An extract is what a case system hands over: everything it holds that day, or of the last months, for every child.

Whatever the table was, it looks the same from here on: children, each with the records that its rows were read into,
and with what of them could not be read. What records tell as facts is the format's to say; what is news in them is
found by holding them against what is known (`merging`, `comparing`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Protocol

from streams.sources.merging import Tables, Window
from streams.sources.records import Record
from streams.sources.telling import Told

FIRST_LOAD: Final = "1900-01-01T00:00:00Z"
"""`recordedafter` of a first load: nobody looked before, so no fact of it counts as recorded late."""

TakenBy = Literal["asked", "header", "now"]
"""Who said when an extract was taken: whoever loads it, the file itself, or nobody, so that it counts as now."""


class UnreadableExtract(Exception):
    """The file is not what it is said to be, so nothing of it is taken (exit 2); `line` counts from 1, where lines
    are."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what if line is None else f"line {line}: {what}")
        self.what = what
        self.line = line


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """What could not become a fact: for the quarantine.

    `reason` is a short name (`bad-date`, `bad-code`, `bad-flag`, `no-date`, `told-twice`, `no-child-id`,
    `closed-before-referred`, `too-much`); `detail` names the column and what was wanted, never the value; `raw`
    holds the mapped columns alone and the place of the fault, so that no two faults are alike.
    """

    reason: str
    detail: str
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChildRows:
    """One child as the extract has it; `local_id` is empty where it gives none, and then nothing is read of it."""

    local_id: str
    records: tuple[Record, ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    doubtful: Mapping[Hashable, RefusedRow] = field(default_factory=dict)
    """What is refused if the child's life as a whole, once known, has no place for it; by a name of the format's."""
    unread: frozenset[str] = frozenset()
    """Tables of which a row could not be read: nobody can say then whether a known one of the child is gone."""
    place: str = ""
    """Where the extract has the child, for people."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a child's records tell; `no_place` names those of the doubtful that its life has no place for."""

    told: Sequence[Told]
    no_place: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """What a child's records alone don't say.

    `lists` are the tables of which this extract or an earlier one of its source held a row; `openings_told` is false
    where another kind of extract tells the openings of cases. `absent` are those of `lists` of which this extract
    holds none, so that it says nothing of them.
    """

    lists: frozenset[str]
    openings_told: bool = True
    absent: frozenset[str] = frozenset()


class Format(Protocol):
    """A kind of extract: its tables, and what a child's records in them tell."""

    @property
    def kind(self) -> str:
        """Its name, as `--format` has it."""

    @property
    def tables(self) -> Tables:
        """How two extracts of the kind are held against each other."""

    @property
    def supplies(self) -> frozenset[str]:
        """The fact types (without `.vN`) that an extract of the kind may tell."""

    def settled(
        self, known: Sequence[Record], records: Sequence[Record], read: Sequence[Record], on: int, context: Context
    ) -> Sequence[Record]:
        """The records with what depends on the day (an ordinal) on which it came to be known.

        `known` is what was known before, `read` what the extract says, `records` both together.
        """

    def tell(self, records: Sequence[Record], context: Context) -> Telling:
        """The facts of one child, in no order yet."""

    def notes(self, held: frozenset[str] | None, since: int | None) -> Iterator[str]:
        """For people: what an extract that told these fact types can't tell, and the lines to paste into a policy.

        `held` is None where it comes alongside another kind, by which the policy goes.
        `since` is the first day (an ordinal) of which it had to tell, where none was loaded before it; else None.
        """


@dataclass(frozen=True, slots=True)
class Extract:
    """A whole extract, checked to its end.

    `taken` is the extract's instant T (microseconds since 1970), the `time` of every fact of it; `children` is how
    many there are; `sha256` (hex) is that of the file's bytes; `window` holds the days of which it tells, None where
    it doesn't say.
    """

    format: Format
    source: str
    taken: int
    children: int
    sha256: str
    taken_by: TakenBy
    refused: tuple[RefusedRow, ...]
    """What of its header could not be read."""
    window: Window | None
    lists: frozenset[str]
    """The tables of which it holds a row; of the others it says nothing."""
    read: Callable[[], Iterator[ChildRows]]
    """A fresh pass over the file at each call."""
    lacking: frozenset[str] = frozenset()
    """The columns that its tables lack, as `table.name`."""
    notes: tuple[str, ...] = ()
    """For people: what was found in reading it."""
    untimed: str = ""
    """Where it counts as taken now: in words, that it doesn't say when it was."""

    def as_taken(self, taken: int) -> Extract:
        """The same extract with another T: that of the first time that this very file was loaded."""
        return replace(self, taken=taken)
