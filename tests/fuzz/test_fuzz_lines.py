"""JSON lines spoilt in any way: the good lines before and after come in, and no input is more than a second's work.

Facts of every type are changed by bytes and by structure; some are packed, and some are spoilt after that.
"""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from casedrift.desk import Desk
from casedrift.lines import batches, check
from casedrift.now import now
from streams.errors import WrongInput
from tests.casedrift.running import FACTS, fact
from tests.fuzz.mutations import mutated
from tests.kit.fuzzing import for_seconds
from tests.streams.golden import lines as golden_lines

WORDS = [
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":"),
    *(b"\n", b"\r\n", b"\r", b" ", b"\t", b"\0", b"\xff", b"\xef\xbb\xbf"),
    *(b"NaN", b"-Infinity", b"1e999", b"-0", b"9" * 5_000, b"null", b"true", b"{}", b'""', rb"\u0000", rb"\ud800"),
    *(rb"\udc00\ud800", rb"\u0022", b'"id":"1",', b'"data":', b'"child":"c",', b'"time"', b'"effective_on"', b"2019"),
    *(b"0000", b"99999", b"-01", b"+14:00", b"Z"),
    *(b".v1", b"\xed\xa0\x80", b"x" * 70_000, b" " * 70_000, b"<a>", b"PK\x03\x04"),
    *(b'{"a":', b'"corrects":"1",', b'"recordedafter":"2019-01-01T00:00:00Z",'),
]  # fmt: skip
FACTS_OF_ALL_TYPES = golden_lines()
WHOLES = [*FACTS_OF_ALL_TYPES, b"\n".join(FACTS_OF_ALL_TYPES), b"\n".join(json.dumps(each).encode() for each in FACTS)]
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=70), st.just("2019-01-01")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
NAMES = st.one_of(st.sampled_from(["id", "source", "time", "type", "corrects", "child", "risks", "extra"]), st.text())


def _with_another(whole: bytes, name: str, value: Any, within: bool) -> bytes:
    event = json.loads(whole)
    (event["data"] if within else event)[name] = value
    return json.dumps(event).encode()


STRUCTURE = st.builds(_with_another, st.sampled_from(FACTS_OF_ALL_TYPES), NAMES, VALUES, st.booleans())
SPOILT = st.one_of(mutated(WHOLES, WORDS), STRUCTURE)
PACKED = mutated([gzip.compress(whole, mtime=0) for whole in WHOLES], [b"\x1f\x8b\x08", b"\0", b"\xff\xff\xff\xff"])


def test_the_lines_around_whatever_it_is_come_in(tmp_path: Path) -> None:
    numbers = count()
    path = tmp_path / "spoilt.jsonl"

    with Desk(str(tmp_path / "store.db"), create=True, now=now) as desk:
        desk.store.connection.execute("PRAGMA synchronous = OFF")

        def around(spoilt: bytes) -> None:
            good = [
                json.dumps(fact(f"good-{next(numbers)}", "case-audited", "G", "2019-01-01", grade="good")).encode()
                for _ in range(2)
            ]
            path.write_bytes(good[0] + b"\n" + spoilt + b"\n" + good[1])
            check([str(path)])
            tally = desk.ingest_lines(batches([str(path)], lambda _: None), backfill=True, progress=lambda _: None)
            assert tally.read == tally.accepted + tally.duplicate + tally.refused + tally.waiting
            accepted = {row[0] for row in desk.store.connection.execute("SELECT id FROM inbox WHERE id LIKE 'good-%'")}
            assert {json.loads(each)["id"] for each in good} <= accepted
            assert all(len(each["detail"]) <= 600 for each in desk.quarantined())
            desk.discard(None)

        assert for_seconds(SPOILT, around) > 0
        assert desk.rebuild(check=True, progress=lambda *_: None, found=lambda _: None)["differences"] == 0


def test_a_file_of_whatever_it_is_ends_in_lines_or_in_one_line_of_reasons(tmp_path: Path) -> None:
    def read(file: tuple[bytes, str]) -> None:
        content, name = file
        path = tmp_path / name
        path.write_bytes(content)
        with suppress(WrongInput):
            check([str(path)])
            assert all(line for batch in batches([str(path)], lambda _: None) for line in batch)

    names = st.sampled_from(["spoilt.jsonl", "spoilt.txt"])
    files = st.one_of(st.tuples(SPOILT, names), st.tuples(PACKED, st.just("spoilt.jsonl.gz")))
    assert for_seconds(files, read) > 0
