"""A workbook with bytes turned, or with its parts' XML turned, is read or refused in words, within a second: nothing
else comes of it, whatever was changed.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from streams.workbook import ErrorValue, UnreadableWorkbook, open_workbook
from tests.kit.fuzzing import for_seconds, fuzz_seconds
from tests.kit.workbooks import Formula, packed, workbook_parts

PARTS = workbook_parts(
    {
        "List_1": [["Child Unique ID", "Date", "Team"], *[(n, date(2024, 1, n), "A & B") for n in range(1, 9)]],
        "List_2": [[Formula(), Formula(stored="x"), ErrorValue("#N/A"), 1.5, True], [], [None, None, "é"]],
    }
)
GOOD = packed(PARTS)
PIECES = {name: re.findall(r"<[^>]*>|[^<]+", part) for name, part in PARTS.items()}
WORDS = [
    *"0 1 -1 NaN 1e308 99999999999 A1 XFD1048576 s str e d inlineStr".split(),
    "&#0;",
    "&x;",
    "<v>",
    "</c>",
    "<!--",
]
VALUES = [piece for pieces in PIECES.values() for piece in pieces] + WORDS


@st.composite
def turned_bytes(draw: st.DrawFn) -> bytes:
    """A package in which stretches were cut out, written over or doubled."""
    content = bytearray(GOOD)
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.integers(0, len(content))), draw(st.integers(0, 30))
        content[at : at + length] = draw(st.binary(max_size=30) | st.just(bytes(content[at : at + length]) * 2))
    return bytes(content)


@st.composite
def turned_parts(draw: st.DrawFn) -> bytes:
    """A package with parts in which tags, attributes and texts were dropped, doubled or put in each other's places."""
    pieces = {name: list(part) for name, part in PIECES.items()}
    for _ in range(draw(st.integers(1, 5))):
        part = pieces[draw(st.sampled_from(sorted(pieces)))]
        at, length = draw(st.integers(0, len(part))), draw(st.integers(0, 4))
        part[at : at + length] = draw(st.lists(st.sampled_from(VALUES), max_size=3)) * draw(
            st.sampled_from([1, 1, 1, 500])
        )
    name = draw(st.sampled_from(sorted(pieces)))
    old, new = draw(st.sampled_from(re.findall(r'"[^"]*"', PARTS[name]) or ['""'])), draw(st.sampled_from(WORDS))
    texts = {each: "".join(part) for each, part in pieces.items()}
    texts[name] = texts[name].replace(old, f'"{new}"', 1) if "<" not in new else texts[name]
    return packed({each: text for each, text in texts.items() if draw(st.integers(0, 40))})


def read_or_refused(content: bytes) -> None:
    """Any error but a refusal in words is a failure."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        path.write_bytes(content)
        with suppress(UnreadableWorkbook), open_workbook(path) as book:
            for name in book.sheets:
                assert all(number > 0 and values[-1] is not None for number, values in book.sheet(name).rows())


def test_turned_bytes_are_read_or_refused() -> None:
    assert for_seconds(turned_bytes(), read_or_refused, fuzz_seconds() / 2)


def test_turned_parts_are_read_or_refused() -> None:
    assert for_seconds(turned_parts(), read_or_refused, fuzz_seconds() / 2)
