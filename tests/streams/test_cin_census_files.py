"""Census files as they come: which are read, which are refused and at which line, and what reading costs."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from domain.days import format_day, format_instant
from streams.cloudevents import Arrived, read_lines
from streams.sources.extract import UnreadableExtract
from streams.sources.telling import coverage_lines, fact_types_absent
from tests.streams.written_census import (
    FIXTURES,
    HEADER,
    ROOT,
    Child,
    census,
    child,
    episode,
    extract,
    read,
    told,
)

SAMPLES = sorted((ROOT.parent / "shared" / "samples").glob("cin_*.xml"))
FILES = [*sorted(FIXTURES.glob("census_*.xml")), ROOT / "casedrift" / "demo" / "census.xml", *SAMPLES]
BOMB = '<!DOCTYPE Message [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE Message [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
FAR_AWAY = '<!DOCTYPE Message SYSTEM "http://127.0.0.1:9/cin.dtd">'


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_every_fact_of_a_file_passes_the_contract_s_door(path: Path) -> None:
    extract = read(path)
    children = list(extract)
    facts = [fact for each in children for fact in each.facts]
    arrived = read_lines([json.dumps(fact).encode() for fact in facts])
    assert len(children) == extract.children > 0
    assert [type(each) for each in arrived] == [Arrived] * len(facts)
    assert len({fact["id"] for fact in facts}) == len(facts)
    assert children == list(read(path)), "the same file tells the same facts"


def test_oddities_are_read_for_what_they_are() -> None:
    extract = read(FIXTURES / "census_oddities.xml")
    children = list(extract)
    assert (extract.source, format_instant(extract.taken)) == (
        "/cin-census/878",
        "2025-01-15T11:00:00.123456Z",
    )
    assert told(children) == [
        "2024-06-03 referral-received decision=assess",
        "2024-06-03 case-opened tier=assessment",
        "2024-07-01 case-stepped-down to=early_help",
        "2024-05-07 referral-received decision=assess",
        "2024-05-07 case-opened tier=assessment",
        "2024-05-08 assessment-started",
        "2024-06-18 case-assessed started_on=2024-05-08 risks=1C+3A+4B",
        "2024-06-18 case-stepped-up to=child_in_need",
        "2024-07-01 plan-started plan=child_protection",
        "2024-07-01 case-stepped-up to=child_protection",
        "2024-09-23 plan-reviewed plan=child_protection",
        "2024-12-02 referral-received decision=assess",
        "2025-03-10 plan-reviewed plan=child_protection",
    ]
    assert sorted(row.reason for each in children for row in each.refused) == [
        "bad-code",
        "bad-date",
        "no-child-id",
    ]


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_nothing_that_tells_who_a_child_is_leaves_the_reader(path: Path) -> None:
    given = repr(list(read(path)))
    private = [
        "Müller",
        "Jones",
        "A00000000000",
        "2016-02-29",
        "2011-11-11",
        "INV-000",
        "RND000",
        "DfEX",
        "1966-03-2",
    ]
    assert [each for each in private if each in given] == []


UNREADABLE = {
    "nothing": ("", 1, "not well-formed"),
    "no XML": ("child,referred\n1,2025-01-06\n", 1, "not well-formed"),
    "cut short": (census(child(episode("2025-01-06")))[:-12], 3, "not well-formed"),
    "a fault in the third line": ("<Message>\n<Header/>\n<Children></Child></Message>", 3, "mismatched tag"),
    "another message": ("<?xml version='1.0'?>\n<SSDA903/>", 2, "begins with Message"),
    "another collection": (census(header=HEADER.replace(">CIN<", ">SC<")), 1, "no CIN census"),
    "no collection": (census(header=""), 1, "no CIN census"),
    "no child": (census(), 1, "no child"),
    "children where none belong": (census().replace("Children>", "Kinder>"), 1, "no child"),
    "children with a misspelt element": (
        census(child(episode("2025-01-06"))).replace("CINdetails", "CINDetails"),
        1,
        "CINdetails",
    ),
    "a time that has not come": (
        census(child(episode("2025-01-06")), header=HEADER.replace("2025-05-01T10:00", "2026-01-05T09:06")),
        1,
        "ahead of now.*--taken",
    ),
    "a time at the end of all years": (
        census(
            child(episode("2025-01-06")), header=HEADER.replace("2025-05-01T10:00:00Z", "9999-12-31T23:59:59-05:00")
        ),
        1,
        "ahead of now",
    ),
    "a bomb": (BOMB + census(child(episode("2025-01-06"), local_id="&b;")), 1, "DOCTYPE"),
    "an entity from outside": (OUTSIDE + census(child(episode("2025-01-06"), local_id="&a;")), 1, "DOCTYPE"),
    "a DTD from afar": (f"\n\n{FAR_AWAY}" + census(), 3, "DOCTYPE"),
    "an entity that nobody declared": (
        census(child(episode("2025-01-06"), local_id="&a;")),
        3,
        "undefined entity",
    ),
    "an unknown encoding": ("<?xml version='1.0' encoding='klingon'?>" + census(), 1, "encoding"),
    "nested without end": ("<Message>" + "<a>" * 5000, 1, "without end"),
    "a tag without end": ("<Message><a b='" + "c" * (9 << 20), 1, "without an end"),
}


@pytest.mark.parametrize(("text", "line", "what"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_census_is_refused_before_any_child_is_taken(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    with pytest.raises(UnreadableExtract, match=what) as refused:
        extract(tmp_path, text)
    assert refused.value.line == line


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings_that_exports_come_in(tmp_path: Path, encoding: str) -> None:
    declared = "" if encoding.startswith("utf") else f"<?xml version='1.0' encoding='{encoding}'?>"
    written = (declared + census(child(episode("2025-01-06"), local_id="Ä1"))).encode(encoding)
    assert len(told(extract(tmp_path, written))) == 2


def test_an_extract_that_changes_while_it_is_read_stops_the_load(tmp_path: Path) -> None:
    first = extract(tmp_path, census(child(episode("2025-01-06"))))
    extract(tmp_path, census(child(episode("2025-01-07"))))
    with pytest.raises(UnreadableExtract, match="changed"):
        list(first)


TAKEN = datetime(2025, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "taken", "instant"),
    [
        ("2025-05-01T10:00:00Z", None, "2025-05-01T10:00:00Z"),
        ("2025-05-01T10:00:00", None, "2025-05-01T09:00:00Z"),  # London in summer
        ("2025-01-15T10:00:00", None, "2025-01-15T10:00:00Z"),
        ("2025-05-01T10:00:00-05:00", None, "2025-05-01T15:00:00Z"),
        ("2025-05-01T10:00:00Z", TAKEN, "2025-07-01T12:00:00Z"),
        ("2026-01-05T09:05:00Z", None, "2026-01-05T09:05:00Z"),  # clocks differ by 5 minutes
        ("9999-12-31T23:59:59", TAKEN, "2025-07-01T12:00:00Z"),
        ("", None, "2026-01-05T09:00:00Z"),
    ],
)
def test_the_instant_of_an_extract(tmp_path: Path, written: str, taken: datetime | None, instant: str) -> None:
    header = HEADER.replace("2025-05-01T10:00:00Z", written)
    read = extract(tmp_path, census(child(episode("2025-01-06")), header=header), taken=taken)
    assert {fact["time"] for each in read for fact in each.facts} == {instant}
    assert read.refused == ()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("yesterday", "(not kept: 9 characters)"),
        ("01/05/2025", "01/05/2025"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_an_instant_that_cannot_be_read_is_now_and_is_refused_aloud(tmp_path: Path, written: str, kept: str) -> None:
    header = HEADER.replace("2025-05-01T10:00:00Z", written)
    read = extract(tmp_path, census(child(episode("2025-01-06")), header=header))
    assert format_instant(read.taken) == "2026-01-05T09:00:00Z"
    (row,) = read.refused
    assert (row.reason, row.raw) == ("bad-date", {"at": "Header/Source/DateTime[1]", "DateTime": kept})


@pytest.mark.parametrize(
    ("reference", "year", "first"),
    [
        ("2025-03-31", "2025", "2024-04-01"),
        ("", "2025", "2024-04-01"),
        ("2025-03-31", "soon", "2024-04-01"),
        ("", "soon", None),
    ],
)
def test_the_year_of_which_a_census_tells(tmp_path: Path, reference: str, year: str, first: str | None) -> None:
    header = HEADER.replace("<Year>2025", f"<Year>{year}").replace("2025-03-31", reference)
    told = extract(tmp_path, census(child(episode("2025-01-06")), header=header)).extract.window
    assert (None if told is None else format_day(told.first)) == first


@pytest.mark.parametrize(("lea", "source"), [("878", "/cin-census/878"), ("", "/cin-census")])
def test_the_source_is_the_authority_unless_another_is_named(tmp_path: Path, lea: str, source: str) -> None:
    message = census(child(episode("2025-01-06")), header=HEADER.replace("878", lea))
    assert extract(tmp_path, message).source == source
    assert extract(tmp_path, message, source="/devon/eclipse").source == "/devon/eclipse"


def test_what_an_extract_held_none_of_is_said_with_the_lines_to_paste() -> None:
    extract = read(FIXTURES / "census_plain.xml")
    absent = fact_types_absent(fact["type"] for each in extract for fact in each.facts)
    assert {"case-supervised", "child-visited", "enquiry-ended", "case-closed"} <= set(absent)
    assert not {"case-opened", "plan-reviewed", "fact-withdrawn"} & set(absent)
    assert coverage_lines(absent).startswith('[[coverage]]\nfacts = [\n    "case-supervised",\n')
    assert coverage_lines(()) == ""


def test_twenty_thousand_children_cost_the_memory_of_a_few(tmp_path: Path) -> None:
    path = tmp_path / "many.xml"
    start, end = census("?").split("?")
    with path.open("w") as file:
        file.write(start)
        for number in range(20_000):
            passed_over = f"<ChildCharacteristics><Note>{'not read ' * 30}</Note></ChildCharacteristics>"
            file.write(child(passed_over, episode("2025-01-06"), local_id=f"L{number}"))
        file.write(end)
    assert path.stat().st_size > 10 << 20
    with traced() as peak:
        extract = read(path)
        assert peak() < 4 << 20, "the first pass keeps 16 bytes a child, to know who comes twice"
    with traced() as peak:
        children = iter(extract)
        some = list(map(_count, islice(children, 2_000)))
        assert peak() < 1 << 20, "the second holds one stretch of the file, and forgets each child"
    assert some + list(map(_count, children)) == [2] * 20_000


def _count(child: Child) -> int:
    return len(child.facts)


@contextmanager
def traced() -> Iterator[Callable[[], int]]:
    """The most memory (bytes) that Python has held at once since."""
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
