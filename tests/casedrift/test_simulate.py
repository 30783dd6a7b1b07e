"""`casedrift simulate`: an authority that never was, as facts or as extracts, into a file or a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.casedrift.running import run


def test_simulate_makes_what_ingest_takes(tmp_path: Path) -> None:
    span = ("--seed", "1", "--from", "2019-04-01", "--months", "1", "--children", "5")
    assert run(tmp_path, "simulate", *span, "--out", "facts.jsonl", "--json").json["facts"] > 5
    made = run(tmp_path, "simulate", *span, "--out", "-")
    assert made.out.encode() == (tmp_path / "facts.jsonl").read_bytes()
    assert run(tmp_path, "ingest", "facts.jsonl").code == 0


def test_simulate_makes_extracts_of_the_same_authority(tmp_path: Path) -> None:
    span = ("--seed", "1", "--from", "2019-02-01", "--months", "3", "--children", "12")
    assert run(tmp_path, "simulate", *span, "--as", "annex-a", "--out", "books", "--json").json == {"files": 3}
    names = [f"annex-a-2019-{day}.xlsx" for day in ("02-28", "03-31", "04-30")]
    assert sorted(path.name for path in (tmp_path / "books").iterdir()) == names
    assert run(tmp_path, "simulate", *span, "--as", "cin-census", "--out", "year").out == "1 file written to year.\n"
    told = run(tmp_path, "ingest", "year/cin-census-2019-03-31.xml", "--json").json
    assert told["accepted"] > 20
    assert told["accepted"] == told["read"]


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--as", "xlsx", "--out", "x"], 2, '--as knows no "xlsx"; it takes facts, annex-a, cin-census'),
        (["--as", "annex-a", "--out", "-"], 2, "--as annex-a writes several files; name a folder for them with --out"),
        (["--as", "cin-census", "--out", "x"], 2, "a span for censuses must hold a 31 March"),
        (["--as", "annex-a", "--out", "a-file"], 3, "a-file can't be written to"),
    ],
)
def test_simulate_says_what_it_can_not_make(tmp_path: Path, more: list[str], code: int, said: str) -> None:
    (tmp_path / "a-file").touch()
    span = ("--seed", "1", "--from", "2019-05-01", "--months", "1", "--children", "2")
    outcome = run(tmp_path, "simulate", *span, *more)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
