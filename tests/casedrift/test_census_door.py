"""A census at the door, as somebody brings it: what is told of it, what is kept, and what stands in nobody's way."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casedrift.desk import Desk
from casedrift.now import now
from casedrift.policies import load_policy
from domain.clocks import measured_from
from domain.days import format_day, parse_day
from streams.errors import OutOfReach, WrongInput
from streams.intake import Tally
from streams.sources.formats import Reader
from streams.sources.loading import ExtractLoad
from streams.sources.untold import annex_a_notes, census_notes
from tests.casedrift.running import run
from tests.kit.annex_a import annex_a, row
from tests.streams.written_census import HEADER, assessment, census, child, episode

GOOD = census(child(episode("2025-01-06", "", assessment("2025-01-07", "2025-02-10"))))
TALLY = {"read": 5, "accepted": 5, "duplicate": 0, "refused": 0, "waiting": 0}
BAD = census(child(episode("soon")))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(str(tmp_path / "x.db"), create=True, now=now) as desk:
        yield desk


def written(folder: Path, text: str) -> Path:
    path = folder / "census.xml"
    path.write_text(text, "utf-8")
    return path


def taken(desk: Desk, folder: Path, text: str, when: datetime | None = None) -> tuple[dict[str, int], list[str]]:
    tally, notes = desk.door().take_extract("cin-census", written(folder, text), Reader(taken=when), backfill=True)
    return tally.as_dict(), notes


def test_a_census_all_refused_then_put_right_is_taken(desk: Desk, tmp_path: Path) -> None:
    assert taken(desk, tmp_path, BAD)[0] == {"read": 1, "accepted": 0, "duplicate": 0, "refused": 1, "waiting": 0}
    assert taken(desk, tmp_path, GOOD)[0] == TALLY
    again, _ = desk.door().take_extract("cin-census", written(tmp_path, BAD), Reader(), backfill=True)
    assert again == Tally(read=1, refused=1), "a row that can't be read withdraws nothing"


@pytest.mark.parametrize(
    "useless",
    [
        census(),
        GOOD.replace("CINdetails", "CINDetails"),
        census(child(episode("2025-01-06")), header=HEADER.replace("2025-05-01", "2999-05-01")),
    ],
    ids=["no child", "a misspelt element", "not yet taken"],
)
def test_a_census_that_is_refused_whole_leaves_the_store_free(desk: Desk, tmp_path: Path, useless: str) -> None:
    with pytest.raises(WrongInput, match=r"census\.xml: line 1: "):
        taken(desk, tmp_path, useless)
    assert (desk.quarantined(), desk.status()["facts"]) == ([], 0)
    assert taken(desk, tmp_path, GOOD)[0] == TALLY


def test_the_census_that_is_held_is_no_news_then_or_later_and_was_not_taken_before(desk: Desk, tmp_path: Path) -> None:
    when = datetime(2025, 6, 1, tzinfo=UTC)
    assert taken(desk, tmp_path, GOOD, when)[0] == TALLY
    with pytest.raises(WrongInput, match="before the last one of this store, 2025-06-01T00:00:00Z"):
        taken(desk, tmp_path, GOOD, datetime(2025, 5, 31, tzinfo=UTC))
    for again in (None, when, datetime(2025, 6, 2, tzinfo=UTC)):
        assert taken(desk, tmp_path, GOOD, again)[0] == {**TALLY, "accepted": 0, "duplicate": 5}


def test_each_fault_has_its_own_entry_in_quarantine(desk: Desk, tmp_path: Path) -> None:
    row = episode("04/05/2024", "2024-13-04", reason="moved away")
    tally, _ = taken(desk, tmp_path, census(child(row, row), child(row, local_id=""), child(row, local_id="")))
    assert tally["refused"] == 8
    assert len(desk.quarantined()) == 8


def test_two_loads_at_once_do_not_mix(desk: Desk, tmp_path: Path) -> None:
    one, other = tmp_path / "one.xml", tmp_path / "other.xml"
    one.write_text(GOOD, "utf-8")
    other.write_text(census(child(episode("2025-01-07"))), "utf-8")
    loads = [loading(desk, path) for path in (one, other)]
    for load in loads:
        with desk.store.writing():
            load.begin()
    with pytest.raises(WrongInput, match="another extract came into this store meanwhile"):
        list(loads[0].batches())
    assert sum(len(batch.news) for batch in loads[1].batches()) == 2


def loading(desk: Desk, path: Path) -> ExtractLoad:
    when = datetime(2025, 6, 1, tzinfo=UTC)
    return ExtractLoad(desk.store, "cin-census", path, Reader(), now=when, secret=secrets.token_bytes)


def test_a_store_that_another_holds_is_no_fault_of_ours(desk: Desk, tmp_path: Path) -> None:
    desk.store.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(OutOfReach, match=r"x\.db"):
        taken(desk, tmp_path, GOOD)


def test_a_header_without_a_time_that_can_be_read_is_told(desk: Desk, tmp_path: Path) -> None:
    tally, notes = taken(desk, tmp_path, GOOD.replace("2025-05-01T10:00:00Z", "23/05/2025"))
    assert (tally["accepted"], tally["refused"]) == (5, 1)
    assert "no DateTime that can be read" in notes[0]
    assert "--taken" in notes[0]
    (kept,) = desk.quarantined()
    assert (kept["reason"], "DateTime" in kept["detail"]) == ("bad-date", True)


def test_a_header_without_a_time_is_told_too(desk: Desk, tmp_path: Path) -> None:
    tally, notes = taken(desk, tmp_path, GOOD.replace("<DateTime>2025-05-01T10:00:00Z</DateTime>", ""))
    assert tally == TALLY
    assert "no DateTime at all" in notes[0]


def test_of_a_workbook_it_is_told_that_it_never_says_when(tmp_path: Path, desk: Desk) -> None:
    book = annex_a(tmp_path / "x.xlsx", {3: [row(on="2024-06-03")]})
    _, notes = desk.door().take_extract("annex-a", book, Reader(), backfill=False)
    assert notes[0].startswith(
        "A workbook doesn't say when it was taken: its facts count as recorded when it was first"
    )
    assert not any("DateTime" in note for note in notes)


def test_an_instant_that_is_none_is_said_before_a_store_is_made(tmp_path: Path) -> None:
    (tmp_path / "census.xml").write_text(GOOD, "utf-8")
    outcome = run(tmp_path, "ingest", "census.xml", "--taken", "2999-01-01")
    assert (outcome.code, outcome.err.count("\n"), (tmp_path / "casedrift.db").exists()) == (2, 1, False)
    assert "--taken 2999-01-01 is later than now" in outcome.err


def test_of_a_header_with_a_time_nothing_is_told(desk: Desk, tmp_path: Path) -> None:
    _, notes = taken(desk, tmp_path, GOOD)
    assert notes
    assert not any("DateTime" in note for note in notes)


def test_what_a_census_can_t_tell_is_said_with_the_lines_to_paste(tmp_path: Path) -> None:
    held = {"case-opened", "case-assessed", "plan-reviewed"}
    notes = list(census_notes(held, parse_day("2024-04-01")))
    assert "--policy england-census" in notes[0]
    pasted = "\n".join(note for note in notes if note.startswith("[[coverage]]"))
    for extends in ("england", "england-census"):
        path = tmp_path / "own.toml"
        path.write_text(f'[policy]\nid = "own"\nversion = "1"\nextends = "{extends}"\n{pasted}', "utf-8")
        policy = load_policy(str(path))
        since = {clock.id: measured_from(clock, policy.coverage) for clock in policy.clocks}
        dated = {clock for clock, day in since.items() if day and format_day(day) == "2024-04-01"}
        assert dated == {"assessment", "assessment-from-start", "assessment-update", "protection-review"}
        never = {clock for clock, day in since.items() if day is None}
        assert {"supervision", "protection-visit", "in-need-review", "in-need-without-improvement"} <= never


def test_what_a_first_workbook_can_t_tell_is_said_with_the_lines_to_paste(tmp_path: Path) -> None:
    held = {"case-opened", "case-assessed", "plan-reviewed"}
    pasted = "\n".join(note for note in annex_a_notes(held, parse_day("2024-01-07")) if note.startswith("[[coverage]]"))
    path = tmp_path / "own.toml"
    path.write_text(f'[policy]\nid = "own"\nversion = "1"\nextends = "england-annex-a"\n{pasted}', "utf-8")
    policy = load_policy(str(path))
    since = {clock.id: measured_from(clock, policy.coverage) for clock in policy.clocks}
    dated = {clock for clock, day in since.items() if day and format_day(day) == "2024-01-07"}
    assert dated == {"assessment", "assessment-from-start", "assessment-update"}
    never = {clock for clock, day in since.items() if day is None}
    assert {"supervision", "protection-visit", "protection-review", "in-need-without-improvement"} <= never


def test_only_a_first_extract_says_from_which_day_on_it_is_complete(desk: Desk, tmp_path: Path) -> None:
    rows = {4: [row("1", started="2024-06-05", authorised="2024-06-20")]}
    first, later = (
        "\n".join(desk.door().take_extract(
            "annex-a", annex_a(tmp_path / f"{month}.xlsx", rows),
            Reader(taken=datetime(2024, month, 15, tzinfo=UTC)), backfill=False,
        )[1])
        for month in (7, 8)
    )  # fmt: skip
    assert "measure from 2024-01-22 on" in first, "six months before, and seven days of grace"
    assert "measure from" not in later


def test_what_a_census_held_none_of_has_no_first_day() -> None:
    notes = "\n".join(census_notes({"case-opened"}, parse_day("2024-04-01")))
    assert "from = " not in notes
    assert '    "case-assessed",\n' in notes
    assert "from = " not in "\n".join(census_notes({"case-assessed"}, None))


@pytest.mark.parametrize("as_json", [True, False])
def test_what_was_committed_before_a_fault_is_told_beside_it(tmp_path: Path, as_json: bool) -> None:
    (tmp_path / "good.xml").write_text(GOOD, "utf-8")
    (tmp_path / "trunc.xml").write_text(GOOD[:-20], "utf-8")
    outcome = run(tmp_path, "ingest", "good.xml", "trunc.xml", *(["--json"] if as_json else []))
    assert (outcome.code, outcome.err.count("\n")) == (2, 1), outcome
    assert "trunc.xml: line " in outcome.err
    if as_json:
        assert json.loads(outcome.out) == {**TALLY, "corrected": 0, "withdrawn": 0, "unconfirmed": 0}
    else:
        assert re.search(r"5 +accepted", outcome.out)
