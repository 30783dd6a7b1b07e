"""Most rows of a sheet are plain: cells one after another, each with a number or the number of a shared text.

Such rows are written by every program in the same few ways, so they are taken straight from the text, several times as
fast as element by element. Only what fits that shape to the letter is; all else goes to the XML parser, as before.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Generator, Iterator
from typing import Final

from streams.workbook.cells import Cells
from streams.workbook.faults import broken

LONGEST_ROW: Final = 250_000
"""Characters; a longer one is left to the parser, so that none is looked at again and again."""
_ATTRIBUTES: Final = r'(?: [A-Za-z0-9:]+="[^"<&\x00-\x1f]*")*'
_TEXT: Final = r"[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]"
_FORMULA: Final = rf"(?:<f{_ATTRIBUTES}(?: ?/>|>{_TEXT}*</f>)(?=<v>[^<]))?"
_CELL_TEXT: Final = (
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,6})")?(?: t="(s|n|str|b|e|inlineStr)")?'
    rf'(?: ?/>|>(?:{_FORMULA}<v>({_TEXT}*)</v>|<v ?/>|<is><t(?: xml:space="preserve")?>({_TEXT}*)</t></is>)?</c>)'
)
_CELL: Final = re.compile(_CELL_TEXT)
_ROW: Final = re.compile(
    rf'\s*<row r="([0-9]{{1,7}})"{_ATTRIBUTES}>((?:{re.sub(r"[(](?![?])", "(?:", _CELL_TEXT)})*)</row>'
)
_EMPTY_ROWS: Final = re.compile(rf'(?:\s*<row r="([0-9]{{1,7}})"{_ATTRIBUTES} ?/>)+')
_BEGIN: Final = re.compile(r"<(?:[\w.-]+:)?sheetData(?:\s[^<>]*)?>")
_END_OF_ROW: Final = "</row>"
_UNPLAIN: Final = re.compile(r"<[!?]")
"""Comments and the like, within which nothing is what it looks like."""


def without_plain_rows(chunks: Iterator[bytes], cells: Cells) -> Iterator[bytes]:
    """What of a sheet is left for the parser to read into `cells`; plain rows go there straight.

    Whatever comes of a step must have been read by the parser before the next. UnreadableWorkbook where it is no UTF-8.
    """
    told = _texts(chunks)
    text = yield from _up_to_the_rows(told)
    while cells.between_rows:
        text = text[_take_plain(text, cells) :]
        row_end = text.find(_END_OF_ROW) + len(_END_OF_ROW)
        if text.startswith("</") or len(text) > LONGEST_ROW or _UNPLAIN.search(text, 0, max(row_end, 0)):
            break
        if row_end >= len(_END_OF_ROW):
            yield text[:row_end].encode()
            text = text[row_end:]
        elif more := next(told, ""):
            yield b""  # so that whoever reads takes the rows that there are
            text += more
        else:
            break
    yield text.encode()
    yield from (more.encode() for more in told)


def _up_to_the_rows(told: Iterator[str]) -> Generator[bytes, None, str]:
    """What comes before the rows, up to what looks like their beginning; the text after it."""
    text = ""
    for more in told:
        text += more
        if begin := _BEGIN.search(text):
            yield text[: begin.end()].encode()
            return text[begin.end() :]
        if len(text) > LONGEST_ROW:
            break
    return text


def _take_plain(text: str, cells: Cells) -> int:
    """Take the plain rows with which the text begins; how far they reach."""
    at = 0
    while True:
        if row := _ROW.match(text, at):
            cells.take_row(row[1], _CELL.findall(row[2]))
        elif row := _EMPTY_ROWS.match(text, at):
            cells.take_row(row[1], [])
        else:
            return at
        at = row.end()


def _texts(chunks: Iterator[bytes]) -> Iterator[str]:
    decoder = getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            if text := decoder.decode(chunk):
                yield text
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as fault:
        raise broken("a part of it is no UTF-8") from fault
