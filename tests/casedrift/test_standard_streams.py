"""What the program writes is written whole, or said not to be; a stream that was closed leads nowhere."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.casedrift.running import FACTS, PROGRAM, lines, run


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_cut_short_is_no_good_end(tmp_path: Path, unbuffered: str) -> None:
    made = ("--seed", "1", "--from", "2019-01-01", "--months", "3", "--children", "60", "--out", "made.jsonl")
    assert run(tmp_path, "simulate", *made).code == 0
    assert run(tmp_path, "ingest", "made.jsonl", "--backfill").code == 0
    assert len(run(tmp_path, "alerts", "--json").out) > 2 * 65_536, "more than a pipe holds, so that it is cut short"
    done = subprocess.run(
        ["bash", "-c", '"$0" alerts --json | head -c 10 >/dev/null; echo "${PIPESTATUS[0]}"', PROGRAM],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (b"141\n", b"")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_lead_nowhere(tmp_path: Path, closed: str) -> None:
    folder = tmp_path
    (folder / "facts.jsonl").write_bytes(lines(FACTS))
    assert run(folder, "ingest", "facts.jsonl", "--backfill").code == 0
    shell = f'"$0" ingest none.jsonl --json {closed}'
    (folder / "none.jsonl").write_bytes(b"")
    done = subprocess.run(["sh", "-c", shell, PROGRAM], cwd=folder, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0
    assert done.stderr == b""
    assert run(folder, "rebuild", "--check", "--json").json["differences"] == 0
