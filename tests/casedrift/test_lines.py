"""A file of JSON lines is known by its first lines: what is something else is refused whole, and nothing of it kept."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from pathlib import Path

import pytest

from casedrift.desk import Desk
from casedrift.lines import LOOKED_AT, batches, check
from casedrift.now import now
from streams.errors import WrongInput
from tests.casedrift.running import FACTS, PROGRAM, lines, run
from tests.kit.annex_a import annex_a, row

XML = b"<Message>\n<UPN>A850728973744</UPN>\n<Forename>Zebedee</Forename>\n</Message>\n"
TABLE = b"UPN,Forename\nA850728973744,Zebedee\n"
ELSE = {
    "XML": (XML, "holds XML; a census"),
    "XML after blanks and a mark": (b"\xef\xbb\xbf\n\n  " + XML, "holds XML"),
    "XML after a line of stray text": (b"Exported on Monday\n" + XML, "holds XML"),
    "a list over lines": (b"[\n" + lines(FACTS).replace(b"\n", b",\n") + b"]\n", "without a list around them"),
    "UTF-16": (b"\xff\xfe" + lines(FACTS).decode().encode("utf-16-le"), "text in UTF-16"),
    "UTF-16 the other way": (b"\xfe\xff" + lines(FACTS).decode().encode("utf-16-be"), "text in UTF-16"),
    "packed": (gzip.compress(lines(FACTS)), "is packed"),
    "a workbook": (b"PK\x03\x04\x14\0", "is a workbook"),
}
GOOD = {
    "facts": (lines(FACTS), 7),
    "facts with a mark after blank lines": (b"\xef\xbb\xbf\r\n \r\n" + lines(FACTS), 7),
    "a bad line first": (b"not json\n" + lines(FACTS), 8),
    "a list for a first line": (b"[1, 2]\n" + lines(FACTS), 8),
    "a bad line that begins as a fact": (b'{"half\n', 1),
    "a fact after blanks": (b"   " + lines(FACTS[:1]), 1),
    "only bad lines": (b"not json\n42\n[]\nnull\n", 4),
    "a bad line that looks like XML": (b"<half\n" + lines(FACTS), 8),
    "a table by the name of lines": (TABLE, 2),
    "nothing": (b"", 0),
    "blank lines": (b"\n \n", 0),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize(("content", "said"), ELSE.values(), ids=ELSE)
def test_what_is_no_file_of_json_lines_is_said_to_be(tmp_path: Path, content: bytes, said: str, packed: bool) -> None:
    path = tmp_path / ("some.jsonl.gz" if packed else "some.jsonl")
    path.write_bytes(gzip.compress(content) if packed else content)
    for look in (lambda: check([str(path)]), lambda: list(batches([str(path)], lambda _: None))):
        with pytest.raises(WrongInput, match="is no file of JSON lines") as refused:
            look()
        assert said in str(refused.value)
        assert "Zebedee" not in str(refused.value)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize(("content", "many"), GOOD.values(), ids=GOOD)
def test_a_bad_line_is_handed_on_and_none_is_lost(tmp_path: Path, content: bytes, many: int, packed: bool) -> None:
    path = tmp_path / ("some.jsonl.gz" if packed else "some.jsonl")
    path.write_bytes(gzip.compress(content) if packed else content)
    check([str(path)])
    sizes: list[int] = []
    read = [line for batch in batches([str(path)], sizes.append) for line in batch]
    assert len(read) == many
    assert read == [line for line in content.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip()]
    assert sum(sizes) == len(content) or not read


@pytest.mark.parametrize("content", [TABLE, b"x\n" * (LOOKED_AT // 2) + lines(FACTS)], ids=["a table", "too far in"])
def test_a_file_of_another_name_must_begin_as_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(WrongInput, match="none of its first lines begins with "):
        check([str(path)])


@pytest.mark.parametrize("arguments", [["-"], ["--format", "jsonl", "pretty.xml"], ["census.xml.gz"], ["list.csv"]])
def test_nothing_of_a_census_that_is_not_known_for_one_is_stored(tmp_path: Path, arguments: list[str]) -> None:
    for name, content in (("pretty.xml", XML), ("census.xml.gz", gzip.compress(XML)), ("list.csv", TABLE)):
        (tmp_path / name).write_bytes(content)
    with Desk(str(tmp_path / "casedrift.db"), create=True, now=now):
        pass
    outcome = run(tmp_path, "ingest", *arguments, stdin=XML)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1), outcome
    assert "no file of JSON lines" in outcome.err
    with Desk(str(tmp_path / "casedrift.db"), now=now) as desk:
        assert (desk.quarantined(), desk.status()["facts"]) == ([], 0)


def test_of_a_pipe_no_byte_is_lost_to_the_look_at_it(tmp_path: Path) -> None:
    assert run(tmp_path, "ingest", "/dev/stdin", "--json", stdin=lines(FACTS)).json["accepted"] == 7
    assert run(tmp_path, "ingest", "-", "--json", stdin=lines(FACTS)).json["duplicate"] == 7


def test_what_a_shell_hands_over_as_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "facts.jsonl").write_bytes(lines(FACTS))
    of_a_shell = f"{PROGRAM} ingest <(cat facts.jsonl) --json"
    done = subprocess.run(["bash", "-c", of_a_shell], cwd=tmp_path, capture_output=True, timeout=60, check=True)
    assert json.loads(done.stdout)["accepted"] == 7


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (["ingest", "pipe.jsonl"], 2, "pipe.jsonl is a named pipe"),
        (["ingest", "pipe", "--dry-run"], 2, "pipe is a named pipe"),
        (["ingest", "pipe", "--format", "jsonl"], 2, "pipe is a named pipe"),
        (["ingest", "pipe.xml", "--format", "jsonl"], 2, "pipe.xml is a named pipe"),
        (["policy", "check", "pipe"], 2, "it is a named pipe"),
        (["drift", "--policy", "pipe"], 2, "it is a named pipe"),
        (["lookup", "1111"], 3, "is a named pipe: put back the file"),
    ],
)
def test_nobody_waits_for_a_writer_to_a_named_pipe(tmp_path: Path, arguments: list[str], code: int, why: str) -> None:
    annex_a(tmp_path / "book.xlsx", {6: [row("1111", start="2024-04-02")]})
    assert run(tmp_path, "ingest", "book.xlsx").code == 0
    for name in ("pipe.jsonl", "pipe", "pipe.xml", "key"):
        os.mkfifo(tmp_path / name)
    outcome = run(tmp_path, *arguments, CASEDRIFT_KEY_FILE="key")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (code, "", 1), outcome
    assert why in outcome.err


def test_a_census_is_not_read_from_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    outcome = run(tmp_path, "ingest", "pipe.xml")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1), outcome
    assert "give the path of its file" in outcome.err
