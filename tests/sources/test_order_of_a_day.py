"""The order of a day holds whichever extract told of what happened on it: a case is held as though all had been told
at once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.kit.annex_a import Lists, row
from tests.sources.test_edits import _kept, a_store, full, lists
from tests.sources.told import Loads
from tests.streams.written_census import HEADER, assessment, census, child, episode, protection_plan, section_47


def load(store: Loads, taken: str, *episodes: str) -> dict[str, int]:
    path = store.folder / f"{taken}.xml"
    path.write_text(census(child(*episodes), header=HEADER))
    return store.file("cin-census", path, taken)


CASES: dict[str, tuple[list[str], list[str], list[str]]] = {
    "a closing put right to the day of the next opening": (
        [episode("2024-06-03", "2024-09-02"), episode("2024-10-07")],
        [episode("2024-06-03", "2024-10-07"), episode("2024-10-07")],
        ["2024-06-03 to 2024-10-07 assessment", "2024-10-07 to ... assessment"],
    ),
    "an earlier stay that is told of later": (
        [episode("2024-10-07")],
        [episode("2024-06-03", "2024-10-07"), episode("2024-10-07")],
        ["2024-06-03 to 2024-10-07 assessment", "2024-10-07 to ... assessment"],
    ),
    "a referral put right to the day of the closing": (
        [episode("2024-06-03", "2024-09-02")],
        [episode("2024-09-02", "2024-09-02")],
        [],
    ),
    "a plan's end put right to the day of the next one's start": (
        [episode("2024-06-03", "", protection_plan("2024-07-01", "2024-08-01"), protection_plan("2024-09-02"))],
        [episode("2024-06-03", "", protection_plan("2024-07-01", "2024-09-02"), protection_plan("2024-09-02"))],
        [
            "2024-06-03 to 2024-07-01 assessment",
            "2024-07-01 to 2024-09-02 child_protection",
            "2024-09-02 to ... child_protection",  # another plan, so another place
        ],
    ),
}


@pytest.mark.parametrize(("before", "after", "places"), CASES.values(), ids=CASES)
def test_a_case_is_held_as_the_last_census_has_it(
    store: Loads, before: list[str], after: list[str], places: list[str]
) -> None:
    load(store, "2025-05-01", *before)
    load(store, "2025-06-01", *after)
    assert store.places() == places
    again = load(store, "2025-07-01", *after)
    assert again.keys() == {"read", "duplicate"}, "told anew once"


def test_work_on_the_day_to_which_a_referral_is_put_right_lies_in_the_stay(store: Loads) -> None:
    within = (section_47("2024-06-10"), protection_plan("2024-06-10"), assessment("2024-06-10"))
    load(store, "2025-05-01", episode("2024-06-03", "", *within))
    load(store, "2025-06-01", episode("2024-06-10", "", *within))
    assert store.places() == ["2024-06-10 to ... child_protection"]
    runs = store.explained()["runs"]
    assert {each["clock"] for each in runs} >= {"assessment-from-start", "initial-conference", "protection-review"}


BEGUN_ON_A_DAY_THAT_WAS_KNOWN: dict[str, tuple[Lists, Lists, str]] = {
    "an assessment's start that is told after its authorisation": (
        {3: [row(on="2024-05-01")], 4: [row(started="10/05/24", authorised="2024-05-10", needed="No")]},
        {3: [row(on="2024-05-01")], 4: [row(started="2024-05-10", authorised="2024-05-10", needed="No")]},
        "assessment-from-start from 2024-05-10 due 2024-07-15 ended 2024-05-10 True",
    ),
    "a strategy discussion put right to the day of its conference": (
        {3: [row(on="2024-05-01")], 5: [row(strategy="2024-05-02", conference="2024-05-10", plan="No")]},
        {3: [row(on="2024-05-01")], 5: [row(strategy="2024-05-10", conference="2024-05-10", plan="No")]},
        "initial-conference from 2024-05-10 due 2024-06-03 ended 2024-05-10 True",
    ),
}


def test_what_is_told_anew_is_not_recorded_any_later(store: Loads) -> None:
    before, after, _ = BEGUN_ON_A_DAY_THAT_WAS_KNOWN["a strategy discussion put right to the day of its conference"]
    store.annex_a(before, "2024-06-30")
    store.annex_a(after, "2024-07-07")
    late = [each["facts"] for each in store.explained()["findings"] if each["finding"] == "recorded-late"]
    assert [id_.split("/", 1)[1] for (id_,) in late] == ["strategy-discussion-held/2024-05-10"]


@given(lists, lists)
@settings(max_examples=25, deadline=None)
def test_after_any_edits_cases_are_held_and_clocks_run_as_the_last_workbook_has_it(before: Lists, after: Lists) -> None:
    if _kept(before, after):
        return
    before, after = (_without_status(each) for each in (before, after))
    with a_store() as store, a_store() as fresh:
        store.annex_a(full(before), "2024-06-30")
        store.annex_a(full(after), "2024-07-31")
        fresh.annex_a(full(after), "2024-07-31")
        assert store.all_places() == fresh.all_places()
        for policy in ("england", "england-annex-a"):
            assert store.all_runs(policy) == fresh.all_runs(policy)


@pytest.mark.parametrize(
    ("before", "after", "run"), BEGUN_ON_A_DAY_THAT_WAS_KNOWN.values(), ids=BEGUN_ON_A_DAY_THAT_WAS_KNOWN
)
def test_what_meets_a_clock_on_the_day_on_which_it_begins_meets_it_whenever_that_is_told(
    store: Loads, before: Lists, after: Lists, run: str
) -> None:
    store.annex_a(before, "2024-06-30")
    store.annex_a(after, "2024-07-07")
    assert run in store.runs()
    assert store.annex_a(after, "2024-07-14").keys() == {"read", "duplicate"}, "told anew once"


def test_a_visit_comes_after_the_step_up_of_its_day(store: Loads) -> None:
    visited = {3: [row(on="2024-05-01")], 6: [row(start="2024-05-01", seen="2024-05-10")]}
    store.annex_a(visited, "2024-06-30")
    store.annex_a({**visited, 4: [row(started="2024-05-01", authorised="2024-05-10")]}, "2024-07-07")
    assert "in-need-visit from 2024-05-10 due 2024-06-10 ended 2024-05-10 True" in store.runs(policy="england")


def _without_status(lists: Lists) -> Lists:
    """Need that was assumed by status stays so, whatever a later workbook says."""
    return {
        number: [{name: cell for name, cell in each.items() if name != "status"} for each in rows]
        for number, rows in lists.items()
    }


def test_two_plans_of_one_day_are_put_right_each_for_itself(store: Loads) -> None:
    """Or a clock that began with the one would begin anew with the other."""
    load(store, "2025-05-01", episode("2024-06-03", "", protection_plan("2024-06-01")))
    in_need = "<CINPlanDates><CINPlanStartDate>2024-06-03</CINPlanStartDate></CINPlanDates>"
    load(store, "2025-06-01", episode("2024-06-03", "", protection_plan("2024-06-01"), in_need))
    load(store, "2025-07-01", episode("2024-06-03", "", protection_plan("2024-06-03"), in_need))
    began = [each["id"] for each in store.explained()["facts"] if each["data"].get("plan") == "child_protection"]
    assert any(id_.endswith("/plan-started/2024-06-03/v2") for id_ in began)


def test_a_fact_that_comes_back_does_so_in_the_chain_in_which_it_stood(store: Loads) -> None:
    both = [row(strategy="2024-06-03", conference="2024-06-20", plan=plan) for plan in ("Yes", "No")]
    other = row("2222", strategy="2024-06-03")
    store.annex_a({5: [*both, other]}, "2024-06-30")
    before = store.standing()
    store.annex_a({5: [other]}, "2024-07-31")
    store.annex_a({5: [both[0], other]}, "2024-08-31")
    store.annex_a({5: [*both, other]}, "2024-09-30")
    assert store.standing() == before
    ids = {each["id"].split("/", 1)[1] for each in store.explained()["facts"] if "conference-held" in each["type"]}
    assert {id_.split("/v")[0] for id_ in ids} == {"conference-held/2024-06-20", "conference-held/2024-06-20#2"}


def test_nothing_is_told_anew_where_the_order_of_a_day_changes_nothing(store: Loads) -> None:
    enquiry = row(strategy="2024-06-03")
    store.annex_a({5: [enquiry]}, "2024-07-14")
    tally = store.annex_a({3: [row(on="2024-06-03", no_further_action="Yes")], 5: [enquiry]}, "2024-07-21")
    assert tally == {"read": 3, "accepted": 1, "duplicate": 2}


def test_a_case_handed_to_early_help_is_handed_on_after_what_is_told_of_that_day_later(store: Loads) -> None:
    book = {3: [row(on="2024-06-03")], 6: [row(start="2024-06-03", end="2024-06-20", reason="RC9")]}
    store.annex_a({**book, 4: [row(started="2024-06-04", needed="No")]}, "2024-06-30")
    store.annex_a({**book, 4: [row(started="2024-06-04", authorised="2024-06-20", needed="No")]}, "2024-07-07")
    (run,) = (each for each in store.runs() if each.startswith("assessment-from-start"))
    assert run.endswith("ended 2024-06-20 True")


def test_a_review_of_the_day_on_which_a_plan_ended_comes_after_it_whichever_was_told_first(store: Loads) -> None:
    on_plan, in_care = row(start="2024-06-10", reviewed="2024-06-24"), [row(start="2024-06-03", legal_status="C2")]
    store.annex_a({7: [on_plan], 8: in_care}, "2024-06-30")
    store.annex_a({7: [{**on_plan, **row(end="2024-06-24")}], 8: in_care}, "2024-07-07")
    runs = [each for each in store.runs(policy="england") if "protection-review" in each]
    assert runs == ["protection-review from 2024-06-10 due 2024-09-10 ended 2024-06-24 False"]
