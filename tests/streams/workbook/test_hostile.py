"""Files that are no workbook, were cut short, or were made to do harm: each is told in one line that says what to do,
soon, and before it has taken much memory.
"""

from __future__ import annotations

import os
import random
import re
import struct
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.workbook import UnreadableWorkbook, open_workbook
from tests.kit.workbooks import Sheets, packed, sheet_part, words_part, workbook_parts, write_workbook

GOOD: Sheets = {"S": [["Child Unique ID", "Date"], [1, "x"]]}
SHEET, WORDS, BOOK, TYPES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml"
RELATIONS, STYLES = "xl/_rels/workbook.xml.rels", "xl/styles.xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
LONG = random.Random(7).randbytes(2_000_000).hex()
A1 = '<row r="1"><c r="A1"><v>1</v></c></row>'


def with_parts(**parts: str | bytes | None) -> bytes:
    """A good workbook with these parts instead of its own; None leaves one out."""
    named = {globals()[name]: part for name, part in parts.items()}
    return packed({name: part for name, part in ({**workbook_parts(GOOD), **named}).items() if part is not None})


def with_rows(rows: str) -> bytes:
    """A workbook with a sheet of these rows."""
    return with_parts(SHEET=sheet_part(rows))


def changed(part: str, old: str, new: str) -> bytes:
    """A good workbook, changed in one place."""
    parts = workbook_parts(GOOD)
    assert old in parts[part]
    return packed(parts | {part: parts[part].replace(old, new)})


def flagged_as_encrypted() -> bytes:
    """A good package in which every part is said to be encrypted."""
    entry = re.compile(rb"(PK\x01\x02.{4})(..)", re.DOTALL)
    good = entry.sub(lambda found: found[1] + b"\1\0", packed(workbook_parts(GOOD)))
    return re.sub(rb"(PK\x03\x04..)(..)", lambda found: found[1] + b"\1\0", good, flags=re.DOTALL)


def many_parts() -> bytes:
    """A package with a directory of very many entries."""
    return packed(workbook_parts(GOOD)) + b"PK\x01\x02" * 5_000


