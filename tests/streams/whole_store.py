"""Everything that a store holds, so that two stores can be held against each other, table by table.

When a fact was taken on depends on when somebody ran the program. Told without those moments, two stores agree
where they agree on which facts came to be known together, and in what order.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from casedrift.desk import Desk
from casedrift.now import now

Told = dict[str, list[Any]]


def whole_store(path: Path, *, live: bool = False) -> Told:
    """Each table's rows, once the store is proved; moments of receiving, and if `live` of knowledge, as 0, 1, 2…"""
    with Desk(str(path), now=now) as desk:
        prove(desk)
        held = _tables(desk)
    moments = {row[3] for row in held["quarantine"]}
    if live:
        moments |= {event["known_at"] for *_, event in held["stored_events"]}
    numbers = {at: f"moment {number}" for number, at in enumerate(sorted(moments))}
    return {table: [_told(row, numbers) for row in rows] for table, rows in held.items()}


def prove(desk: Desk) -> None:
    """Every fact is held once, the views have them all, and they are those of a whole fold."""
    status = desk.status()
    inbox = desk.store.connection.execute("SELECT count(*), count(DISTINCT source_no || ' ' || id) FROM inbox")
    assert inbox.fetchone() == (status["facts"], status["facts"])
    assert (status["position"], status["behind"]) == (status["facts"], 0)
    assert desk.rebuild(check=True, progress=lambda *_: None) == {"facts": status["facts"], "differences": 0}


def _tables(desk: Desk) -> Told:
    ask = desk.store.connection.execute
    names = [name for (name,) in ask("SELECT name FROM sqlite_master WHERE type = 'table'")]
    held = {name: sorted(ask(f"SELECT * FROM {name}"), key=repr) for name in names if name != "sqlite_sequence"}
    log = ask("SELECT rowid, originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid")
    held["stored_events"] = [(*row[:-1], json.loads(row[-1])) for row in log]
    # A quarantine number may be passed over where content is refused a second time; their order counts.
    refused = ask("SELECT * FROM quarantine ORDER BY number")
    held["quarantine"] = [(place, *row[1:]) for place, row in enumerate(refused)]
    return held


def _told(value: Any, numbers: dict[int, str]) -> Any:
    if isinstance(value, dict):
        return {key: _told(each, numbers) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_told(each, numbers) for each in value]
    return numbers.get(value, value) if isinstance(value, int) else value
