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

from tests.kit.parts import Part, children, end, free_ports, started_on_free_ports, wait_until
from tests.kit.programs import program

_USER: Final = "postgres"
_numbers = count(1)


class PostgresServer:
    """A server that runs from the beginning; its databases are made one by one."""

    def __init__(self) -> None:
        self.folder = Path(mkdtemp(prefix="casedrift-postgres-"))
        if _as_postgres():
            shutil.chown(self.folder, _USER, _USER)
        self.port = 0
        self._run(
            "initdb", "-A", "trust", "-U", _USER, "-E", "UTF8", "--locale=C.UTF-8", "-D", str(self.folder / "data")
        )
        self.part = started_on_free_ports(self._first_start)

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
        """End the server at once, with all that works for it, as a power cut would."""
        work_for_it = children(self.part.process.pid)
        self.part.kill()  # before them: it would start them again
        end(work_for_it)

    def start(self) -> None:
        """Start it again, on the same data and port."""
        self.part = self._started()

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def stop(self) -> None:
        """Stop the server in order, which ends every connection."""
        self._run("pg_ctl", "stop", "-m", "fast", "-w", "-D", str(self.folder / "data"))
        self.part.wait()

    def close(self) -> None:
        """End the server, and remove its folder."""
        if self.part.runs:
            self.kill()
        shutil.rmtree(self.folder)

    def _first_start(self) -> Part:
        (self.port,) = free_ports(1)
        return self._started()

    def _started(self) -> Part:
        command = [
            program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), "-h", "127.0.0.1",
            "-k", "", "-c", "max_connections=100", "-c", "max_prepared_transactions=0",
        ]  # fmt: skip
        part = Part(command, self.folder / "log.txt", its_own=self.folder, **_as_postgres())
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

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [program(name), *arguments], capture_output=True, text=True, check=False, **_as_postgres()
        )
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"


def _as_postgres() -> dict[str, Any]:
    return {"user": _USER, "group": _USER, "extra_groups": [], "cwd": "/"} if os.geteuid() == 0 else {}
