"""Whether a file may be opened as a store: looked at before anything in it is changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from streams.errors import OutOfReach
from streams.store import WAIT
from streams.stores.tables import SCHEMA


def check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise OutOfReach(f"{path}: there is no folder {path.parent}; make it first")


def check(path: Path) -> None:
    """Whether the file is a store that this version reads; nothing of a foreign file is changed."""
    if path.is_dir():
        raise OutOfReach(f"{path}: is a folder and no store; name a file with --store")
    connection = sqlite3.connect(f"file://{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=WAIT)
    try:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if not tables and _being_made(path):
            return
        if "meta" not in tables or "stored_events" not in tables:
            raise OutOfReach(f"{path}: is no casedrift store; name another with --store")
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    finally:
        connection.close()
    schema = row[0] if row else None
    if not isinstance(schema, int) or schema < 1:
        raise OutOfReach(f"{path}: is no casedrift store, or a damaged one; restore it, or name another with --store")
    if schema > SCHEMA:
        raise OutOfReach(
            f"{path}: made by a newer casedrift (store version {schema}, this one reads {SCHEMA}); upgrade casedrift"
        )


def _being_made(path: Path) -> bool:
    """Whether the file is an empty database in WAL mode: another process is making a store of it."""
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\x02\x02"
