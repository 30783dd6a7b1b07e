"""A process killed in the middle of taking facts in: nothing is lost and nothing is counted twice.

An ingest is killed again and again at any moment; the last one finishes. `CASEDRIFT_KILLS` says how often.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

from casedrift.desk import Desk
from casedrift.now import now

KILLS = int(os.environ.get("CASEDRIFT_KILLS", "10"))
FACTS = 1_500
INGEST = """
import sys
from casedrift.desk import Desk
from casedrift.now import now
with Desk(sys.argv[1], create=True, now=now) as desk, open(sys.argv[2], "rb") as file:
    lines = file.read().splitlines()
    batches = (lines[at : at + 20] for at in range(0, len(lines), 20))
    desk.ingest_lines(batches, backfill=False, progress=lambda _: print("batch", flush=True))
"""


def test_killed_at_any_moment_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    store, file = tmp_path / "store.db", tmp_path / "facts.jsonl"
    file.write_bytes(b"\n".join(_facts(0, FACTS)))
    rng = random.Random("kill")
    for _ in range(KILLS):
        with _ingest(store, file) as process:
            assert process.stdout is not None
            for _ in range(rng.randrange(0, 30)):
                process.stdout.readline()
            process.kill()
    with _ingest(store, file) as process:
        process.communicate(timeout=60)
    assert process.returncode == 0
    _whole(store, FACTS)


def test_two_ingests_and_a_reader_at_once(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    files = [tmp_path / "first.jsonl", tmp_path / "second.jsonl"]
    for number, file in enumerate(files):
        file.write_bytes(b"\n".join(_facts(number * 200, number * 200 + 400)))  # half of each is in both
    with Desk(str(store), create=True, now=now) as desk:
        processes = [_ingest(store, file) for file in files]
        seen = [0]
        while any(process.poll() is None for process in processes):
            seen.append(desk.status()["facts"])
        outcome = [process.wait() for process in processes]
        for process in processes:
            process.communicate()
    assert outcome == [0, 0]
    assert seen == sorted(seen)
    _whole(store, 600)


def _ingest(store: Path, file: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", INGEST, str(store), str(file)], stdout=subprocess.PIPE)


def _whole(store: Path, facts: int) -> None:
    with Desk(str(store), now=now) as desk:
        distinct = desk.store.connection.execute("SELECT count(*), count(DISTINCT id) FROM inbox").fetchone()
        assert distinct == (facts, facts)
        status = desk.status()
        assert (status["facts"], status["behind"], status["quarantined"]) == (facts, 0, 0)
        assert desk.rebuild(check=True, progress=lambda *_: None)["differences"] == 0


def _facts(first: int, end: int) -> list[bytes]:
    return [_fact(number) for number in range(first, end)]


def _fact(number: int) -> bytes:
    case, turn = number % 50, number // 50
    kind = "case-opened" if turn == 0 else ("case-supervised", "case-assessed", "child-visited")[turn % 3]
    data = {"child": f"c-{case}", "effective_on": f"2021-{1 + turn % 12:02d}-{1 + case % 28:02d}"}
    event = {
        "specversion": "1.0",
        "id": f"f-{number}",
        "source": "/test/system",
        "type": f"{kind}.v1",
        "subject": f"case-{case}",
        "time": "2022-01-10T09:00:00Z",
        "data": data | ({"tier": "child_in_need", "team": "N1"} if turn == 0 else {}),
    }
    return json.dumps(event).encode()
