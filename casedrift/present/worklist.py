"""The list that a team works through, for the terminal and as rows of a sheet, one a case.

Everything stands in words beside its case: what was due and when, what is due soon, and what the record lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from casedrift.present.drift import why
from casedrift.present.findings import FAULTS
from casedrift.present.paper import plain, table, words
from casedrift.present.spreadsheet import Cell, Link
from domain.vocabulary import GROUP_KEYS, GroupKey

_SHOWN: Final[tuple[GroupKey, ...]] = ("tier", "locality", "team", "worker")
"""Where a case is held, as far as there is room on a terminal."""
_TITLES: Final = ("days overdue", "overdue", "next due", "due soon", "the record")
Line = Mapping[str, Any]


def show_worklist(lines: Sequence[Line], by: Sequence[GroupKey], *, links: bool) -> RenderableType:
    """A row a case, the keys of its group first."""
    if not lines:
        return Text("None.")
    others = [key for key in _SHOWN if key not in by]
    shown = table(*by, "case", *others, "~overdue", "~due soon", "~the record", *(["~link"] if links else []))
    for line in lines:
        link = [plain(line["link"])] if links else []
        shown.add_row(*_words(line, by), plain(line["case"]), *_words(line, others), *_to_do(line), *link)
    return shown


def sheet_titles(by: Sequence[GroupKey], *, links: bool) -> list[str]:
    """The titles of a sheet's columns."""
    return [*by, "case", "child", *_others(by), *_TITLES, *(["link"] if links else [])]


def sheet_rows(lines: Sequence[Line], by: Sequence[GroupKey], *, links: bool) -> Iterator[list[Cell]]:
    """A row a case, as its titles name it; what is not known is left empty."""
    for line in lines:
        overdue, due_soon, record = _to_do(line)
        late = line["overdue"][0]["days_overdue"] if line["overdue"] else None
        following = date.fromisoformat(line["due_soon"][0]["due"]) if line["due_soon"] else None
        yield [
            *(_name(line, key) for key in by),
            plain(line["case"]),
            plain(line["child"]),
            *(_name(line, key) for key in _others(by)),
            late,
            overdue or None,
            following,
            due_soon or None,
            record or None,
            *([line["link"] and Link(line["link"])] if links else []),
        ]


def _others(by: Sequence[GroupKey]) -> list[GroupKey]:
    return [key for key in GROUP_KEYS if key not in by]


def _name(line: Line, key: GroupKey) -> str | None:
    return None if line[key] is None else _word(line, key)


def _words(line: Line, keys: Sequence[GroupKey]) -> list[str]:
    return [_word(line, key) for key in keys]


def _word(line: Line, key: GroupKey) -> str:
    return words(line[key]) if key == "tier" else plain(line[key])


def _to_do(line: Line) -> tuple[str, str, str]:
    """What is overdue, what is due soon and what the record lacks, each in one sentence."""
    overdue, due_soon = ("; ".join(map(why, line[key])) for key in ("overdue", "due_soon"))
    return overdue, due_soon, "; ".join(FAULTS[finding] for finding in line["findings"])
