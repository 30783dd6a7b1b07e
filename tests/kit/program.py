"""The program itself as a process of its own, as a service manager would run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

from tests.kit.parts import Part, wait_until

_MAIN: Final = "from casedrift.cli import main; main()"
_RUN: Final = (sys.executable, "-c", _MAIN)
_ROOT: Final = Path(__file__).parents[2]
_numbers = count(1)


def environment(**settings: str | int | float) -> dict[str, str]:
    """The environment with these settings of casedrift, and none that a person has set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CASEDRIFT_")}
    python_path = {"PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1"}
    return kept | python_path | {f"CASEDRIFT_{name.upper()}": str(value) for name, value in settings.items()}


@contextmanager
def running(
    folder: Path, command: str, *, using: dict[str, str], before: tuple[str, ...] = (), prelude: str = ""
) -> Iterator[Part]:
    """The command in the background; it is ended at the end, however that comes about.

    `before` goes before it on its command line; the Python of `prelude` runs in it before anything else.
    """
    log = folder / f"{command.split(maxsplit=1)[0]}-{next(_numbers)}.log"
    run = [*before, sys.executable, "-c", prelude + _MAIN, *command.split()]
    part = Part(run, log, environment=using, cwd=folder)
    try:
        yield part
    finally:
        part.resume()
        part.close()


def logged(part: Part, event: str) -> bool:
    """Whether the process has logged the event. AssertionError with its last words where it has ended instead."""
    found = f'"event": "{event}"' in part.told()
    assert found or part.runs, f"it ended with {part.process.returncode}: {part.last_words()}"
    return found


def wait_for(part: Part, event: str, within: float = 60.0) -> None:
    """Wait until the process has logged the event."""
    wait_until(lambda: logged(part, event), f"{event!r} is logged", within)


def asked(command: str, *, using: dict[str, str], folder: Path, code: int = 0) -> Any:
    """What the command answers as JSON."""
    done = subprocess.run(
        [*_RUN, *command.split(), "--json"], env=using, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, f"{command} ended with {done.returncode}: {done.stderr}"
    lines = done.stdout.splitlines()
    return json.loads(done.stdout) if len(lines) == 1 else [json.loads(line) for line in lines]
