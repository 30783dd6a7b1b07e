"""The program as a user runs it: in a process of its own, from a folder of its own, and a few facts to give it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("casedrift")


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its JSON: one document, ending in a newline, and nothing beside it."""
        assert self.out.endswith("\n"), self
        assert self.err == "", self
        return json.loads(self.out)


def run(folder: Path, *arguments: str, stdin: bytes = b"", **environment: str) -> Outcome:
    """Run `casedrift` with these arguments in the folder."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CASEDRIFT_")}
    done = subprocess.run(
        [PROGRAM, *arguments],
        cwd=folder,
        env={**inherited, **environment},
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def fact(id_: str, kind: str, case: str, day: str, recorded: str = "", /, **data: Any) -> dict[str, Any]:
    """A fact of a case on a day, recorded at noon of it unless said otherwise."""
    return {
        "specversion": "1.0",
        "id": id_,
        "source": "/test",
        "type": f"{kind}.v1",
        "subject": case,
        "time": recorded or f"{day}T12:00:00Z",
        "data": {"child": f"c-{case}", "effective_on": day, **data},
    }


FACTS: list[dict[str, Any]] = [
    fact("1", "case-opened", "A", "2019-05-01", tier="child_in_need", locality="North", team="N1", worker="w-1"),
    fact("2", "case-supervised", "A", "2019-05-03"),
    fact("3", "case-opened", "B", "2019-05-20", tier="child_in_need", locality="Süd", team="S1", worker="w-2"),
    fact("4", "case-opened", "C", "2019-06-01", tier="looked_after"),
    fact("5", "case-closed", "C", "2019-06-20", "2019-07-10T08:00:00Z", reason="moved"),
    fact("6", "case-opened", "D", "2019-06-10", tier="child_in_need", locality="North", team="N1", worker="w-1"),
    fact("7", "case-opened", "D", "2019-06-11", corrects="6", tier="child_in_need", locality="North", team="N2"),
]


def lines(facts: list[dict[str, Any]]) -> bytes:
    """The facts as JSON lines."""
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in facts)
