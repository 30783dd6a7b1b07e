"""A second chance for what was refused: it is taken in as it came, or stays where it is. What is discarded is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casedrift.desk import Desk
from domain.days import format_instant, midnight, parse_day, parse_instant
from streams.errors import WrongInput
from streams.sources.formats import Reader
from tests.casedrift.running import fact, lines
from tests.house.source import ROOT
from tests.streams.whole_store import prove

EARLY, NOW = (midnight(parse_day(day)) for day in ("2019-06-01", "2022-06-01"))
TIER = {"tier": "child_in_need"}
OPENED = fact("1", "case-opened", "A", "2019-05-01", "2020-01-01T00:00:00Z", **TIER)
OTHER = fact("2", "case-opened", "B", "2019-05-01", "2020-01-02T00:00:00Z", **TIER)
CORRECTED = fact("3", "case-opened", "A", "2019-05-02", "2020-01-03T00:00:00Z", **TIER, corrects="1")


class Kept:
    """A store whose hour can be moved, and what is in its quarantine."""

    def __init__(self, path: Path) -> None:
        self.at = EARLY
        self.desk = Desk(str(path), create=True, now=lambda: self.at)

    def take(self, *facts: dict[str, Any], backfill: bool = False) -> dict[str, int]:
        return self.take_lines(lines(list(facts)).splitlines(), backfill=backfill)

    def take_lines(self, raw: list[bytes], *, backfill: bool = False) -> dict[str, int]:
        return self.desk.ingest_lines(iter([raw]), backfill=backfill, progress=lambda _: None).as_dict()

    def reasons(self) -> dict[int, str]:
        return {each["number"]: each["reason"] for each in self.desk.quarantined()}

    def known(self) -> dict[str, str]:
        """When each fact became known, by its id, in the order of acceptance."""
        query = "SELECT json_extract(CAST(state AS TEXT), '$.id'), json_extract(CAST(state AS TEXT), '$.known_at')"
        rows = self.desk.store.connection.execute(f"{query} FROM stored_events ORDER BY rowid")
        return {id_: format_instant(known) for id_, known in rows}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path / "store.db")
    with made.desk:
        yield made
        prove(made.desk)


def tally(**told: int) -> dict[str, int]:
    return dict.fromkeys(("read", "accepted", "duplicate", "refused", "waiting"), 0) | told


def test_each_is_taken_in_as_it_came_live_or_as_history(kept: Kept) -> None:
    kept.take(OPENED, backfill=True)
    kept.take(OTHER)
    assert kept.reasons() == {1: "recorded-in-future", 2: "recorded-in-future"}
    kept.at = NOW
    assert kept.desk.redrive().tally.as_dict() == tally(read=2, accepted=2)
    assert kept.reasons() == {}
    assert kept.known() == {"1": "2020-01-01T00:00:00Z", "2": format_instant(NOW)}


def test_what_is_still_refused_keeps_its_number_and_says_why_now(kept: Kept) -> None:
    kept.take(OPENED)
    kept.at = NOW
    kept.take(OPENED | {"time": "2019-05-05T00:00:00Z"})
    assert kept.desk.redrive().tally.as_dict() == tally(read=1, refused=1)
    (left,) = kept.desk.quarantined()
    assert (left["number"], left["reason"]) == (1, "conflicting-duplicate")
    assert parse_instant(left["received_at"]) == EARLY


def test_what_came_in_another_way_meanwhile_is_known_already(kept: Kept) -> None:
    kept.take(OPENED)
    kept.at = NOW
    kept.take(OPENED)
    assert kept.reasons() == {1: "recorded-in-future"}
    assert kept.desk.redrive().tally.as_dict() == tally(read=1, duplicate=1)
    assert kept.reasons() == {}


def test_only_the_numbers_that_are_named(kept: Kept) -> None:
    kept.take(OPENED, OTHER)
    kept.at = NOW
    assert kept.desk.redrive({2}).tally.as_dict() == tally(read=1, accepted=1)
    assert kept.reasons() == {1: "recorded-in-future"}


def test_a_correction_redriven_waits_for_its_target_under_its_number(kept: Kept) -> None:
    kept.take(CORRECTED)
    kept.at = NOW
    assert kept.desk.redrive().tally.as_dict() == tally(read=1, waiting=1)
    assert kept.reasons() == {1: "target-unknown"}
    assert kept.desk.redrive().tally.as_dict() == tally()
    with pytest.raises(WrongInput, match="number 1 in quarantine waits"):
        kept.desk.redrive({1})
    assert kept.take(OPENED) == tally(read=1, accepted=1)
    assert list(kept.known()) == ["1", "3"]


def test_one_redriven_frees_what_waits_for_it(kept: Kept) -> None:
    kept.take(OPENED)
    kept.at = NOW
    assert kept.take(CORRECTED) == tally(read=1, waiting=1)
    assert kept.desk.redrive().tally.as_dict() == tally(read=1, accepted=1)
    assert list(kept.known()) == ["1", "3"]
    assert kept.reasons() == {}


def test_what_can_not_be_read_again_stays_as_it_is(kept: Kept) -> None:
    census = ROOT / "tests" / "fixtures" / "census_oddities.xml"
    kept.at = midnight(parse_day("2026-01-01"))
    kept.desk.door().take_extract("cin-census", census, Reader(), backfill=True)
    of_extract = kept.reasons()
    assert len(of_extract) >= 3
    kept.take_lines([b'{"id": "' + b"x" * 70_000 + b'"}', b"not json"])
    before = kept.desk.quarantined()
    redriven = kept.desk.redrive()
    refused = len(of_extract) + 2
    assert redriven.tally.as_dict() == tally(read=refused, refused=refused)
    assert (redriven.of_extracts, redriven.too_long) == (len(of_extract), 1)
    assert kept.desk.quarantined() == before


@pytest.mark.parametrize("act", ["redrive", "discard"])
@pytest.mark.parametrize("number", [0, 3, -1, 2**70])
def test_a_number_that_is_not_there_changes_nothing(kept: Kept, act: str, number: int) -> None:
    kept.take(OPENED, OTHER)
    kept.at = NOW
    with pytest.raises(WrongInput, match=f"no number {number} in quarantine"):
        getattr(kept.desk, act)({1, number})
    assert kept.reasons() == {1: "recorded-in-future", 2: "recorded-in-future"}


def test_discarded_numbers_are_gone_and_never_given_again(kept: Kept) -> None:
    kept.take(OPENED, OTHER)
    assert kept.desk.discard({2}) == 1
    assert kept.reasons() == {1: "recorded-in-future"}
    kept.take(OTHER)
    assert list(kept.reasons()) == [1, 3]
    assert kept.desk.discard(None) == 2
    assert kept.reasons() == {}
    assert kept.desk.discard(None) == 0


def test_a_waiting_one_discarded_lets_go_of_its_identity(kept: Kept) -> None:
    kept.at = NOW
    kept.take(CORRECTED)
    says_otherwise = fact("3", "case-opened", "A", "2019-05-09", "2020-01-03T00:00:00Z", **TIER)
    assert kept.take(says_otherwise)["refused"] == 1
    assert kept.desk.discard({1}) == 1
    assert kept.desk.redrive().tally.as_dict() == tally(read=1, accepted=1)
    assert kept.take(OPENED)["accepted"] == 1
    assert list(kept.known()) == ["3", "1"]


def test_what_another_process_discards_while_it_waits_counts_as_refused(kept: Kept, tmp_path: Path) -> None:
    kept.at = NOW

    def batches() -> Iterator[list[bytes]]:
        yield lines([CORRECTED]).splitlines()
        with Desk(str(tmp_path / "store.db"), now=lambda: NOW) as other:
            assert other.discard(None) == 1
        yield lines([OPENED]).splitlines()

    told = kept.desk.ingest_lines(batches(), backfill=False, progress=lambda _: None).as_dict()
    assert told == tally(read=2, accepted=1, refused=1)
    assert list(kept.known()) == ["1"]