def compressed_strangely() -> bytes:
    """A package whose parts are said to be compressed by another method."""
    good = re.sub(
        rb"(PK\x01\x02.{6})(..)", lambda f: f[1] + struct.pack("<H", 12), packed(workbook_parts(GOOD)), flags=re.DOTALL
    )
    return re.sub(rb"(PK\x03\x04....)(..)", lambda f: f[1] + struct.pack("<H", 12), good, flags=re.DOTALL)


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "an empty file": (lambda: b"", "is empty"),
    "a text": (lambda: b"Child Unique ID,Date\n", "no Excel workbook"),
    "XML": (lambda: b"<?xml version='1.0'?><x/>", "no Excel workbook"),
    "an old workbook": (lambda: OLE + bytes(2_000), "(.xls)"),
    "a very old workbook": (lambda: b"\x09\x08\x10\x00" + bytes(200), "(.xls)"),
    "a password": (lambda: OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(99), "password"),
    "an encrypted package": (flagged_as_encrypted, "password"),
    "a binary workbook": (lambda: packed({TYPES: "<Types/>", "xl/workbook.bin": b"x"}), "(.xlsb)"),
    "OpenDocument": (lambda: packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "OpenDocument"),
    "another package": (lambda: packed({"word/document.xml": "<x/>"}), "no Excel workbook"),
    "a text document": (lambda: packed({TYPES: "<Types/>", "word/document.xml": "<x/>"}), "no Excel workbook"),
    "an empty package": (lambda: b"PK\x05\x06" + bytes(18), "no Excel workbook"),
    "macros": (lambda: packed({**workbook_parts(GOOD), "xl/vbaProject.bin": b"x"}), "macros"),
    "a macro workbook without macros": (
        lambda: changed(TYPES, "sheet.main+xml", "x.sheet.macroEnabled.main+xml"),
        "macros",
    ),
    "cut short": (lambda: packed(workbook_parts(GOOD))[:-200], "cut short"),
    "its beginning alone": (lambda: packed(workbook_parts(GOOD))[:40], "cut short"),
    "bytes turned": (lambda: turned(packed(workbook_parts(GOOD))), "broken"),
    "compressed strangely": (compressed_strangely, "compressed"),
    "too many parts": (many_parts, "5,000 parts"),
    "two parts of one name": (lambda: packed({**workbook_parts(GOOD), "XL/workbook.xml": "<x/>"}), "twice"),
    "no words": (lambda: with_parts(WORDS=None), "missing"),
    "no styles": (lambda: with_parts(STYLES=None), "missing"),
    "no sheet": (lambda: with_parts(SHEET=None), "missing"),
    "a sheet without a part": (lambda: changed(BOOK, 'r:id="rId1"', 'r:id="rId9"'), "isn't in it"),
    "a sheet outside": (
        lambda: changed(RELATIONS, 'Target="work', 'TargetMode="External" Target="work'),
        "isn't in it",
    ),
    "no words by that number": (lambda: with_parts(WORDS=words_part("<si/>")), "cell B1 of sheet 1 refers"),
    "no number of a word": (lambda: with_rows('<row><c t="s"><v>-1</v></c></row>'), "refers to a text"),
    "a kind of cell that is none": (lambda: with_rows('<row><c t="zzz"><v>1</v></c></row>'), "of a kind"),
    "a flag that is none": (lambda: with_rows('<row><c t="b"><v>2</v></c></row>'), "of a kind"),
    "two sheets of one name": (
        lambda: changed(BOOK, "<sheets>", '<sheets><sheet name="s" sheetId="2" r:id="rId1"/>'),
        "same name",
    ),
    "rows out of order": (lambda: with_rows(f'{A1}<row r="1"/>'), "rows of sheet 1"),
    "a row below the last": (lambda: with_rows('<row r="1048577"/>'), "rows of sheet 1"),
    "a row that is no number": (lambda: with_rows('<row r="1e3"/>'), "rows of sheet 1"),
    "a row in a row": (lambda: with_rows("<row><row/></row>"), "rows of sheet 1"),
    "cells out of order": (lambda: with_rows('<row r="1"><c r="B1"/><c r="A1"/></row>'), "cells of sheet 1"),
    "a cell of another row": (lambda: with_rows('<row r="1"><c r="A2"/></row>'), "cells of sheet 1"),
    "a cell beyond the last": (lambda: with_rows('<row r="1"><c r="XFE1"/></row>'), "cells of sheet 1"),
    "a cell in a cell": (lambda: with_rows("<row><c><c/></c></row>"), "in no row"),
    "a cell in no row": (lambda: with_rows("<c/>"), "in no row"),
    "no XML": (lambda: with_parts(SHEET="<worksheet>"), "no XML"),
    "not even text": (lambda: with_parts(SHEET=b"\x00\xff" * 99), "broken"),
    "not UTF-8": (lambda: with_parts(SHEET=sheet_part(A1).encode() + b"<!-- \xff -->"), "broken"),
    "NUL": (lambda: with_rows('<row><c t="str"><v>a\0b</v></c></row>'), "no XML"),
    "a lone surrogate": (lambda: with_rows('<row><c t="str"><v>&#xD800;</v></c></row>'), "no XML"),
    "entities in a sheet": (lambda: with_parts(SHEET=ENTITIES + sheet_part(A1)), "made to do harm"),
    "entities in the words": (
        lambda: with_parts(WORDS=ENTITIES + words_part("<si><t>&b;</t></si>")),
        "made to do harm",
    ),
    "entities in the book": (lambda: with_parts(BOOK=ENTITIES + "<workbook/>"), "made to do harm"),
    "entities in the types": (lambda: with_parts(TYPES=ENTITIES + "<Types/>"), "made to do harm"),
    "an entity from outside": (
        lambda: with_parts(SHEET='<!DOCTYPE x SYSTEM "file:///etc/hostname">' + sheet_part(A1)),
        "made to do harm",
    ),
    "nested without end": (lambda: with_rows("<a>" * 2_000_000), "nested"),
    "a tag without end": (lambda: with_rows(f'<row r="1" x="{LONG}"/>'), "tag without end"),
    "a comment without end": (lambda: with_rows(f"<!-- {LONG} -->"), "tag without end"),
    "a text without end": (lambda: with_rows(f'<row><c t="str"><v>{LONG}</v></c></row>'), "text without end"),
    "a word without end": (lambda: with_parts(WORDS=words_part(f"<si><t>{LONG}</t></si>")), "text without end"),
    "names without end": (lambda: with_rows("".join(f"<a{n:x}/>" for n in range(200_000))), "names"),
    "a part that unpacks to very much": (lambda: with_parts(SHEET=b" " * 30_000_000), "fill the memory"),
    "words that unpack to very much": (lambda: with_parts(WORDS=words_part("<si/>" * 2_000_000)), "fill the memory"),
    "a wide row again and again": (
        lambda: with_rows("".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 2_000))),
        "too large",
    ),
}


