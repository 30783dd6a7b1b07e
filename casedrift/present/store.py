"""What the store holds, and what stayed outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from casedrift.present.paper import how_many, number, plain, table


def show_status(status: Mapping[str, Any]) -> Table:
    """A line a matter."""
    block = Table.grid(padding=(0, 2))
    block.add_column(style="dim")
    block.add_column()
    behind = "up to date" if not status["behind"] else f"{how_many(status['behind'], 'fact')} behind"
    for label, value in (
        ("facts", number(status["facts"])),
        ("cases", f"{number(status['cases'])}, of which {number(status['open_cases'])} open today"),
        ("last known", plain(status["known_at"])),
        ("views", f"at position {number(status['position'])}, {behind}"),
        ("quarantine", f"{number(status['quarantined'])}, of which {number(status['waiting'])} wait"),
        ("policy", plain(status["policy"])),
        ("version", status["version"]),
    ):
        block.add_row(Text(label), Text(value))
    return block


def show_child(child: Mapping[str, str | None]) -> Table:
    """A line a name by which the child, or its case, is known."""
    block = Table.grid(padding=(0, 2))
    block.add_column(style="dim")
    block.add_column(overflow="fold")
    for key, value in child.items():
        if value is not None:
            block.add_row(Text(key.replace("_", " ")), Text(plain(value)))
    return block


def show_quarantine(lines: Sequence[Mapping[str, Any]]) -> RenderableType:
    """A row for each, by number."""
    if not lines:
        return Text("Nothing is in quarantine.")
    of_children = any("child" in line for line in lines)
    shown = table(">number", "reason", "received", "source", *(["child"] if of_children else []), "~detail")
    for line in lines:
        texts = [plain(line[key]) for key in ("reason", "received_at", "source")]
        child = [plain(line.get("child"))] if of_children else []
        shown.add_row(number(line["number"]), *texts, *child, plain(detail_in_place(line)))
    return shown


def case_in_place(line: Mapping[str, Any]) -> str:
    """The case; of a child whom the store doesn't know, also where the file has it."""
    return plain(f"{line['case']} ({line['place']})" if "place" in line else line["case"])


def detail_in_place(line: Mapping[str, Any]) -> str:
    """Why it was refused, and where in a census it stands; a workbook's place is in the detail itself."""
    return f"{line['at']}: {line['detail']}" if "at" in line else str(line["detail"])
