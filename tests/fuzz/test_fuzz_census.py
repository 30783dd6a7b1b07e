"""Census messages spoilt in any way: unreadable with a line of reasons, or every fact of them passes the door.

What is refused of them is of a size to be kept, and no input is more than a second's work.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from hypothesis import strategies as st
from pydantic_core import to_json

from streams.cloudevents import Arrived, read_lines
from streams.sources.extract import UnreadableExtract
from tests.fuzz.mutations import mutated
from tests.kit.fuzzing import for_seconds
from tests.streams.written_census import (
    assessment,
    census,
    child,
    conference,
    episode,
    extract,
    in_need_plan,
    protection_plan,
    section_47,
)

BUSY = census(
    child(
        episode(
            "2024-05-01",
            "2025-02-03",
            assessment("2024-05-02", "2024-06-20", "4A", "5C"),
            in_need_plan("2024-06-21", "2024-09-01"),
            section_47("2024-08-20", "2024-09-01"),
            protection_plan("2024-09-01", "2025-01-20", "2024-11-30"),
            conference("2024-09-01"),
        ),
        episode("2024-03-01", "2024-03-01", nfa="true"),
        episode("2024-12-01", "2024-11-01", reason="RC9"),
    ),
    child(episode("2025-01-06"), local_id="L2"),
    child(episode("2025-02-06"), local_id="L1"),
    child(episode("2025-01-07"), local_id=""),
)
DATES = [
    b"2024",
    b"2025",
    b"-05-01",
    b"2024-09-01",
    b"0000-01-01",
    b"99999-01-01",
    b"9999-12-31",
    b"1899-12-31",
    b"T25:00:00",
]
TAGS = [
    b"Child",
    b"CINdetails",
    b"CINreferralDate",
    b"CINclosureDate",
    b"Reviews",
    b"LAchildID",
    b"Header",
    b"DateTime",
    b"Message",
]
WORDS = [
    *DATES, *TAGS, *(b"<" + tag + b">" for tag in TAGS), *(b"</" + tag + b">" for tag in TAGS),
    *(b"<", b">", b"</", b"/>", b"&", b"&lt;", b"&#0;"),
    *(b"&#xD800;", b"&#128512;", b"&a;", b"<![CDATA[", b"]]>", b"<!--", b"-->"),
    *(b"<!DOCTYPE a>", b"<?xml version='1.0' encoding='utf-16'?>", b"<?a?>", b"\0"),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"\xff", b"\n"),
    *(b"L1", b"1111.0", b"RC7", b"1A", b"true", b"false", b"x" * 2_000, b" " * 2_000, b" a='b'", b"x:", b"xmlns='y'"),
]  # fmt: skip
DECLARED = b"<?xml version='1.0' encoding='iso-8859-1'?>" + BUSY.encode()
BYTES = mutated([BUSY.encode(), DECLARED, BUSY.encode("utf-16")], WORDS)

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(escape)
CELLS = st.one_of(
    st.sampled_from([each.decode() for each in DATES]),
    st.dates(date(2024, 1, 1), date(2024, 1, 20)).map(str),
    st.sampled_from(["", "true", "maybe", "1A", "4A, 5C", "RC9", "07700 900123"]),
    TEXTS,
)
ROWS = st.one_of(
    st.builds(assessment, CELLS, CELLS, CELLS),
    st.builds(in_need_plan, CELLS, CELLS),
    st.builds(protection_plan, CELLS, CELLS, CELLS),
    st.builds(lambda start, day, flag: section_47(start, day, not_required=flag), CELLS, CELLS, CELLS),
    st.builds(conference, CELLS),
)
EPISODES = st.builds(
    lambda start, end, rows, nfa, reason: episode(start, end, *rows, nfa=nfa, reason=reason),
    *(CELLS, CELLS, st.lists(ROWS, max_size=5), CELLS, CELLS),
)
IDS = st.one_of(st.sampled_from(["", "1", "1.0", "L1", "x" * 201, "1</LAchildID><LAchildID>2"]), TEXTS)
CHILDREN = st.builds(lambda rows, own: child(*rows, local_id=own), st.lists(EPISODES, max_size=4), IDS)
STRUCTURE = st.lists(CHILDREN, min_size=1, max_size=4).map(lambda children: census(*children).encode())
SPOILT = st.one_of(BYTES, STRUCTURE)


def test_every_fact_of_whatever_it_is_passes_the_door(tmp_path: Path) -> None:
    def tell(spoilt: bytes) -> None:
        with suppress(UnreadableExtract):
            children = list(extract(tmp_path, spoilt))
            facts = [to_json(fact) for each in children for fact in each.facts]
            assert all(isinstance(fact, Arrived) for fact in read_lines(facts))
            rows = [to_json(row.raw) for each in children for row in each.refused]
            assert all(len(row) < 64 * 1024 for row in rows)
            assert len(set(rows)) == len(rows), "no two faults are alike"

    assert for_seconds(SPOILT, tell) > 0
