"""The table of docs/annex-a.md, line by line: rows of the lists, and the facts that they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.annex_a import Lists, row
from tests.sources.told import loads

TAKEN = "2024-09-30"
TABLE: dict[str, tuple[Lists, list[str]]] = {
    "3: a referral opens the case": (
        {3: [row(on="2024-06-03", no_further_action="No")]},
        ["2024-06-03 referral-received decision=assess", "2024-06-03 case-opened tier=assessment"],
    ),
    "3: no further action opens nothing": (
        {3: [row(on="2024-06-03", no_further_action="a) Yes")]},
        ["2024-06-03 referral-received decision=no_further_action"],
    ),
    "3: not said is not so": (
        {3: [row(on="2024-06-03")]},
        ["2024-06-03 referral-received decision=assess", "2024-06-03 case-opened tier=assessment"],
    ),
    "4: an assessment opens a case, its day inferred": (
        {4: [row(started="2024-06-03")]},
        ["2024-06-03 case-opened estimated=true tier=assessment", "2024-06-03 assessment-started"],
    ),
    "4: authorised, and blank counts as needed": (
        {4: [row(started="2024-06-03", authorised="2024-07-10")]},
        [
            "2024-06-03 case-opened estimated=true tier=assessment",
            "2024-06-03 assessment-started",
            "2024-07-10 case-assessed started_on=2024-06-03",
            "2024-07-10 case-stepped-up to=child_in_need",
        ],
    ),
    "4: authorised, and no support is needed": (
        {4: [row(started="2024-06-03", authorised="2024-07-10", needed="b) No")]},
        [
            "2024-06-03 case-opened estimated=true tier=assessment",
            "2024-06-03 assessment-started",
            "2024-07-10 case-assessed started_on=2024-06-03",
        ],
    ),
    "5: a section 47 enquiry that led to no conference": (
        {5: [row(strategy="2024-06-03", unnecessary="Yes")]},
        [
            "2024-06-03 case-opened estimated=true tier=assessment",
            "2024-06-03 strategy-discussion-held section_47=true",
            "2024-06-03 enquiry-ended estimated=true outcome=no_conference",
        ],
    ),
    "5: and one that led to a conference and a plan": (
        {5: [row(strategy="2024-06-03", conference="2024-06-20", plan="Yes")], 7: [row(start="2024-06-20")]},
        [
            "2024-06-03 case-opened estimated=true tier=assessment",
            "2024-06-03 strategy-discussion-held section_47=true",
            "2024-06-20 conference-held outcome=plan",
            "2024-06-20 plan-started plan=child_protection",
            "2024-06-20 case-stepped-up to=child_protection",
        ],
    ),
    "5: a conference of which no strategy discussion is told": (
        {5: [row(conference="2024-06-20", plan="No")]},
        [
            "2024-06-20 case-opened estimated=true tier=assessment",
            "2024-06-20 conference-held outcome=no_plan",
        ],
    ),
    "6: in need by status, as no other list tells of it": (
        {6: [row(start="2024-06-03", status="c) Child in need", seen="2024-09-02")]},
        [
            "2024-06-03 case-opened estimated=true tier=child_in_need",
            "2024-09-02 child-visited",
        ],
    ),
    "6: by status, after an earlier referral": (
        {3: [row(on="2024-05-20")], 6: [row(start="2024-06-03", status="c")]},
        [
            "2024-05-20 referral-received decision=assess",
            "2024-05-20 case-opened tier=assessment",
            "2024-06-03 case-stepped-up estimated=true to=child_in_need",
        ],
    ),
    "6: another status says nothing of the tier": (
        {6: [row(start="2024-06-03", status="d) Open assessment")]},
        ["2024-06-03 case-opened tier=assessment"],
    ),
    "6: closed, with the reason": (
        {6: [row(start="2024-06-03", end="2024-08-05", reason="RC8 - no further action")]},
        ["2024-06-03 case-opened tier=assessment", "2024-08-05 case-closed reason=RC8"],
    ),
    "6: closed to early help": (
        {6: [row(start="2024-06-03", end="2024-08-05", reason="RC9")]},
        ["2024-06-03 case-opened tier=assessment", "2024-08-05 case-stepped-down to=early_help"],
    ),
    "7: a plan, its review, the last visit": (
        {7: [row(start="2024-06-20", visited="2024-09-20", alone="Yes", reviewed="2024-09-10")]},
        [
            "2024-06-20 case-opened estimated=true tier=child_protection",
            "2024-06-20 plan-started plan=child_protection",
            "2024-09-10 plan-reviewed plan=child_protection",
            "2024-09-20 child-visited seen_alone=true",
        ],
    ),
    "7: ended, in no list of children in need that has others": (
        {6: [row("2222", start="2024-09-02")], 7: [row(start="2024-06-20", end="2024-09-10")]},
        [
            "2024-06-20 case-opened estimated=true tier=child_protection",
            "2024-06-20 plan-started plan=child_protection",
            "2024-09-10 plan-ended plan=child_protection",
            "2024-09-10 case-closed estimated=true",
            "2024-09-02 case-opened tier=assessment",
        ],
    ),
    "7: ended, and list 6 holds nobody": (
        {7: [row(start="2024-06-20", end="2024-09-10")]},
        [
            "2024-06-20 case-opened estimated=true tier=child_protection",
            "2024-06-20 plan-started plan=child_protection",
            "2024-09-10 plan-ended plan=child_protection",
            "2024-09-10 case-stepped-down to=child_in_need",
        ],
    ),
    "8: in care, over a protection plan": (
        {
            7: [row(start="2024-06-20")],
            8: [row(start="2024-07-01", legal_status="C2", reviewed="2024-08-01", visited="2024-09-20")],
        },
        [
            "2024-06-20 case-opened estimated=true tier=child_protection",
            "2024-06-20 plan-started plan=child_protection",
            "2024-07-01 plan-started plan=care",
            "2024-07-01 case-stepped-up to=looked_after",
            "2024-08-01 plan-reviewed plan=care",
            "2024-09-20 child-visited",
        ],
    ),
    "8: short breaks are no care": (
        {
            6: [row(start="2024-06-03")],
            8: [row(start="2024-07-01", legal_status="V4", reviewed="2024-08-01", visited="2024-09-20")],
        },
        ["2024-06-03 case-opened tier=assessment", "2024-09-20 child-visited"],
    ),
    "one visit told in three lists is one": (
        {
            6: [row(start="2024-06-03", seen="2024-09-20")],
            7: [row(start="2024-06-20", visited="2024-09-20", alone="No")],
            8: [row(start="2024-07-01", visited="2024-09-20")],
        },
        [
            "2024-06-03 case-opened tier=assessment",
            "2024-06-20 plan-started plan=child_protection",
            "2024-06-20 case-stepped-up to=child_protection",
            "2024-07-01 plan-started plan=care",
            "2024-07-01 case-stepped-up to=looked_after",
            "2024-09-20 child-visited seen_alone=false",
        ],
    ),
    "a beginning after a closure opens anew": (
        {
            3: [row(on="2024-08-20")],
            4: [row(started="2024-08-05")],
            6: [row(start="2024-06-03", end="2024-08-05", reason="RC7")],
        },
        [
            "2024-06-03 case-opened tier=assessment",
            "2024-08-05 case-closed reason=RC7",
            "2024-08-05 case-opened estimated=true tier=assessment",
            "2024-08-05 assessment-started",
            "2024-08-20 referral-received decision=assess",
        ],
    ),
    "4: authorised, but never begun as far as is told: that opens no case": (
        {
            4: [row(authorised="2024-08-05", needed="No"), row("2222", authorised="2024-08-05")],
            6: [row(start="2024-06-03", end="2024-08-05", reason="RC8")],
        },
        [
            "2024-06-03 case-opened tier=assessment",
            "2024-08-05 case-assessed",
            "2024-08-05 case-closed reason=RC8",
            "2024-08-05 case-assessed",
        ],
    ),
    "handed to early help before it began, while nothing was open": (
        {6: [row(start="2024-06-03", end="2024-05-05", reason="RC9")]},
        ["2024-05-05 case-stepped-down to=early_help", "2024-06-03 case-opened tier=assessment"],
    ),
    "6: closed, of a row that says not since when, while nothing was open": (
        {6: [row(end="2024-06-10", reason="RC1")]},
        ["2024-06-10 case-closed reason=RC1"],
    ),
    "closed before it began, while nothing was open": (
        {6: [row(start="2024-06-03", end="2024-05-05", reason="RC7")]},
        ["2024-05-05 case-closed reason=RC7", "2024-06-03 case-opened tier=assessment"],
    ),
    "who holds it, from the first list that names one": (
        {
            3: [row(on="2024-06-03", team="Duty", worker="w-1")],
            6: [row(start="2024-06-20", team="#N/A")],
            4: [row(started="2024-06-10", team="North", worker="w-2"), row(started="2024-05-10", team="Old")],
        },
        [
            "2024-05-10 case-opened estimated=true tier=assessment by=nobody/North/w-2/nobody",
            "2024-05-10 assessment-started",
            "2024-06-03 referral-received decision=assess",
            "2024-06-10 assessment-started",
        ],
    ),
}


@pytest.mark.parametrize(("lists", "facts"), TABLE.values(), ids=TABLE)
def test_rows_and_the_facts_that_they_are(tmp_path: Path, lists: Lists, facts: list[str]) -> None:
    with loads(tmp_path) as store:
        tally = store.annex_a(lists, TAKEN)
        assert store.standing() == sorted_by_case(facts)
        assert tally == {"read": len(facts), "accepted": len(facts)}
        assert store.annex_a(lists, TAKEN) == {"read": len(facts), "duplicate": len(facts)}


def sorted_by_case(facts: list[str]) -> list[str]:
    """Where the days go back another case begins; cases stand in the order of their first fact."""
    cases: list[list[str]] = []
    for line in facts:
        if not cases or line[:10] < cases[-1][-1][:10]:
            cases.append([])
        cases[-1].append(line)
    return [line for case in sorted(cases) for line in case]
