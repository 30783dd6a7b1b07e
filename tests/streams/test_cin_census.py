"""What the census's rows tell, and what it costs when one of them cannot be read: docs/census.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.streams.written_census import (
    assessment,
    census,
    child,
    episode,
    extract,
    only_child,
    protection_plan,
    section_47,
    told,
)

R, OPENED = "referral-received decision=assess", "case-opened tier="


def test_a_fact_is_as_the_contract_has_it(tmp_path: Path) -> None:
    first, second, *_ = only_child(tmp_path, episode("2025-01-06", source="3a")).facts
    stamp = {"time": "2025-05-01T10:00:00Z", "recordedafter": "1900-01-01T00:00:00Z"}
    assert first == {
        "specversion": "1.0",
        "id": "c-000000000001/referral-received/2025-01-06",
        "source": "/cin-census/878",
        "type": "referral-received.v1",
        "subject": "case-c-000000000001",
        **stamp,
        "data": {"child": "c-000000000001", "effective_on": "2025-01-06", "decision": "assess"},
    }
    assert second["data"] == {
        "child": "c-000000000001",
        "effective_on": "2025-01-06",
        "tier": "assessment",
        "referral_source": "3A",
        "need": "N1",
    }


def test_a_second_fact_of_the_day_is_named_by_its_content_not_by_its_row(tmp_path: Path) -> None:
    rows = [assessment("2025-01-08", "2025-02-03"), assessment("2025-01-07", "2025-02-03")]
    for written in (rows, rows[::-1]):
        facts = only_child(tmp_path, episode("2025-01-06", "", *written)).facts
        named = {fact["id"]: fact["data"]["started_on"] for fact in facts if fact["type"] == "case-assessed.v1"}
        name = "c-000000000001/case-assessed/2025-02-03"
        assert named == {name: "2025-01-07", f"{name}#2": "2025-01-08"}


def test_the_name_goes_by_content_even_where_the_order_of_the_day_does_not(tmp_path: Path) -> None:
    rows = [episode("2025-01-06", "2025-02-03", reason="RC8"), episode("2025-02-03", "2025-02-03", reason="RC7")]
    closed = [fact for fact in only_child(tmp_path, *rows).facts if fact["type"] == "case-closed.v1"]
    name = "c-000000000001/case-closed/2025-02-03"
    assert [(fact["data"]["reason"], fact["id"]) for fact in closed] == [("RC8", f"{name}#2"), ("RC7", name)]


def test_a_stay_is_opened_with_what_its_first_referral_said(tmp_path: Path) -> None:
    rows = [episode("2025-02-03", source="5A"), episode("2025-01-06", source="6")]
    opened = [fact["data"] for fact in only_child(tmp_path, *rows).facts if fact["type"] == "case-opened.v1"]
    assert [data["referral_source"] for data in opened] == ["6"]


@pytest.mark.parametrize(
    "row", [episode("2025-01-06", nfa=""), "<CINdetails><CINreferralDate>2025-01-06</CINreferralDate></CINdetails>"]
)
def test_what_is_not_said_to_be_no_further_action_is_to_be_assessed(tmp_path: Path, row: str) -> None:
    assert told(only_child(tmp_path, row)) == [f"2025-01-06 {R}", f"2025-01-06 {OPENED}assessment"]


BAD = {
    "referral": (
        episode("31/01/2025", "2025-03-03", assessment("2025-01-07")),
        ["2025-01-07 assessment-started"],
        ("bad-date", "CINreferralDate", "31/01/2025"),
    ),
    "closure": (
        episode("2025-01-06", "2025-02-30"),
        [f"2025-01-06 {R}", f"2025-01-06 {OPENED}assessment"],
        ("bad-date", "CINclosureDate", "2025-02-30"),
    ),
    "start of an assessment": (
        episode("2025-01-06", "", assessment("0202-01-07", "2025-02-03")),
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {OPENED}assessment",
            "2025-02-03 case-assessed",
            "2025-02-03 case-stepped-up to=child_in_need",
        ],
        ("bad-date", "AssessmentActualStartDate", "0202-01-07"),
    ),
    "one review of two": (
        episode("2025-01-06", "", protection_plan("2025-01-06", "", "2025-04-31", "2025-05-01")),
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {OPENED}child_protection",
            "2025-01-06 plan-started plan=child_protection",
            "2025-05-01 plan-reviewed plan=child_protection",
        ],
        ("bad-date", "CPPreviewDate", ["2025-04-31", "2025-05-01"]),
    ),
    "no referral date": (
        episode("", "2025-03-03", assessment("2025-01-07")),
        ["2025-01-07 assessment-started"],
        ("no-date", "CINclosureDate", "2025-03-03"),
    ),
    "a sentence for a code": (
        episode("2025-01-06", source="her aunt Mary"),
        [f"2025-01-06 {R}", f"2025-01-06 {OPENED}assessment"],
        ("bad-code", "ReferralSource", "(not kept: 13 characters)"),
    ),
    "neither yes nor no": (
        episode("2025-01-06", nfa="perhaps"),
        ["2025-01-06 referral-received", f"2025-01-06 {OPENED}assessment"],
        ("bad-flag", "ReferralNFA", "(not kept: 7 characters)"),
    ),
}


@pytest.mark.parametrize(("row", "facts", "refused"), BAD.values(), ids=BAD)
def test_what_cannot_be_read_costs_its_fact_and_no_more(
    tmp_path: Path, row: str, facts: list[str], refused: tuple[str, str, object]
) -> None:
    only = only_child(tmp_path, row)
    reason, column, shown = refused
    assert told(only) == facts
    assert [(each.reason, each.raw[column]) for each in only.refused] == [(reason, shown)]


@pytest.mark.parametrize("written", ["2025-01-06", " 2025-01-06\n", "2025-01-06Z", "2025-01-06T00:00:00+01:00"])
def test_a_day_may_have_a_time_on_it(tmp_path: Path, written: str) -> None:
    assert told(only_child(tmp_path, episode(written)))[0] == f"2025-01-06 {R}"


def test_a_child_without_an_id_is_refused_whole_and_the_rest_comes_in(tmp_path: Path) -> None:
    message = census(
        child(episode("2025-01-06", "", section_47("2025-01-08")), local_id=" "), child(episode("2025-02-03"))
    )
    nobody, somebody = extract(tmp_path, message)
    assert (nobody.reference, nobody.facts, [each.reason for each in nobody.refused]) == (
        None,
        (),
        ["no-child-id"],
    )
    assert nobody.refused[0].raw["CINdetails"][0]["CINreferralDate"] == "2025-01-06"
    assert told(somebody)[0] == f"2025-02-03 {R}"


@pytest.mark.parametrize("between", ["", child(episode("2025-05-05"), local_id="L2")], ids=["adjacent", "apart"])
def test_a_child_in_several_elements_is_one_child(tmp_path: Path, between: str) -> None:
    first, second = episode("2025-01-06", "2025-03-03"), episode("2025-02-03")
    message = census(child(first, local_id="1111"), between, child(second, local_id=" 1111.0 "))
    read = extract(tmp_path, message)
    children = list(read)
    assert len(children) == read.children == (2 if between else 1)
    assert told(children[-1]) == told(only_child(tmp_path, first, second))
