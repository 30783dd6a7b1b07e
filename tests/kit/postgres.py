"""A real PostgreSQL server for the tests, in a folder and on a port of its own, with `fsync` on.

It does not run as root: its user must own its folder, and reach it, so that is none of pytest's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import psycopg

from tests.kit.parts import Part, free_ports, wait_until

_USER: Final = "postgres"
_numbers = count(1)


class PostgresServer:
    """A server that runs from the beginning; its databases are made one by one."""

    def __init__(self) -> None:
        self._folder = Path(mkdtemp(prefix="casedrift-postgres-"))
        if _as_postgres():
            shutil.chown(self._folder, _USER, _USER)
        (self.port,) = free_ports(1)
        self._run(
            "initdb", "-A", "trust", "-U", _USER, "-E", "UTF8", "--locale=C.UTF-8", "-D", str(self._folder / "data")
        )
        self.part = self._started()

    def create_database(self) -> str:
        """A fresh empty database; its URL."""
        name = f"store_{next(_numbers)}"
        with self._connected() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, database: str) -> str:
        """The URL of a database of that name."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{database}"

    def kill(self) -> None:
        """End the server at once, with all that works for it."""
        self.part.kill()

    def start(self) -> None:
        """Start it again, on the same data and port."""
        self.part = self._started()

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def stop(self) -> None:
        """Stop the server in order, which ends every connection."""
        self._run("pg_ctl", "stop", "-m", "fast", "-w", "-D", str(self._folder / "data"))
        self.part.process.wait(30)

    def close(self) -> None:
        """End the server, and remove its folder."""
        self.part.close()
        shutil.rmtree(self._folder)

    def _started(self) -> Part:
        command = [
            _program("postgres"), "-D", str(self._folder / "data"), "-p", str(self.port), "-h", "127.0.0.1",
            "-k", "", "-c", "max_connections=100", "-c", "max_prepared_transactions=0",
        ]  # fmt: skip
        part = Part(command, self._folder / "log.txt", **_as_postgres())
        wait_until(lambda: not part.runs or self._answers(), "PostgreSQL answers")
        assert part.runs, part.last_words()
        return part

    def _answers(self) -> bool:
        try:
            with self._connected() as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def _connected(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=5)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [_program(program), *arguments], capture_output=True, text=True, check=False, **_as_postgres()
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"


def _as_postgres() -> dict[str, Any]:
    return {"user": _USER, "group": _USER, "extra_groups": [], "cwd": "/"} if os.geteuid() == 0 else {}


def _program(name: str) -> str:
    """Where one of PostgreSQL's programs is: the newest of what is installed."""
    places = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")
    found = [path for place in places for path in sorted(Path("/").glob(f"{place[1:]}/{name}"))]
    program = str(found[-1]) if found else shutil.which(name)
    assert program, f"{name} is not installed: apt install postgresql, or brew install postgresql"
    return program
