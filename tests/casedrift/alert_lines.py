"""`casedrift alerts` as tests ask it: the lines that it prints, once, or as they come from one that is left running."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

from tests.casedrift.running import FACTS, PROGRAM, lines, run

IN_TIME = 60
"""Seconds after which a program that tells nothing has failed."""
A_VISIT = {"case": "A", "clock": "in-need-visit", "due": "2019-05-31", "raised_at": "2019-05-31T23:00:00Z"}
A_SUPERVISION = {"case": "A", "clock": "supervision", "due": "2019-06-03", "raised_at": "2019-06-03T23:00:00Z"}


def a_store(folder: Path) -> Path:
    """The folder, now with a store, `casedrift.db`, that holds the facts as history."""
    (folder / "facts.jsonl").write_bytes(lines(FACTS))
    assert run(folder, "ingest", "facts.jsonl", "--backfill").code == 0
    return folder


def told(folder: Path, *arguments: str) -> list[Any]:
    """The lines of JSON that the command prints."""
    outcome = run(folder, "alerts", "--json", *arguments)
    assert (outcome.code, outcome.err) == (0, ""), outcome
    return [json.loads(line) for line in outcome.out.splitlines()]


def bare(line: dict[str, Any]) -> dict[str, Any]:
    assert re.fullmatch("[0-9a-f]{16}", line["run"])
    return {key: value for key, value in line.items() if key != "run"}


class Running:
    """A follower that was left running: its lines, as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def until(self, **wanted: Any) -> list[dict[str, Any]]:
        """The lines up to the first with these values."""
        read: list[dict[str, Any]] = []
        while text := self.line():
            read.append(json.loads(text))
            if read[-1].items() >= wanted.items():
                return read
        raise AssertionError(f"it ended without telling {wanted}: {read[-3:]}")

    def ended(self) -> tuple[int, str, str]:
        """Exit code, and what was still written to either side."""
        out, err = self.process.communicate(timeout=IN_TIME)
        return self.process.returncode, out, err


@contextmanager
def following(folder: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """`casedrift alerts --follow`, killed where it tells nothing for too long."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CASEDRIFT_")}
    process = subprocess.Popen(
        [PROGRAM, "alerts", "--follow", *arguments],
        cwd=folder,
        env={**inherited, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    limit = Timer(IN_TIME, process.kill)
    limit.start()
    try:
        with process:
            try:
                yield Running(process)
            finally:
                process.kill()
    finally:
        limit.cancel()
