"""What a case is, and what we know of it, is a function of the log, a policy, a day and an instant.

So the inner rooms read no clock, draw nothing at random and touch no file or network; "now" is handed in,
and even where facts come in it is asked of one clock that the application builds.
"""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.source import Source, imports, sources, uses

PURE = ("domain", "projections")
NOW_IS_HANDED_IN = ("domain", "projections", "streams")

WORLD = frozenset(
    "aiohttp aiokafka asyncio faust ftplib glob http httpx io kafka logging multiprocessing os pathlib "
    "psycopg random requests secrets select shutil signal smtplib socket socketserver ssl subprocess "
    "tempfile threading time urllib".split()
)
"""Modules by which the world, a clock or chance would come in."""
KEPT_OUT = {"domain": WORLD | {"sqlite3"}, "projections": WORLD}
"""Projections are handed a connection and may name its type; the domain knows no database at all."""
NOW = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "datetime.date.today",
        "eventsourcing.domain.datetime_now_with_tzinfo",
        "eventsourcing.utils.datetime_now_with_tzinfo",
        "time.time",
        "time.time_ns",
    }
)
DOORS = frozenset("open print input breakpoint exec eval __import__ uuid.uuid1 uuid.uuid4".split())
"""Ways outside that need no import of the world; a `uuid5` of names is a function and may be had."""
NOW_IN_SQL = re.compile(r"\bcurrent_(timestamp|date|time)\b|\bnow\s*\(|'now'|\brandom\s*\(", re.IGNORECASE)


def worldly_imports(source: Source) -> list[str]:
    """Imports in an inner room of a module that lets the world in."""
    return [
        source.at(node, f"{source.room} imports {name}")
        for node, name in imports(source)
        if name.partition(".")[0] in KEPT_OUT[source.room]
    ]


def doors(source: Source) -> list[str]:
    """Other ways by which an inner room would reach outside or draw at random, `importlib` included."""
    return [source.at(node, f"uses {name}") for node, name in uses(source) if name in DOORS] + [
        source.at(node, f"imports {name}") for node, name in imports(source) if name.partition(".")[0] == "importlib"
    ]


def own_clocks(source: Source) -> list[str]:
    """Places that read the machine's clock, called or merely named (a default factory is a call too)."""
    return [source.at(node, f"reads {name}") for node, name in uses(source) if name in NOW]


def sql_clocks(source: Source) -> list[str]:
    """Texts, other than docstrings, that would have a database tell the time or draw at random."""
    told = {id(node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Expr)}
    return [
        source.at(node, "asks the database for now or for chance")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
        if NOW_IN_SQL.search(node.value)
    ]


def test_inner_rooms_import_nothing_of_the_world() -> None:
    faults = [fault for source in sources(*PURE) for fault in worldly_imports(source)]
    assert not faults, "\n".join(faults)


def test_inner_rooms_open_no_door() -> None:
    faults = [fault for source in sources(*PURE) for fault in doors(source)]
    assert not faults, "\n".join(faults)


def test_now_is_handed_in() -> None:
    faults = [fault for source in sources(*NOW_IS_HANDED_IN) for fault in own_clocks(source)]
    assert not faults, "\n".join(faults)


def test_no_database_tells_an_inner_room_the_time() -> None:
    faults = [fault for source in sources(*PURE) for fault in sql_clocks(source)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("import time", "domain imports time"),
        ("from os.path import join", "domain imports os.path.join"),
        ("def f():\n    import random as r", "domain imports random"),
        ("import sqlite3", "domain imports sqlite3"),
    ],
)
def test_a_planted_import_of_the_world_is_found(text: str, fault: str) -> None:
    (found,) = worldly_imports(Source("domain/fold.py", text))
    assert found.endswith(fault)


def test_projections_may_name_a_database_connection() -> None:
    assert worldly_imports(Source("projections/rows.py", "import sqlite3")) == []


@pytest.mark.parametrize("text", ["open('x')", "import importlib", "print(1)", "from uuid import uuid4\nuuid4()"])
def test_a_planted_door_is_found(text: str) -> None:
    assert len(doors(Source("domain/fold.py", text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime as dt, UTC\nwhen = dt.now(UTC)",
        "import datetime as d\nday = d.date.today()",
        "from datetime import date\nfactory = date.today",
        "from time import time_ns\nwhen = time_ns()",
    ],
)
def test_a_planted_clock_is_found(text: str) -> None:
    assert len(own_clocks(Source("streams/intake.py", text))) == 1


def test_a_clock_that_is_handed_in_is_no_fault() -> None:
    assert own_clocks(Source("streams/intake.py", "def accept(clock):\n    return clock.now()")) == []


@pytest.mark.parametrize("sql", ["select CURRENT_TIMESTAMP", "select date('now')", "select now()"])
def test_a_planted_clock_in_sql_is_found(sql: str) -> None:
    assert len(sql_clocks(Source("projections/rows.py", f'SQL = "{sql}"'))) == 1
    assert sql_clocks(Source("projections/rows.py", f'"""{sql}"""')) == []
