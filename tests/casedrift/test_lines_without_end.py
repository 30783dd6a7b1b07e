"""Lines without end: a gigabyte in one line, or ten megabytes that unpack to gigabytes.

Each is refused as too long, with its length and digest, and the lines around it come in; the memory stays that of any
file.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedrift.lines import batches, check
from streams.errors import WrongInput
from streams.raw import LONGEST, Beginning, beginning_of
from tests.casedrift.measured import measured
from tests.casedrift.running import FACTS, lines, run

GOOD = lines(FACTS[:1]).rstrip()
MEGABYTES_125 = 125 << 20
LENGTHS = st.one_of(st.integers(LONGEST - 4, LONGEST + 8), st.integers(2 * LONGEST, 2 * LONGEST + 12), st.just(300_001))


@given(LENGTHS, st.sampled_from([b"x", b" ", b"\r", b"\xef\xbb\xbf"]), st.sampled_from([b"\n", b"\r\n", b""]))
def test_of_a_line_too_long_the_beginning_is_kept_as_of_any(length: int, filling: bytes, end: bytes) -> None:
    """Law: length, digest and the first 64 KiB are those of the line, wherever it is cut while it is read."""
    line = (b"{" + filling * length)[:length]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "long.jsonl"
        path.write_bytes(b"\xef\xbb\xbf" + line + end + (GOOD + b"\n" if end else b""))
        read = [each for batch in batches([str(path)], lambda _: None) for each in batch]
    assert beginning_of(read[0]) == beginning_of((line + end).removesuffix(b"\n").removesuffix(b"\r"))
    assert read[1:] == ([GOOD] if end else [])
    assert isinstance(read[0], Beginning) or len(read[0]) <= LONGEST + 5


def test_blanks_without_end_are_a_blank_line(tmp_path: Path) -> None:
    path = tmp_path / "blank.jsonl"
    path.write_bytes(b" " * 300_000 + b"\n" + GOOD + b"\n" + b" " * 300_000)
    sizes: list[int] = []
    assert list(batches([str(path)], sizes.append)) == [[GOOD]]
    assert sum(sizes) == path.stat().st_size


def test_a_line_of_a_quarter_of_a_gigabyte_is_refused_and_the_rest_comes_in(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    facts = lines(FACTS).splitlines(keepends=True)
    with path.open("wb") as file:
        file.write(facts[0] + b"{")
        file.seek(1 << 28, os.SEEK_CUR)  # of NUL, which take no place on the disk
        file.write(b"}\n" + b"".join(facts[1:]))
    outcome, most = measured(tmp_path, "ingest", "long.jsonl", "--json")
    assert (outcome.code, outcome.json["accepted"], outcome.json["refused"]) == (1, len(facts), 1)
    assert most < MEGABYTES_125
    (kept,) = run(tmp_path, "quarantine", "list", "--json").json
    assert (kept["reason"], kept["detail"]) == ("too-long", f"{(1 << 28) + 2} bytes; at most {LONGEST} are read")
    again = run(tmp_path, "quarantine", "redrive", "--json")
    assert (again.code, again.json["refused"]) == (1, 1)


def packed(path: Path, unpacked: int) -> None:
    """A good line, one of so many bytes, and a good line again."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(lines(FACTS[:1]) + b"{")
        for _ in range(unpacked >> 20):
            file.write(b"0" * (1 << 20))
        file.write(b"\n" + lines(FACTS[1:2]))


def test_what_is_packed_small_is_no_other_line(tmp_path: Path) -> None:
    packed(tmp_path / "small.jsonl.gz", 50 << 20)
    outcome, most = measured(tmp_path, "ingest", "small.jsonl.gz", "--json")
    assert (outcome.code, outcome.json["accepted"], outcome.json["refused"]) == (1, 2, 1)
    assert most < MEGABYTES_125


def test_a_bomb_is_unpacked_so_far_and_no_further(tmp_path: Path) -> None:
    packed(tmp_path / "bomb.jsonl.gz", 300 << 20)
    outcome, most = measured(tmp_path, "ingest", "bomb.jsonl.gz", "--json")
    assert (outcome.code, json.loads(outcome.out)["accepted"]) == (2, 1), "what came before it is taken in"
    assert "bomb.jsonl.gz unpacks to over 200 times its size" in outcome.err
    assert outcome.err.count("\n") == 1
    assert most < MEGABYTES_125


@pytest.mark.parametrize("start", [b"[", b'[{"UPN": "A850728973744"}, ', b"<Message>"])
def test_of_something_else_on_one_long_line_nothing_is_kept(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "some.jsonl"
    path.write_bytes(start + b"Zebedee " * 20_000 + b"\n")
    with pytest.raises(WrongInput, match="is no file of JSON lines"):
        check([str(path)])
