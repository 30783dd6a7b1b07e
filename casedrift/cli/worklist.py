"""`casedrift worklist`: the list that a team works through, on the terminal, as JSON, as CSV and as a workbook.

A file is written whole or not at all, so that nobody works through half a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer

from casedrift.asking import as_datetime
from casedrift.cli.options import (
    ByOption,
    JsonOption,
    KnownOption,
    OnOption,
    PolicyOption,
    StoreOption,
    grouping,
    open_desk,
    policy_asked,
)
from casedrift.cli.questions import STDOUT, Question, question
from casedrift.present.paper import how_many, plain, print_json, say
from domain.vocabulary import GroupKey
from streams.errors import WrongInput

_GROUPS: Final = ("team,worker",)
_BOM: Final = "\ufeff"
"""By which Excel knows a file of CSV to be in UTF-8."""
Lines = list[dict[str, Any]]
CsvOption = Annotated[str | None, typer.Option("--csv", metavar="FILE", help="Write it as CSV; - is standard output.")]
LinksOption = Annotated[
    bool, typer.Option("--links", help="Each with its page in the case system, which may show the local id.")
]
XlsxOption = Annotated[str | None, typer.Option("--xlsx", metavar="FILE", help="Write it as an Excel workbook.")]


def worklist(
    by: ByOption = None,
    links: LinksOption = False,
    csv: CsvOption = None,
    xlsx: XlsxOption = None,
    on: OnOption = None,
    known: KnownOption = None,
    policy: PolicyOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every open case in which something is overdue, due soon or missing, the most pressing first."""
    from casedrift.worklist import worklist as listed

    _check(csv, xlsx, as_json=as_json)
    asked = question(on, known)
    keys, other = grouping(by or _GROUPS), policy_asked(policy)
    link = _template() if links else None
    with open_desk(store, identities=links) as desk:
        lines = listed(desk, asked.on, asked.known, by=keys, policy=other, link=link)
    _write(csv, xlsx, lines, keys, asked, links=links)
    if as_json:
        return print_json(lines)
    if csv == STDOUT:
        return None
    title = asked.heading("Worklist")
    files = [plain(file) for file in (csv, xlsx) if file is not None]
    if files:
        return say(f"{title}, {how_many(len(lines), 'case')}, is written to {' and '.join(files)}.")
    from casedrift.present.worklist import show_worklist

    return say(title, show_worklist(lines, keys, links=links))


def _check(csv: str | None, xlsx: str | None, *, as_json: bool) -> None:
    if as_json and csv == STDOUT:
        raise WrongInput("--json has no use with --csv -, which prints the list itself; leave one out")
    if xlsx == STDOUT:
        raise WrongInput("--xlsx - would print a workbook, which is no text; name a file")


def _template() -> str:
    from casedrift.settings import read_settings

    template = read_settings().case_link
    if template is None:
        raise WrongInput("--links needs the setting case_link, which says where the case system is; docs/settings.md")
    return template


def _write(
    csv: str | None, xlsx: str | None, lines: Lines, by: Sequence[GroupKey], asked: Question, *, links: bool
) -> None:
    """Write the files that were asked for."""
    if csv is None and xlsx is None:
        return
    from casedrift.present.spreadsheet import as_csv, as_workbook
    from casedrift.present.whole_file import write_file, write_text
    from casedrift.present.worklist import sheet_rows, sheet_titles

    titles, rows = sheet_titles(by, links=links), list(sheet_rows(lines, by, links=links))
    if csv is not None:
        write_text(csv, ("" if csv == STDOUT else _BOM) + as_csv(titles, rows), "--csv")
    if xlsx is not None:
        book = as_workbook(
            "Worklist", asked.lasting("Worklist").plain, titles, rows, as_datetime(asked.known).replace(tzinfo=None)
        )
        write_file(xlsx, book, "--xlsx")
