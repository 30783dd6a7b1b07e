"""What stands in a cell is what was written there: text as it is, whole numbers whole, days as days, and a formula's
stored result; where there is none, that is said.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from streams.workbook import NO_STORED_VALUE, ErrorValue, Value, column_name, open_workbook
from streams.workbook.formats import shown_by
from tests.kit.workbooks import STYLES, Cell, Formula, packed, sheet_part, words_part, workbook_parts, write_workbook

NOON = datetime(2024, 2, 29, 12, 0)  # noqa: DTZ001 - a workbook knows no zones


def read(path: Path, sheet: str = "S") -> dict[int, tuple[Value, ...]]:
    """The rows of a sheet, by their number."""
    with open_workbook(path) as book:
        return dict(book.sheet(sheet).rows())


def read_xml(folder: Path, rows: str, words: str = "", styles: str = STYLES) -> dict[int, tuple[Value, ...]]:
    """The rows of a sheet that is given as XML."""
    parts = workbook_parts({"S": []})
    parts["xl/worksheets/sheet1.xml"] = sheet_part(rows)
    parts |= {"xl/sharedStrings.xml": words_part(words), "xl/styles.xml": styles}
    (folder / "book.xlsx").write_bytes(packed(parts))
    return read(folder / "book.xlsx")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Yes", "Yes"),
        ("  a ‘quoted’ & <odd> text\n", "  a ‘quoted’ & <odd> text\n"),
        ("\u00a0", "\u00a0"),
        ("", None),
        (1111, 1111),
        (1111.0, 1111),
        (-0.25, -0.25),
        (True, True),
        (False, False),
        (date(2024, 2, 29), date(2024, 2, 29)),
        (date(9999, 12, 31), date(9999, 12, 31)),
        (NOON, NOON),
        (datetime(2024, 2, 29, 23, 59, 59, 999_000), datetime(2024, 2, 29, 23, 59, 59, 999_000)),  # noqa: DTZ001
        (time(9, 30), time(9, 30)),
        (timedelta(hours=30), timedelta(hours=30)),
        (ErrorValue("#N/A"), ErrorValue("#N/A")),
        (ErrorValue("#SPILL!"), ErrorValue("#SPILL!")),
        (Formula(stored=7), 7),
        (Formula(stored="late"), "late"),
        (Formula(stored=date(2023, 5, 1)), date(2023, 5, 1)),
        (Formula("A1 & B1", stored="both"), "both"),
        (Formula(stored=ErrorValue("#REF!")), ErrorValue("#REF!")),
        (Formula(stored=""), None),
        (Formula(), NO_STORED_VALUE),
    ],
)
@pytest.mark.parametrize("from_1904", [False, True])
def test_a_cell_is_read_as_it_was_written(written: Cell, value: Value, from_1904: bool, tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "book.xlsx", {"S": [[written, "x"]]}, from_1904=from_1904)
    assert read(path) == {1: (value, "x")}
    assert type(read(path)[1][0]) is type(value)


@pytest.mark.parametrize(
    ("serial", "from_1904", "value"),
    [
        ("1", False, date(1900, 1, 1)),
        ("59", False, date(1900, 2, 28)),
        ("60", False, 60),  # 29 February 1900, which never was
        ("61", False, date(1900, 3, 1)),
        ("45000.999999999", False, date(2023, 3, 16)),
        ("0", True, date(1904, 1, 1)),
        ("0.5", True, time(12, 0)),
        ("0", False, time(0, 0)),
        ("60", True, date(1904, 3, 1)),
        ("2958465", False, date(9999, 12, 31)),
        ("2958466", False, 2_958_466),
        ("-1", False, -1),
        ("1e308", False, 1e308),
        ("NaN", False, ErrorValue("#NUM!")),
        ("-INF", False, ErrorValue("#NUM!")),
        ("1e999", False, ErrorValue("#NUM!")),
        ("1_000", False, ErrorValue("#NUM!")),
        ("٣", False, ErrorValue("#NUM!")),
    ],
)
def test_a_number_is_a_day_only_where_there_is_one(serial: str, from_1904: bool, value: Value, tmp_path: Path) -> None:
    parts = workbook_parts({"S": []}, from_1904=from_1904)
    parts["xl/worksheets/sheet1.xml"] = sheet_part(f'<row r="1"><c r="A1" s="1"><v>{serial}</v></c></row>')
    (tmp_path / "book.xlsx").write_bytes(packed(parts))
    assert read(tmp_path / "book.xlsx") == {1: (value,)}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c t="inlineStr"><is><t>in line</t></is></c>', "in line"),
        ('<c t="inlineStr"><is><r><t>in </t></r><r><t>runs</t></r><rPh><t>aside</t></rPh></is></c>', "in runs"),
        ('<c t="s"><v>0</v></c>', "in fonts"),
        ('<c t="s"><v>1</v></c>', "two\r\nlines"),
        ('<c t="s"><v>2</v></c>', None),
        ('<c t="d"><v>2024-02-29</v></c>', date(2024, 2, 29)),
        ('<c t="d"><v>2024-02-29T12:00:00</v></c>', NOON),
        ('<c t="d"><v>2024-02-30</v></c>', "2024-02-30"),
        ('<c t="str"><v>a &amp; b</v></c>', "a & b"),
        ("<c><f>1+1</f><v></v></c>", NO_STORED_VALUE),
        ("<c><f>1+1</f><v/></c>", NO_STORED_VALUE),
        ('<c><f t="shared" si="0"/><v>4</v></c>', 4),
        ('<c t="str"><f>""</f></c>', NO_STORED_VALUE),
        ('<c t="str"><f>""</f><v></v></c>', None),
        ("<c>\n <v> 12 </v>\n</c>", 12),
        ('<c s="999"><v>12</v></c>', 12),
        ("<c/>", None),
        ("<c><v>12345678901234567890</v></c>", 12345678901234567890.0),
        ("<c><v><![CDATA[12]]></v></c>", 12),
    ],
)
def test_a_cell_may_be_written_in_many_ways(cell: str, value: Value, tmp_path: Path) -> None:
    words = (
        "<si><r><t>in </t></r><r><t>fonts</t></r><rPh><t>aside</t></rPh></si>"
        "<si><t>two_x000D_\nlines</t></si><si><t></t></si>"
    )
    assert read_xml(tmp_path, f"<row>{cell}<c><v>1</v></c></row>", words) == {1: (value, 1)}


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", None),
        ("0.00E+00", None),
        ("dd/mm/yyyy", "moment"),
        ("[$-809]d mmmm yyyy;@", "moment"),
        ("hh:mm AM/PM", "moment"),
        ("[h]:mm:ss", "length"),
        ('0 "days"', None),
        ("0\\d", None),
        ("#,##0_m", None),
        ("[Red]0", None),
        ("@", None),
    ],
)
def test_the_format_says_whether_a_number_is_a_day(code: str, shown: str | None) -> None:
    assert shown_by(code) == shown


def test_rows_have_excels_numbers_and_their_cells_begin_at_column_a(tmp_path: Path) -> None:
    rows = '<row r="3"><c r="B3"><v>1</v></c></row><row r="7"/><row r="9"><c r="A9" s="1"/></row>'
    rows += '<row r="12"><c r="XFD12"><f>1</f></c></row>'
    assert read_xml(tmp_path, rows) == {3: (None, 1), 12: (*[None] * 16_383, NO_STORED_VALUE)}


def test_a_workbook_tells_its_sheets_in_order_and_what_file_it_was(tmp_path: Path) -> None:
    parts = workbook_parts({"List_1": [["a"]], "Hidden": [["b"]], "A & B": []})
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace('"Hidden"', '"Hidden" state="veryHidden"')
    path = tmp_path / "book.xlsx"
    path.write_bytes(packed(parts))
    with open_workbook(path) as book:
        assert book.sheets == ("List_1", "Hidden", "A & B")
        assert book.sha256 == sha256(path.read_bytes()).hexdigest()
        assert list(book.sheet("Hidden").rows()) == list(book.sheet("Hidden").rows()) == [(1, ("b",))]


def test_a_sheet_may_have_a_prefix_and_its_parts_other_names(tmp_path: Path) -> None:
    sheet = (
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    parts = workbook_parts({"S": [["word"]]}) | {"xl/worksheets/sheet1.xml": sheet}
    parts["xl\\Other Strings.xml"] = parts.pop("xl/sharedStrings.xml")
    relations = parts["xl/_rels/workbook.xml.rels"].replace('"sharedStrings.xml"', '"/xl/other strings.xml"')
    link = '<Relationship Id="e" Type="x/externalLink" TargetMode="External" Target="file:///elsewhere.xlsx"/>'
    parts["xl/_rels/workbook.xml.rels"] = relations.replace("</Relationships>", f"{link}</Relationships>")
    (tmp_path / "book.xlsx").write_bytes(packed(parts))
    assert read(tmp_path / "book.xlsx") == {1: ("word",)}


def test_a_sheet_that_is_only_a_chart_is_no_sheet(tmp_path: Path) -> None:
    parts = workbook_parts({"S": [[1]], "Chart": []})
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace('worksheet" Target="worksheets/sheet2', 'chartsheet" Target="chartsheets/sheet2')
    (tmp_path / "book.xlsx").write_bytes(packed(parts))
    with open_workbook(tmp_path / "book.xlsx") as book:
        assert book.sheets == ("S",)


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (16_383, "XFD")])
def test_columns_have_excels_names(index: int, name: str) -> None:
    assert column_name(index) == name
