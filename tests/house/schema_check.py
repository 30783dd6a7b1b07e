"""Files checked by their schemas as outside programs check them, by a tool in an environment of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.house.source import ROOT

_TOOL = ROOT / ".cache" / "checks" / "bin" / "check-jsonschema"


def faults_by_schema(path: Path, *schema: str) -> str:
    """What the tool has to say against the file; nothing where it is as the schema says."""
    assert _TOOL.exists(), "run sh requirements/checks.sh, which make test does too"
    done = subprocess.run([_TOOL, *schema, path], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr
