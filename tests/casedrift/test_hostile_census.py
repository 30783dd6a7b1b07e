"""Census files that nobody in good faith would send: each is refused whole with one line, or costs one child alone.

Nothing of them is stored then, and they take no more memory than any census does.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from casedrift.desk import Desk
from casedrift.now import now
from tests.casedrift.measured import measured
from tests.casedrift.running import run
from tests.streams.written_census import census, child, episode, in_need_plan, protection_plan

ONE = child(episode("2025-01-06"))
GOOD = census(ONE)
MEGABYTES_150 = 150 << 20
LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
BOMB = f"<!DOCTYPE Message [<!ENTITY l0 'ha'>{LAUGHS}]>" + GOOD.replace("L1", "&l9;")
SQUARED = f"<!DOCTYPE Message [<!ENTITY a '{'a' * 100_000}'>]>" + GOOD.replace("L1", "&a;" * 10_000)
OUTSIDE = "<!DOCTYPE Message [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + GOOD.replace("L1", "&a;")

HOSTILE = {
    "entities within entities": (BOMB.encode(), "a DOCTYPE"),
    "one entity a thousand times": (SQUARED.encode(), "a DOCTYPE"),
    "an entity from outside": (OUTSIDE.encode(), "a DOCTYPE"),
    "a parameter entity": (b"<!DOCTYPE Message [<!ENTITY % a 'x'>%a;]>" + GOOD.encode(), "a DOCTYPE"),
    "an entity that nobody declared": (census(ONE.replace("L1", "&a;")).encode(), "undefined entity"),
    "invalid UTF-8": (census(ONE.replace("L1", "Ä")).encode("latin-1"), "invalid token"),
    "half a character of UTF-16": (GOOD.encode("utf-16")[:-1], "not well-formed XML"),
    "a NUL": (census(ONE.replace("L1", "L\0")).encode(), "invalid token"),
    "a NUL as a reference": (census(ONE.replace("L1", "&#0;")).encode(), "invalid character number"),
    "a surrogate as a reference": (census(ONE.replace("L1", "&#xD800;")).encode(), "invalid character number"),
    "an encoding of many bytes": (b"<?xml version='1.0' encoding='big5'?>" + GOOD.encode(), "save it as UTF-8"),
    "an encoding that is none": (b"<?xml version='1.0' encoding='rot13'?>" + GOOD.encode(), "save it as UTF-8"),
    "an encoding that contradicts": (b"<?xml version='1.0' encoding='utf-16'?>" + GOOD.encode(), "encoding"),
    "deep nesting": (census("<a>" * 100_000 + "</a>" * 100_000).encode(), "without end"),
    "deep nesting of what is read": (
        census(child("<CINdetails>" * 100_000 + "</CINdetails>" * 100_000)).encode(),
        "without end",
    ),
    "a comment without end": (census(f"<!--{'x' * (9 << 20)}-->").encode(), "a tag or a comment without an end"),
    "an attribute without end": (census(f"<a b='{'x' * (9 << 20)}'/>").encode(), "a tag or a comment without an end"),
    "cut short": (GOOD[: GOOD.rindex("</Child>")].encode(), "no element found"),
    "cut short within a tag": (GOOD[:-3].encode(), "unclosed token"),
    "two messages": ((GOOD + GOOD).encode(), "junk after document element"),
    "packed": (gzip.compress(GOOD.encode()), "not well-formed XML"),
    "nothing": (b"", "no element found"),
    "only NUL": (b"\0" * 100_000, "not well-formed XML"),
    "a time after all years": (
        GOOD.replace("2025-05-01T10:00:00Z", "9999-12-31T23:59:59-14:00").encode(),
        "ahead of now",
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty store."""
    folder = tmp_path_factory.mktemp("census")
    with Desk(str(folder / "casedrift.db"), create=True, now=now):
        pass
    return folder