def turned(content: bytes) -> bytes:
    """The content with a stretch in the middle reversed."""
    third = len(content) // 3
    return content[:third] + content[third : 2 * third][::-1] + content[2 * third :]


def read_all(path: Path) -> int:
    """How many rows there are."""
    with open_workbook(path) as book:
        return sum(1 for name in book.sheets for _ in book.sheet(name).rows())


@pytest.mark.parametrize("name", CASES)
def test_it_is_told_soon_and_in_one_line(name: str, tmp_path: Path) -> None:
    make, told = CASES[name]
    path = tmp_path / "book.xlsx"
    path.write_bytes(make())
    began = time.process_time()
    with pytest.raises(UnreadableWorkbook) as fault:
        read_all(path)
    assert time.process_time() - began < 5
    assert told in str(fault.value)
    assert "; " in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    "name",
    [
        "nested without end",
        "a tag without end",
        "a text without end",
        "names without end",
        "a wide row again and again",
        "a part that unpacks to very much",
        "words that unpack to very much",
    ],
)
def test_it_is_told_before_it_takes_much_memory(name: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(CASES[name][0]())
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableWorkbook):
            read_all(path)
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()


def test_a_million_empty_rows_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    rows = "".join(f'<row r="{number}" spans="1:3"/>' for number in range(1, 1_048_576))
    path.write_bytes(with_rows(f'{rows}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    began = time.process_time()
    assert read_all(path) == 1
    assert time.process_time() - began < 5


def test_what_is_not_read_can_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    parts = workbook_parts({"S": [[1]], "Other": []})
    broken = {"xl/worksheets/sheet2.xml": ENTITIES + "<x>", "docProps/app.xml": " " * 20_000_000}
    path.write_bytes(packed({**parts, **broken}))
    with open_workbook(path) as book:
        assert list(book.sheet("S").rows()) == [(1, (1,))]
        with pytest.raises(UnreadableWorkbook, match="made to do harm"):
            list(book.sheet("Other").rows())


def test_a_folder_is_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(UnreadableWorkbook, match="choose the workbook itself"):
        open_workbook(tmp_path)


def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "book.xlsx")
    with pytest.raises(UnreadableWorkbook, match="choose the workbook itself"):
        open_workbook(tmp_path / "book.xlsx")


def test_a_file_that_is_not_there_is_the_systems_to_tell(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_workbook(tmp_path / "book.xlsx")


def test_a_file_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "book.xlsx", GOOD)
    os.truncate(path, 2_000_000_000)
    with pytest.raises(UnreadableWorkbook, match="more than 50 MB"):
        open_workbook(path)


def test_no_name_of_a_sheet_is_repeated(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "book.xlsx", {"Ann Example": [["x"]]})
    path.write_bytes(path.read_bytes().replace(b"t>x</t", b"t>y</t"))
    parts = workbook_parts({"Ann Example": []}) | {SHEET: sheet_part('<row><c t="zzz"><v>Bo</v></c></row>')}
    path.write_bytes(packed(parts))
    with pytest.raises(UnreadableWorkbook) as fault:
        read_all(path)
    assert "Ann" not in str(fault.value)
    assert "Bo" not in str(fault.value)
