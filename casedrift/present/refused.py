"""What of a file would be refused, or can't be read, for whoever puts it right: where it is, whose it is, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from casedrift.present.paper import number, plain, table
from casedrift.present.store import detail_in_place

_MOST: Final = 200
"""Lines for people; programs get all of them."""


def show_refused(lines: Sequence[Mapping[str, Any]], all_by: str) -> Iterator[RenderableType]:
    """A row for each, in the file's order; `all_by` says how to see them where they are too many."""
    of_children = any("child" in line for line in lines)
    shown = table("reason", *(["child"] if of_children else []), "~where and why")
    for line in islice(lines, _MOST):
        child = [plain(line.get("child"))] if of_children else []
        shown.add_row(plain(line["reason"]), *child, plain(_where_and_why(line)))
    yield shown
    if len(lines) > _MOST:
        yield Text(f"and {number(len(lines) - _MOST)} more; {all_by}")


def _where_and_why(line: Mapping[str, Any]) -> str:
    if "file" in line:
        return f"{line['file']}, line {line['line']}: {line['detail']}"
    of_census = "place" in line and "at" in line and line["place"] != line["at"]
    return f"{line['place']}/{detail_in_place(line)}" if of_census else detail_in_place(line)
