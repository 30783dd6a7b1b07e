"""JSON lines that nobody in good faith would send: each is refused with its reason, and the lines around it come in.

What is no file that can be read ends the run with one line, that says why.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedrift.lines import batches
from streams.cloudevents import Arrived, Refused, read_lines
from streams.errors import WrongInput
from streams.raw import LONGEST
from tests.casedrift.running import FACTS, fact, lines, run

GOOD = json.dumps(fact("good", "case-closed", "A", "2019-06-03")).encode()
TIER = GOOD.replace(b"closed", b"opened")
NOBODY = 65_534


def said(old: bytes, new: bytes) -> bytes:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def with_(attribute: bytes) -> bytes:
    return GOOD[:-1] + b", " + attribute + b"}"


HOSTILE = {
    "invalid UTF-8": (said(b'"c-A"', b'"c-\xff"'), "not-json", "unicode"),
    "a surrogate in UTF-8": (said(b'"c-A"', b'"c-\xed\xa0\x80"'), "not-json", "unicode"),
    "an overlong zero in UTF-8": (said(b'"c-A"', b'"c-\xc0\x80"'), "not-json", "unicode"),
    "a NUL": (said(b'"c-A"', b'"c-\0"'), "not-json", "control character"),
    "a NUL after it": (GOOD + b"\0", "not-json", "trailing"),
    "an escaped NUL": (said(b'"c-A"', rb'"c-\u0000"'), "invalid-data", "data.child: holds the character U+0000"),
    "an escaped NUL as a name": (with_(rb'"\u0000": 1'), "not-an-event", ""),
    "the first half of a pair": (said(b'"c-A"', rb'"c-\ud800"'), "not-json", "hex escape"),
    "the second half of a pair": (said(b'"c-A"', rb'"c-\udc00"'), "not-json", "hex escape"),
    "half a pair as a name": (with_(rb'"\ud800": 1'), "not-json", "hex escape"),
    "NaN": (with_(b'"a": NaN'), "not-json", ""),
    "infinity": (with_(b'"a": -Infinity'), "not-json", ""),
    "a number beyond all": (with_(b'"a": 1e999'), "not-an-event", "a."),
    "sixty thousand digits": (with_(b'"a": ' + b"9" * 60_000), "not-json", "number"),
    "year 0": (said(b"2019-06-03T", b"0000-06-03T"), "not-an-event", "time: year 0"),
    "year 0 in data": (said(b'"2019-06-03"', b'"0000-06-03"'), "invalid-data", "data.effective_on"),
    "year 99999": (said(b"2019-06-03T", b"99999-06-03T"), "not-an-event", "time"),
    "year 99999 in data": (said(b'"2019-06-03"', b'"99999-06-03"'), "invalid-data", "data.effective_on"),
    "before all years": (said(b"2019-06-03T12:00:00Z", b"0001-01-01T00:00:00+14:00"), "not-an-event", "time"),
    "after all years": (said(b"2019-06-03T12:00:00Z", b"9999-12-31T23:59:59-14:00"), "not-an-event", "time"),
    "lists within lists": (with_(b'"a": ' + b"[" * 30_000 + b"]" * 30_000), "not-json", "recursion"),
    "lists without end": (b"[" * 60_000, "not-json", "recursion"),
    "objects within objects": (said(b'"c-A"', b'{"a":' * 9_000 + b"1" + b"}" * 9_000), "not-json", "recursion"),
    "as deep as JSON is read": (said(b'"c-A"', b"[" * 190 + b"]" * 190), "invalid-data", "data.child"),
    "an id twice": (with_(b'"id": "other"'), "not-an-event", "id: stands twice"),
    "a type twice": (with_(b'"type": "case-allocated.v1"'), "not-an-event", "type: stands twice"),
    "an extension twice": (with_(b'"a": 1, "a": 1'), "not-an-event", "a: stands twice"),
    "data twice": (with_(b'"data": {"child": "c-B", "effective_on": "2019-06-03"}'), "invalid-data", "data: stands"),
    "a child twice": (said(b'"c-A"', b'"c-A", "child": "c-B"'), "invalid-data", "data.child: stands twice"),
    "a child twice, blanks before": (said(b'"c-A"', b'"c-A", "child"\t: "c-B"'), "invalid-data", "stands twice"),
    "a child twice, once escaped": (said(b'"c-A"', rb'"c-A", "chil\u0064": "c-B"'), "invalid-data", "stands twice"),
    "half a fact": (GOOD[: len(GOOD) // 2], "not-json", ""),
    "two facts": (GOOD + GOOD, "not-json", "trailing"),
    "a mark within the file": (b"\xef\xbb\xbf" + GOOD, "not-json", ""),
    "UTF-16 within the file": (GOOD.decode().encode("utf-16-le"), "not-json", ""),
    "a day that is none": (
        GOOD.replace(b'"2019-06-03"', b'"2019-02-31"'),
        "invalid-data",
        "data.effective_on: day is out of range for month",
    ),
    "too long by a byte": (b"{" + b"x" * LONGEST, "too-long", f"{LONGEST + 1} bytes"),
}


@pytest.mark.parametrize(("line", "reason", "detail"), HOSTILE.values(), ids=HOSTILE)
def test_each_is_refused_with_its_reason(line: bytes, reason: str, detail: str) -> None:
    for read in (read_lines([line]), read_lines([GOOD, line, TIER])[1:2]):
        (refused,) = read
        assert isinstance(refused, Refused)
        assert (refused.reason, refused.raw) == (reason, line)
        assert detail in refused.detail
        assert len(refused.detail) <= 300


def test_the_lines_around_them_come_in(tmp_path: Path) -> None:
    hostile = [line for line, _, _ in HOSTILE.values()]
    good = [json.dumps(fact(f"g-{nth}", "case-supervised", "A", "2019-06-03")).encode() for nth in range(len(hostile))]
    mixed = b"".join(one + b"\r\n" + other + b"\n" for one, other in zip(good, hostile, strict=True))
    (tmp_path / "mixed.jsonl").write_bytes(mixed)
    outcome = run(tmp_path, "ingest", "mixed.jsonl", "--json")
    assert outcome.code == 1
    many = len(good)
    assert outcome.json == {"read": 2 * many, "accepted": many, "duplicate": 0, "refused": many, "waiting": 0}
    kept = {each["sha256"]: each["reason"] for each in run(tmp_path, "quarantine", "list", "--json").json}
    assert kept == {hashlib.sha256(line).hexdigest(): reason for line, reason, _ in HOSTILE.values()}


def test_a_colon_after_a_quotation_mark_within_a_text_is_no_name() -> None:
    texts = [rb'"c-\":\":"', rb'":"', rb'"\u0022:"', b'" :"', b'"a : b"']
    read = read_lines([said(b'"c-A"', text) for text in texts] + [said(b'"id":', b'"id"\t :')])
    assert [each.data["child"] for each in read if isinstance(each, Arrived)] == [
        *(json.loads(text) for text in texts),
        "c-A",
    ]


NAMES = st.sampled_from(["id", "child", "time", "a", "data"])
BLANKS = st.sampled_from(["", " ", "\t", "\r", "\n"])


@given(st.lists(st.tuples(NAMES, BLANKS), max_size=3), st.booleans())
def test_a_name_that_stands_twice_is_found_however_it_is_written(names: list[tuple[str, str]], within: bool) -> None:
    """Among good lines: what would be accepted by itself is so only where no name stands twice."""
    added = "".join(f', "{name}"{blank}:{blank}"c-A"' for name, blank in names).encode()
    line = said(b'"c-A"', b'"c-A"' + added) if within else GOOD[:-1] + added + b"}"
    alone, among = read_lines([line])[0], read_lines([GOOD, line, GOOD])[1]
    twice = False

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        twice = twice or len(dict(pairs)) < len(pairs)
        return dict(pairs)

    json.loads(line, object_pairs_hook=look)
    assert type(alone) is type(among)
    assert not (twice and isinstance(alone, Arrived))


# --- what is no file that can be read ---


def test_a_file_cut_short_is_taken_in_as_far_as_it_goes(tmp_path: Path) -> None:
    plain = lines(FACTS)
    (tmp_path / "cut.jsonl").write_bytes(plain[:-20])
    told = run(tmp_path, "ingest", "cut.jsonl", "--json")
    assert (told.code, told.json["accepted"], told.json["refused"]) == (1, len(FACTS) - 1, 1)
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(plain * 50)[:-10])
    told = run(tmp_path, "ingest", "cut.jsonl.gz", "--json")
    assert (told.code, told.err) == (2, "casedrift: cut.jsonl.gz is damaged: it can't be unpacked; fetch it again\n")
    assert json.loads(told.out)["accepted"] == 1, "the last fact, which the plain file had lost"


@pytest.mark.parametrize(
    ("path", "why"), [("folder.jsonl", "is a directory"), ("round.jsonl", "symbolic links"), ("gone.jsonl", "no such")]
)
@pytest.mark.parametrize("asked", [[], ["--format", "jsonl"], ["--format", "cin-census"]])
def test_what_can_t_be_opened_is_said_and_no_store_is_made_for_it(
    tmp_path: Path, path: str, why: str, asked: list[str]
) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "round.jsonl").symlink_to("round.jsonl")
    outcome = run(tmp_path, "ingest", path, *asked)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert f"{path} can't be read: " in outcome.err
    assert why in outcome.err
    assert not (tmp_path / "casedrift.db").exists()


@contextmanager
def somebody_else() -> Iterator[None]:
    """Not root, who may read everything."""
    whoever = os.geteuid()
    if not whoever:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(whoever)


def test_a_file_that_may_not_be_read_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "closed.jsonl"
    path.write_bytes(lines(FACTS))
    path.chmod(0)
    with somebody_else(), pytest.raises(WrongInput, match=r"closed\.jsonl can't be read: permission denied"):
        list(batches([str(path)], lambda _: None))
