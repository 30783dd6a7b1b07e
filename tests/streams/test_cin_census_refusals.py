"""What a census's faults leave in quarantine: each of them, with its place, and no word that tells who it is about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streams.sources.extract import RefusedRow
from tests.streams.written_census import (
    assessment,
    census,
    child,
    conference,
    episode,
    extract,
    only_child,
    protection_plan,
    section_47,
    told,
)


def places(refused: tuple[RefusedRow, ...]) -> list[tuple[str, str]]:
    return [(row.reason, row.raw["at"]) for row in refused]


def distinct(refused: list[RefusedRow]) -> bool:
    return len({json.dumps(row.raw) for row in refused}) == len(refused)


def test_each_fault_of_a_row_is_kept(tmp_path: Path) -> None:
    refused = only_child(tmp_path, episode("04/05/2024", "2024-13-04", reason="moved away")).refused
    assert places(refused) == [
        ("bad-date", "CINdetails[1]/CINreferralDate[1]"),
        ("bad-date", "CINdetails[1]/CINclosureDate[1]"),
        ("bad-code", "CINdetails[1]/ReasonForClosure[1]"),
    ]
    assert distinct(list(refused))
    assert refused[0].raw == {
        "child": "c-000000000001",
        "at": "CINdetails[1]/CINreferralDate[1]",
        "CINreferralDate": "04/05/2024",
        "ReferralSource": "1A",
        "PrimaryNeedCode": "N1",
        "CINclosureDate": "2024-13-04",
        "ReasonForClosure": "(not kept: 10 characters)",
        "ReferralNFA": "false",
    }


def test_the_same_fault_in_rows_alike_is_kept_for_each(tmp_path: Path) -> None:
    plan = protection_plan("2025-01-06", "", "2025-04-31", "2025-04-31")
    row = episode("2025-01-06", "", section_47("bad"), section_47("bad"), plan)
    refused = only_child(tmp_path, row, row).refused
    assert places(refused) == [
        ("bad-date", f"CINdetails[{nth}]/{place}")
        for nth in (1, 2)
        for place in (
            "Section47[1]/S47ActualStartDate[1]",
            "Section47[2]/S47ActualStartDate[1]",
            "ChildProtectionPlans[1]/CPPreviewDate[1]",
            "ChildProtectionPlans[1]/CPPreviewDate[2]",
        )
    ]
    assert distinct(list(refused))


def test_a_child_told_of_in_two_elements_has_one_count_of_its_episodes(tmp_path: Path) -> None:
    (only,) = extract(tmp_path, census(child(episode("bad")), child(episode("bad"))))
    assert [at for _, at in places(only.refused)] == [f"CINdetails[{nth}]/CINreferralDate[1]" for nth in (1, 2)]


def test_children_without_an_id_are_as_many_as_there_are(tmp_path: Path) -> None:
    message = census(*(child(episode("2025-01-06"), local_id=blank) for blank in ("", "", " ")))
    refused = [row for each in extract(tmp_path, message) for row in each.refused]
    assert [row.raw["at"] for row in refused] == ["Child[1]", "Child[2]", "Child[3]"]
    assert distinct(refused)


def test_a_child_with_two_ids_is_nobody_s(tmp_path: Path) -> None:
    message = census(child(episode("2025-01-06"), local_id="L1</LAchildID><LAchildID>L2"))
    (nobody,) = extract(tmp_path, message)
    assert (nobody.reference, nobody.facts) == (None, ())
    assert "L1" not in repr(nobody)
    (somebody,) = extract(tmp_path, census(child(episode("2025-01-06"), local_id="11</LAchildID><LAchildID>11.0")))
    assert somebody.refused == ()


def test_a_second_value_where_one_is_meant_is_refused_and_the_first_taken(tmp_path: Path) -> None:
    twice = episode("2025-01-06", "2025-02-03</CINclosureDate><CINclosureDate>2025-04-07")
    only = only_child(tmp_path, twice)
    assert told(only)[-1] == "2025-02-03 case-closed reason=RC7"
    assert places(only.refused) == [("told-twice", "CINdetails[1]/CINclosureDate[2]")]
    assert only.refused[0].raw["CINclosureDate"] == ["2025-02-03", "2025-04-07"]
    assert only_child(tmp_path, twice.replace("2025-04-07", "2025-02-03")).refused == ()


@pytest.mark.parametrize("column", ["ReferralSource", "ReferralNFA", "ReasonForClosure"])
def test_no_second_code_or_flag_is_lost_unsaid(tmp_path: Path, column: str) -> None:
    row = episode("2025-01-06", "2025-02-03").replace(f"<{column}>", f"<{column}>1</{column}><{column}>")
    assert places(only_child(tmp_path, row).refused) == [("told-twice", f"CINdetails[1]/{column}[2]")]


def test_a_closing_that_would_end_another_stay_is_refused(tmp_path: Path) -> None:
    rows = [episode("2021-01-06", "2021-03-01"), episode("2021-03-03", "2021-02-03")]
    for written in (rows, rows[::-1]):
        only = only_child(tmp_path, *written)
        nth = written.index(rows[1]) + 1
        assert places(only.refused) == [("closed-before-referred", f"CINdetails[{nth}]/CINclosureDate[1]")]
        assert [fact for fact in told(only) if "case-closed" in fact] == ["2021-03-01 case-closed reason=RC7"]
    assert only_child(tmp_path, rows[1]).refused == (), "which ends nothing is told, and shows as a finding"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("31/01/2025", True),
        ("2025-02-30", True),
        ("1.2.25", True),
        ("20251301", False),
        ("20250131", True),
        ("2025-02-30T00:00:00Z", True),
        ("07700900123", False),
        ("07700 900 123", False),
        ("+44 7700 900123", False),
        ("0770-90-0123", False),
        ("1A", False),
        ("true", False),
        ("A850728973744", False),
        ("Zebedee 3", False),
    ],
)
def test_where_a_date_was_meant_only_what_looks_like_one_is_kept(tmp_path: Path, written: str, kept: bool) -> None:
    (row,) = only_child(tmp_path, episode(written)).refused
    assert row.raw["CINreferralDate"] == (written if kept else f"(not kept: {len(written)} characters)")


@pytest.mark.parametrize(
    "written", ["19/09/2009", "2009-09-19", "190909", "07700900123", "07700 900 123", "A 1", "yes"]
)
@pytest.mark.parametrize("column", ["source", "reason"])
def test_where_a_code_was_meant_no_number_of_a_person_is_kept_or_told(
    tmp_path: Path, column: str, written: str
) -> None:
    only = only_child(tmp_path, episode("2025-01-06", "2025-02-03", **{column: written}))
    assert [row.reason for row in only.refused] == ["bad-code"]
    assert written not in repr(only)


def test_of_all_that_names_a_child_nothing_is_kept(tmp_path: Path) -> None:
    words = "Zebedee Quillfeather born 19/09/2009, 07700 900 123, A850728973744"
    row = episode(
        words,
        words,
        assessment("A850728973744", words, words),
        section_47("07700900123", not_required=words),
        conference(words),
        nfa="Zebedee says no",
        source="07700900123",
        reason="Quillfeather 3",
    )
    identified = (
        f"<UPN>A850728973744</UPN><PersonBirthDate>2009-09-19</PersonBirthDate><Forename>Zebedee</Forename>{row}"
    )
    message = census(
        child(identified, local_id="LOCAL77"), child(identified, local_id=""), child(identified, local_id="C" * 300)
    )
    told_of_all = list(extract(tmp_path, message))
    assert sum(len(each.refused) for each in told_of_all) > 8
    kept = repr(told_of_all)
    private = ["Zebedee", "Quillfeather", "2009", "07700", "A8507", "LOCAL77", "CCCC"]
    assert [each for each in private if each in kept] == []
