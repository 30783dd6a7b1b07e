"""Canaries: names, birth dates, UPNs, free text and local ids planted in everything that comes in, and looked for in
everything that stays or comes out of it.

Of an extract none may be found anywhere: store, journal, quarantine, outbox, pages, sheets, output, errors. Of lines
that were sent, the quarantine alone keeps what came, whole, for the sender to put right; nothing shows it.
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casedrift.desk import Desk
from casedrift.now import now
from streams.kafka.message import Message
from tests.casedrift.running import FACTS, Outcome, fact, lines, run
from tests.kit.annex_a import headings
from tests.kit.workbooks import Cell, write_workbook
from tests.streams.written_census import HEADER, assessment, census, child, episode

NAMES = ("Zebedee", "Quillfeather")
BORN = ("2011-07-23", "23/07/2011", "23 July 2011", "20110723")
UPNS = ("X801200001001", "Y801200001002")
TEXTS = ("canary in the free text",)
LOCAL = "LOCAL-73912"
CANARIES = (*NAMES, *BORN, *UPNS, *TEXTS, LOCAL)
NO_DAYS = (*NAMES, BORN[2], *UPNS, *TEXTS)
"""What may be typed into a cell that is read. A birth date in a cell for a date is a date like any other."""
EVERYBODY = " ".join(CANARIES)

WHO = f"""<UPN>{UPNS[0]}</UPN><FormerUPN>{UPNS[1]}</FormerUPN><PersonBirthDate>{BORN[0]}</PersonBirthDate>
<PersonGivenName>{NAMES[0]}</PersonGivenName><Surname born="{BORN[1]}">{NAMES[1]}</Surname>{TEXTS[0]}"""
AROUND = f'<!-- {EVERYBODY} --><?note {EVERYBODY}?><CaseNotes author="{NAMES[0]}">{EVERYBODY}</CaseNotes>{EVERYBODY}'


def planted_census(folder: Path) -> Path:
    """A census with canaries wherever a message may hold something: beside what is read, and in what is read."""
    good = episode("2025-01-06", "", assessment("2025-01-07", "2025-02-10"), AROUND)
    bad = [episode("2025-01-08", each) for each in NO_DAYS]
    bad += [episode("2025-01-09", "2025-02-01", reason=each) for each in NO_DAYS]
    bad += [episode("2025-01-10", source=each, nfa=each) for each in NO_DAYS]
    bad += [episode(each) for each in NO_DAYS]
    bad += [episode("2025-01-13", "", assessment(each, each, each)) for each in NO_DAYS]
    children = [child(AROUND, each, local_id=LOCAL) for each in (good, *bad)]
    children += [child(good, local_id=""), child(good, local_id=f"{LOCAL}{NAMES[0]}" * 20), child(good)]
    whole = census(*children, header=HEADER.replace("</Header>", f"<SerialNo>{EVERYBODY}</SerialNo>{AROUND}</Header>"))
    path = folder / "planted.xml"
    path.write_text(whole.replace("</ChildIdentifiers>", f"{WHO}</ChildIdentifiers>"), "utf-8")
    return path


def planted_workbook(folder: Path) -> Path:
    """A workbook with canaries in the columns that nobody reads, in those that are, and on a sheet beside the lists."""
    who = ["Gender", "Ethnicity", "Date of Birth", "Child's name", "UPN", "Notes"]
    of_whom: list[Cell] = [TEXTS[0], NAMES[1], BORN[0], NAMES[0], UPNS[0], EVERYBODY]
    good: list[Cell] = [LOCAL, date(2025, 1, 6), "No", "N1", "w-1"]
    bad: list[list[Cell]] = [[LOCAL, each, "No", "N1", "w-1"] for each in NO_DAYS]
    bad += [[LOCAL, date(2025, 1, 8), each, "N1", "w-1"] for each in NO_DAYS]
    bad += [[LOCAL, date(2025, 1, 9), "No", each * 20, "w-1"] for each in NO_DAYS]
    bad += [[None, date(2025, 1, 10), each, "N1", "w-1"] for each in NO_DAYS]
    rows = [[*row, *of_whom] for row in (good, *bad)]
    open_: list[Cell] = [LOCAL, date(2025, 1, 6), None, None, NAMES[0], NAMES[1], "N1", "w-1", *of_whom]
    return write_workbook(
        folder / "planted.xlsx",
        {
            "Notes": [[EVERYBODY]],
            "List_3": [[EVERYBODY], [*headings(3), *who], *rows],
            "List_6": [[*headings(6), *who], open_],
        },
    )


EXTRACTS: dict[str, Callable[[Path], Path]] = {"census": planted_census, "workbook": planted_workbook}
"""Each kind of extract, and who plants one in a folder; its name there begins with `planted`."""
ASKED = (
    "status",
    "counts --by team",
    "drift",
    "compliance",
    "findings",
    "findings --by team",
    "alerts",
    "worklist --csv list.csv --xlsx list.xlsx",
    "worklist",
    "quarantine list",
    "rebuild --check",
)
"""Questions, asked for people and for programs."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a store whose journal stays, as it does while somebody works on it."""
    assert run(tmp_path, "migrate").code == 0
    with closing(sqlite3.connect(tmp_path / "casedrift.db")) as at_work:
        at_work.execute("SELECT count(*) FROM meta").fetchone()
        yield tmp_path
        assert (tmp_path / "casedrift.db-wal").stat().st_size > 0


