"""What kind of file somebody chose, by its first bytes: what its name says is not to be relied on.

Each kind that is often mistaken for a workbook, or that nobody should be asked to open, is told with what to do.
"""

from __future__ import annotations

from typing import Final

from streams.workbook.faults import AS_XLSX, UnreadableWorkbook

ZIP: Final = b"PK\x03\x04"
"""How an .xlsx begins: it is a package of compressed parts."""
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_BIFF: Final = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
PASSWORD: Final = f"the workbook is protected by a password; take it off (File, Info, Protect Workbook), {AS_XLSX}"
MACROS: Final = f"the workbook may hold macros, which are never let in; {AS_XLSX}"
BINARY: Final = f"this is a binary workbook (.xlsb), which can't be read; {AS_XLSX}"
OPEN_DOCUMENT: Final = f"this is an OpenDocument file, which can't be read; {AS_XLSX}"
NO_WORKBOOK: Final = f"this is no Excel workbook; choose another file, or {AS_XLSX}"
_OLD: Final = f"this is an old workbook (.xls), which can't be read; {AS_XLSX}"


def refuse_other_kinds(content: bytes) -> None:
    """UnreadableWorkbook unless the file is a package, as an .xlsx is."""
    if content.startswith(ZIP):
        return
    if content.startswith(_OLE):
        raise UnreadableWorkbook(PASSWORD if _ENCRYPTED in content else _OLD)
    if content.startswith(_BIFF):
        raise UnreadableWorkbook(_OLD)
    raise UnreadableWorkbook("the file is empty; save it again, then load it" if not content else NO_WORKBOOK)


def refuse_other_packages(names: set[str], mimetype: bytes) -> None:
    """UnreadableWorkbook for a package (names of parts in lower case) that is of another kind or holds macros."""
    if b"opendocument" in mimetype:
        raise UnreadableWorkbook(OPEN_DOCUMENT)
    if "xl/workbook.bin" in names:
        raise UnreadableWorkbook(BINARY)
    if any(name.endswith("vbaproject.bin") for name in names):
        raise UnreadableWorkbook(MACROS)
    if "[content_types].xml" not in names:
        raise UnreadableWorkbook(NO_WORKBOOK)
