"""Two processes at work on one store, and a third that asks: each fact is taken on once, and no answer goes back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from casedrift.desk import Desk
from casedrift.now import now
from tests.streams.whole_store import prove
from tests.streams.written_facts import written_facts

INGEST = """
import sys
from casedrift.desk import Desk
from casedrift.now import now
with Desk(sys.argv[1], create=True, now=now) as desk, open(sys.argv[2], "rb") as file:
    lines = file.read().splitlines()
    batches = (lines[at : at + 20] for at in range(0, len(lines), 20))
    desk.ingest_lines(batches, backfill=False, progress=lambda _: None)
"""


def test_two_ingests_and_a_reader_at_once(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    files = [tmp_path / "first.jsonl", tmp_path / "second.jsonl"]
    for number, file in enumerate(files):
        file.write_bytes(b"\n".join(written_facts(number * 200, number * 200 + 400)))  # half of each is in both
    with Desk(str(store), create=True, now=now) as desk:
        processes = [subprocess.Popen([sys.executable, "-c", INGEST, str(store), str(file)]) for file in files]
        seen = [0]
        while any(process.poll() is None for process in processes):
            seen.append(desk.status()["facts"])
        assert [process.wait() for process in processes] == [0, 0]
        assert seen == sorted(seen)
    with Desk(str(store), now=now) as desk:
        prove(desk)
        status = desk.status()
        assert (status["facts"], status["quarantined"]) == (600, 0)