@pytest.mark.parametrize("plant", EXTRACTS.values(), ids=EXTRACTS)
def test_of_an_extract_no_canary_is_found_anywhere(folder: Path, plant: Callable[[Path], Path]) -> None:
    path = plant(folder)
    taken = run(folder, "ingest", path.name, "--backfill")
    assert taken.code == 1, "some of it is good, and some is refused"
    cut = folder / f"planted-cut{path.suffix}"
    cut.write_bytes(path.read_bytes()[:-40])
    assert run(folder, "ingest", cut.name).code == 2
    told = [taken, run(folder, "ingest", path.name), run(folder, "ingest", cut.name), *_asked(folder)]
    told += [run(folder, "reconcile", path.name), run(folder, "reconcile", cut.name)]
    told += [run(folder, "quarantine", "redrive"), run(folder, "key", "rotate"), run(folder, "lookup", "nobody")]
    assert len(json.loads(run(folder, "quarantine", "list", "--json").out)) > 10
    assert found_in("\n".join(each.out + each.err for each in told).encode()) == []
    assert found_in_files(folder) == []
    assert found_in_tables(folder) == []


def test_of_lines_only_the_quarantine_keeps_what_came(folder: Path) -> None:
    (folder / "planted.jsonl").write_bytes(lines([*FACTS, *_bad_facts()]) + f"{EVERYBODY}\n{{{EVERYBODY}".encode())
    taken = run(folder, "ingest", "planted.jsonl", "--backfill")
    assert taken.code == 1
    told = [taken, run(folder, "ingest", "planted.jsonl"), *_asked(folder), run(folder, "quarantine", "redrive")]
    assert found_in("\n".join(each.out + each.err for each in told).encode()) == []
    assert {place for place, _ in found_in_tables(folder)} == {"quarantine.raw"}
    assert run(folder, "quarantine", "discard", "--all").code == 0
    assert found_in_tables(folder) == []


def test_what_goes_out_about_messages_names_nobody(tmp_path: Path) -> None:
    with Desk(str(tmp_path / "casedrift.db"), create=True, now=now) as desk:
        values = [*lines(_bad_facts()).splitlines(), EVERYBODY.encode(), b"\xff" + EVERYBODY.encode()]
        tally = desk.door().take_messages(
            [Message("case-facts", 0, at, b"", each, 0) for at, each in enumerate(values)]
        )
        assert tally.refused == len(values)
        assert desk.store.connection.execute("SELECT count(*) FROM outbox").fetchone() == (len(values),)
    assert {place for place, _ in found_in_tables(tmp_path)} == {"quarantine.raw"}


def _bad_facts() -> list[dict[str, Any]]:
    """Facts with a canary where none belongs."""
    somewhere: list[dict[str, Any]] = [{"name": each} for each in CANARIES] + [
        {EVERYBODY: 1},
        {"reason": EVERYBODY},
        {"team": EVERYBODY},
    ]
    somewhere += [{"effective_on": each} for each in (*NAMES, *BORN[1:])] + [{"estimated": NAMES[0]}]
    return [fact(f"bad-{at}", "case-closed", "A", "2019-06-01", **each) for at, each in enumerate(somewhere)] + [
        {**fact("bad-time", "case-closed", "A", "2019-06-01"), "time": BORN[1]},
        {**fact("bad-type", "case-closed", "A", "2019-06-01"), "type": EVERYBODY},
        {**fact("bad-subject", "case-closed", "A", "2019-06-01"), "subject": EVERYBODY},
        {**fact("bad-source", "case-closed", "A", "2019-06-01"), "source": EVERYBODY * 10},
        {**fact("bad-name", "case-closed", "A", "2019-06-01"), EVERYBODY: 1},
    ]


def _asked(folder: Path) -> Iterator[Outcome]:
    """What the commands say to people, and to programs."""
    for question in ASKED:
        yield from (run(folder, *question.split()), run(folder, *question.split(), "--json"))
    for case in [line["case"] for line in run(folder, "worklist", "--json").json][:3]:
        yield from (run(folder, "explain", case, "--html", "page.html"), run(folder, "explain", case, "--json"))


def found_in(content: bytes) -> list[str]:
    """The canaries in the bytes, in either common way of writing texts, and however they are written large."""
    small = content.lower()
    return [each for each in CANARIES if each.lower().encode() in small or each.lower().encode("utf-16-le") in small]


def found_in_files(folder: Path) -> list[tuple[str, str]]:
    """The canaries in the files of the folder, but for those that were planted."""
    contents = {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith("planted")}
    assert {"casedrift.db", "casedrift.db-wal", "list.csv", "list.xlsx", "page.html"} <= contents.keys()
    with zipfile.ZipFile(io.BytesIO(contents["list.xlsx"])) as book:
        contents |= {name: book.read(name) for name in book.namelist()}
    return [(name, each) for name, content in contents.items() for each in found_in(content)]


def found_in_tables(folder: Path) -> list[tuple[str, str]]:
    """The canaries in the store's tables, by table and column; a text may lie over two pages of the file."""
    found = set()
    with closing(sqlite3.connect(folder / "casedrift.db")) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = connection.execute(f"SELECT * FROM {table}")
            columns = [column[0] for column in rows.description]
            for row in rows:
                for column, value in zip(columns, row, strict=True):
                    content = value if isinstance(value, bytes) else str(value).encode()
                    found |= {(f"{table}.{column}", each) for each in found_in(content)}
    return sorted(found)
