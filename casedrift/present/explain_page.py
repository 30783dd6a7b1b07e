"""One case as a page of its own: the picture, and under it the tables, for a browser, a printer or a screen reader.

The page needs nothing from elsewhere and runs nothing. Whatever came from outside is shown as the text that it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from casedrift import __version__
from casedrift.present.explain_faults import fault
from casedrift.present.explain_record import Record
from casedrift.present.explain_rows import Rows, fact_rows, place_rows
from casedrift.present.explain_why import why_each
from casedrift.present.paper import day_words, plain, words
from casedrift.present.picture import picture_of
from casedrift.present.picture_svg import drawn
from domain.clocks import Rules

_KINDS: Final = {">": "figures", "~": "prose"}
_DAYS: Final = frozenset("from to due happened known".split())


class Column(NamedTuple):
    """A title, and what stands under it: `figures`, `days`, `prose` or `names`."""

    title: str
    kind: str


class Table(NamedTuple):
    """A table of the page. `rests_on` is the number of the column that names facts; -1 where there is none."""

    id: str
    caption: str
    empty: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    rests_on: int = -1


def explained_page(answer: Mapping[str, Any], title: str, on: int, rules: Rules) -> str:
    """The page of a case explained (as JSON has it) on the day (ordinal), by these rules."""
    record = Record(answer["facts"])
    picture = picture_of(answer, on)
    return _template().render(
        title=title,
        picture=None if picture is None else drawn(picture),
        tables=list(_tables(answer, record, on, rules)),
        policy=rules.policy,
        program=f"casedrift {__version__}",
    )


def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("casedrift", "present/page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("explain.html.jinja")


def _tables(answer: Mapping[str, Any], record: Record, on: int, rules: Rules) -> Iterator[Table]:
    yield _expected(answer, record, on, rules)
    yield _table("findings", "What the record lacks", _lacking(answer, record, on, rules), "Nothing.")
    yield _table("facts", "On record, as it came", fact_rows(answer["facts"], record), "Nothing.")
    places = place_rows(answer["places"], record)
    yield _table("places", "Where it was held", places, "Nowhere: it was open on no day.")


def _expected(answer: Mapping[str, Any], record: Record, on: int, rules: Rules) -> Table:
    titles = ("clock", "~what came of it", "on time", "from", "due", "because of")
    rows = [
        (
            plain(why.run["clock"]),
            why.sentence,
            "late" if why.late else "in time",
            day_words(why.run["baseline"]),
            day_words(why.run["due"]),
            record.numbers(why.run["because"]),
        )
        for why in why_each(answer["runs"], record, on, rules)
    ]
    return _table("runs", "What was expected, and what came of it", Rows(titles, rows), "Nothing.")


def _lacking(answer: Mapping[str, Any], record: Record, on: int, rules: Rules) -> Rows:
    rows = [
        (
            words(found["finding"]).replace("-", " "),
            fault(found, record, on, rules),
            record.numbers(found["facts"]),
        )
        for found in answer["findings"]
    ]
    return Rows(("finding", "~what is strange", "because of"), rows)


def _table(id_: str, caption: str, rows: Rows, empty: str) -> Table:
    titles = [title.lstrip(">~") for title in rows.titles]
    kinds = ["days" if title in _DAYS else _KINDS.get(title[:1], "names") for title in rows.titles]
    columns = list(map(Column, titles, kinds))
    rests_on = titles.index("because of") if "because of" in titles else -1
    return Table(id_, caption, empty, columns, rows.rows, rests_on)
