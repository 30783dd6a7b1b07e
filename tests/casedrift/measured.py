"""The program as a user runs it, with the most memory that it held: what hostile input may not drive up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.casedrift.running import PROGRAM, Outcome

_MEASURE = """
import pathlib, resource, subprocess, sys
code = subprocess.run(sys.argv[2:], timeout=240).returncode
pathlib.Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""
"""In a small process of its own: the system counts for a process what its parent held when it was started."""
_UNIT = 1 if sys.platform == "darwin" else 1024


def measured(folder: Path, *arguments: str) -> tuple[Outcome, int]:
    """Run `casedrift` with these arguments in the folder; what it left, and the most bytes that it held at once."""
    told = folder / "most-memory"
    command = [sys.executable, "-c", _MEASURE, str(told), str(PROGRAM), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode()), int(told.read_text()) * _UNIT