@pytest.mark.parametrize(("content", "why"), HOSTILE.values(), ids=HOSTILE)
def test_each_is_refused_whole_with_one_line(folder: Path, content: bytes, why: str) -> None:
    (folder / "census.xml").write_bytes(content)
    outcome = run(folder, "ingest", "census.xml", "--json")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1), outcome
    assert outcome.err.startswith("casedrift: census.xml: line ")
    assert why in outcome.err
    assert len(outcome.err) < 300
    with Desk(str(folder / "casedrift.db"), now=now) as desk:
        assert (desk.quarantined(), desk.status()["facts"]) == ([], 0)


def test_a_pipe_is_refused_at_once_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    outcome = run(folder, "ingest", "--format", "cin-census", "pipe")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "give the path of its file" in outcome.err


def test_a_name_of_the_sender_that_is_no_text_is_wrong_use(folder: Path) -> None:
    (folder / "good.xml").write_text(GOOD)
    outcome = run(folder, "ingest", "good.xml", "--source", os.fsdecode(b"\xff"))
    assert (outcome.code, outcome.err) == (2, "casedrift: --source must have 1 to 200 characters, in UTF-8\n")


def plans(count: int) -> Iterable[str]:
    return (in_need_plan(f"{1950 + nth % 70}-01-{1 + nth % 28:02}", "2025-01-01") for nth in range(count))


TOO_MUCH = {
    "rows in rows": child(episode("2025-01-06", "", *plans(700)), local_id="L2"),
    "rows after rows": child(*[episode("2025-01-06")] * 400, local_id="L2"),
    "elements after elements": child(episode("2025-01-06"), local_id="L2") * 400,
    "bad dates": child(episode("2025-01-06", "", protection_plan("2025-01-06", "", *["bad"] * 2_000)), local_id="L2"),
    "the id at the end": child(*[episode("2025-01-06")] * 400, local_id="").replace(
        "</Child>", "<ChildIdentifiers><LAchildID>L2</LAchildID></ChildIdentifiers></Child>"
    ),
}


@pytest.mark.parametrize("much", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_child_of_whom_there_is_too_much_is_refused_alone(tmp_path: Path, much: str) -> None:
    (tmp_path / "census.xml").write_text(census(ONE, much, child(episode("2025-01-06"), local_id="L3")))
    outcome = run(tmp_path, "ingest", "census.xml", "--json")
    assert (outcome.code, outcome.json["accepted"], outcome.json["refused"]) == (1, 4, 1)
    (kept,) = run(tmp_path, "quarantine", "list", "--json").json
    assert kept["reason"] == "too-much"
    assert "where at most 2000 are read" in kept["detail"]


def test_a_fault_is_kept_with_some_cells_of_its_row_not_all(tmp_path: Path) -> None:
    bad = protection_plan("2025-01-06", "", *["bad"] * 1_500)
    (tmp_path / "census.xml").write_text(census(child(episode("2025-01-06", "", bad))))
    outcome = run(tmp_path, "ingest", "census.xml", "--json")
    assert (outcome.code, outcome.json["refused"]) == (1, 1_500)
    assert (tmp_path / "casedrift.db").stat().st_size < 5 << 20


def test_a_text_without_end_and_a_header_over_and_over_cost_no_memory(tmp_path: Path) -> None:
    """The text stands where nothing is read, where a day is meant, and as the local id."""
    long, header = "x" * (1 << 20), GOOD.partition("<Children>")[0].removeprefix("<Message>")
    start, end = GOOD.split("<Children>")[0] + "<Children>", "</Children></Message>"
    with (tmp_path / "census.xml").open("w") as file:
        file.write(start)
        for before, after in (
            ("<Child><Note>", "</Note></Child>"),
            ("<Child><CINdetails><CINreferralDate>", "</CINreferralDate></CINdetails></Child>"),
            ("<Child><ChildIdentifiers><LAchildID>", "</LAchildID></ChildIdentifiers></Child>"),
        ):
            file.write(before)
            for _ in range(40):
                file.write(long)
            file.write(after)
        file.write(ONE + end.replace("</Message>", "") + header * 20_000 + "</Message>")
    outcome, most = measured(tmp_path, "ingest", "census.xml", "--json")
    assert (outcome.code, outcome.json["accepted"], outcome.json["refused"]) == (1, 2, 3)
    assert most < MEGABYTES_150
