"""When a case was open and how intensively it was held, example by example: the rules for stays and tiers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.streams.written_census import (
    assessment,
    conference,
    episode,
    in_need_plan,
    only_child,
    protection_plan,
    section_47,
    told,
)

R = "referral-received decision=assess"
NFA = "referral-received decision=no_further_action"
O = "case-opened tier="  # noqa: E741
C = "case-closed reason=RC7"
TABLE = {
    "a referral opens, a closure closes": (
        [episode("2025-01-06", "2025-02-03")],
        [f"2025-01-06 {R}", f"2025-01-06 {O}assessment", f"2025-02-03 {C}"],
    ),
    "no further action and nothing done opens nothing and closes nothing": (
        [episode("2025-01-06", "2025-01-06", nfa="1")],
        [f"2025-01-06 {NFA}"],
    ),
    "no further action, and yet a conference": (
        [episode("2025-01-06", "2025-02-03", conference("2025-01-20"), nfa="true")],
        [
            f"2025-01-06 {NFA}",
            f"2025-01-06 {O}assessment",
            "2025-01-20 conference-held",
            f"2025-02-03 {C}",
        ],
    ),
    "no further action with a section 47 of which the day is not to be read": (
        [episode("2025-01-06", "", section_47("soon"), nfa="true")],
        [f"2025-01-06 {NFA}", f"2025-01-06 {O}assessment"],
    ),
    "an assessment authorised makes a child in need, its factors in order": (
        [episode("2025-01-06", "", assessment("2025-01-07", "2025-02-10", "4B", "16A", "4B"))],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            "2025-01-07 assessment-started",
            "2025-02-10 case-assessed started_on=2025-01-07 risks=16A+4B",
            "2025-02-10 case-stepped-up to=child_in_need",
        ],
    ),
    "but not on the day on which the case closes": (
        [episode("2025-01-06", "2025-02-10", assessment("2025-01-07", "2025-02-10"), reason="RC9")],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            "2025-01-07 assessment-started",
            "2025-02-10 case-assessed started_on=2025-01-07",
            "2025-02-10 case-stepped-down to=early_help",
        ],
    ),
    "nor on the day of a case that opens and closes at once": (
        [episode("2025-01-06", "2025-01-06", assessment("2025-01-06", "2025-01-06"))],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            "2025-01-06 assessment-started",
            "2025-01-06 case-assessed started_on=2025-01-06",
            f"2025-01-06 {C}",
        ],
    ),
    "up to protection, down to child in need, and then closed": (
        [
            episode(
                "2025-01-06",
                "2025-09-01",
                section_47("2025-01-08", "2025-01-20"),
                conference("2025-01-20"),
                protection_plan("2025-01-20", "2025-07-01", "2025-04-14"),
            )
        ],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            "2025-01-08 strategy-discussion-held section_47=True",
            "2025-01-20 conference-held",
            "2025-01-20 plan-started plan=child_protection",
            "2025-01-20 case-stepped-up to=child_protection",
            "2025-04-14 plan-reviewed plan=child_protection",
            "2025-07-01 plan-ended plan=child_protection",
            "2025-07-01 case-stepped-down to=child_in_need",
            f"2025-09-01 {C}",
        ],
    ),
    "an enquiry without a conference ends, as far as is known, on the day it began": (
        [episode("2025-01-06", "", section_47("2025-01-08", not_required="true"))],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            "2025-01-08 strategy-discussion-held section_47=True",
            "2025-01-08 enquiry-ended outcome=no_conference estimated",
        ],
    ),
    "a plan in need comes and goes with its tier": (
        [episode("2025-01-06", "", in_need_plan("2025-01-06", "2025-02-03"))],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}child_in_need",
            "2025-01-06 plan-started plan=child_in_need",
            "2025-02-03 plan-ended plan=child_in_need",
            "2025-02-03 case-stepped-down to=assessment",
        ],
    ),
    "a plan that is on when the case opens is told again on that day": (
        [episode("2025-01-06", "", protection_plan("2024-12-02"))],
        [
            "2024-12-02 plan-started plan=child_protection",
            f"2025-01-06 {R}",
            f"2025-01-06 {O}child_protection",
            "2025-01-06 plan-started plan=child_protection estimated",
        ],
    ),
    "a plan that ends on the day of the opening is not on any more": (
        [episode("2025-01-06", "", in_need_plan("2024-12-02", "2025-01-06"))],
        [
            "2024-12-02 plan-started plan=child_in_need",
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            "2025-01-06 plan-ended plan=child_in_need",
        ],
    ),
    "overlapping episodes are one stay, closed by the last closure": (
        [episode("2025-01-06", "2025-03-03"), episode("2025-02-03", "2025-04-01", reason="RC8")],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            f"2025-02-03 {R}",
            "2025-04-01 case-closed reason=RC8",
        ],
    ),
    "or open while one of them is": (
        [episode("2025-01-06"), episode("2025-02-03", "2025-04-01")],
        [f"2025-01-06 {R}", f"2025-01-06 {O}assessment", f"2025-02-03 {R}"],
    ),
    "closed on the day of the next referral: two stays, the closing first": (
        [
            episode("2025-01-06", "2025-02-03", in_need_plan("2025-01-08", "2025-02-03")),
            episode("2025-02-03", "2025-03-03"),
        ],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            "2025-01-08 plan-started plan=child_in_need",
            "2025-01-08 case-stepped-up to=child_in_need",
            f"2025-02-03 {R}",
            f"2025-02-03 {C}",
            f"2025-02-03 {O}assessment",
            "2025-02-03 plan-ended plan=child_in_need",
            f"2025-03-03 {C}",
        ],
    ),
    "an ending by early help comes before the next opening too": (
        [episode("2025-01-06", "2025-02-03", reason="rc9"), episode("2025-02-03")],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            f"2025-02-03 {R}",
            "2025-02-03 case-stepped-down to=early_help",
            f"2025-02-03 {O}assessment",
        ],
    ),
    "a stay of one day after another: closed, opened, closed": (
        [episode("2025-01-06", "2025-02-03"), episode("2025-02-03", "2025-02-03", reason="RC8")],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            f"2025-02-03 {R}",
            f"2025-02-03 {C}",
            f"2025-02-03 {O}assessment",
            "2025-02-03 case-closed reason=RC8",
        ],
    ),
    "two referrals on one day are one stay, though one of them closes at once": (
        [episode("2025-01-06", "2025-01-06"), episode("2025-01-06", "2025-02-03")],
        [f"2025-01-06 {R}", f"2025-01-06 {R}", f"2025-01-06 {O}assessment", f"2025-02-03 {C}"],
    ),
    "a stay keeps nothing of the one before": (
        [
            episode("2025-01-06", "2025-02-03", assessment("2025-01-07", "2025-01-27")),
            episode("2025-03-03"),
        ],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            "2025-01-07 assessment-started",
            "2025-01-27 case-assessed started_on=2025-01-07",
            "2025-01-27 case-stepped-up to=child_in_need",
            f"2025-02-03 {C}",
            f"2025-03-03 {R}",
            f"2025-03-03 {O}assessment",
        ],
    ),
    "a plan that outlasts its stay is on again in the next": (
        [
            episode("2025-01-06", "2025-02-03", protection_plan("2025-01-20", "2025-04-07")),
            episode("2025-03-03"),
        ],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            "2025-01-20 plan-started plan=child_protection",
            "2025-01-20 case-stepped-up to=child_protection",
            f"2025-02-03 {C}",
            f"2025-03-03 {R}",
            f"2025-03-03 {O}child_protection",
            "2025-03-03 plan-started plan=child_protection estimated",
            "2025-04-07 plan-ended plan=child_protection",
            "2025-04-07 case-stepped-down to=child_in_need",
        ],
    ),
    "a plan that begins as another is on, on the day of the opening, is told once": (
        [episode("2025-01-06", "", in_need_plan("2024-12-02"), in_need_plan("2025-01-06"))],
        [
            "2024-12-02 plan-started plan=child_in_need",
            f"2025-01-06 {R}",
            f"2025-01-06 {O}child_in_need",
            "2025-01-06 plan-started plan=child_in_need",
        ],
    ),
    "one plan follows another on the same day, and the tier stays": (
        [episode("2025-01-06", "", in_need_plan("2025-01-08", "2025-02-03"), in_need_plan("2025-02-03"))],
        [
            f"2025-01-06 {R}",
            f"2025-01-06 {O}assessment",
            "2025-01-08 plan-started plan=child_in_need",
            "2025-01-08 case-stepped-up to=child_in_need",
            "2025-02-03 plan-ended plan=child_in_need",
            "2025-02-03 plan-started plan=child_in_need",
        ],
    ),
    "everything on one day, in the order of the day": (
        [
            episode(
                "2025-01-06",
                "2025-01-06",
                protection_plan("2025-01-06", "2025-02-03", "2025-01-06"),
                in_need_plan("2024-12-02", "2025-01-06"),
                section_47("2025-01-06", "2025-01-06", not_required="1"),
                assessment("2025-01-06", "2025-01-06"),
            )
        ],
        [
            "2024-12-02 plan-started plan=child_in_need",
            f"2025-01-06 {R}",
            f"2025-01-06 {O}child_protection",
            "2025-01-06 assessment-started",
            "2025-01-06 strategy-discussion-held section_47=True",
            "2025-01-06 enquiry-ended outcome=no_conference estimated",
            "2025-01-06 conference-held",
            "2025-01-06 case-assessed started_on=2025-01-06",
            "2025-01-06 plan-ended plan=child_in_need",
            "2025-01-06 plan-started plan=child_protection",
            "2025-01-06 plan-reviewed plan=child_protection",
            f"2025-01-06 {C}",
            "2025-02-03 plan-ended plan=child_protection",
        ],
    ),
}


@pytest.mark.parametrize(("episodes", "facts"), TABLE.values(), ids=TABLE)
def test_what_a_child_s_episodes_tell(tmp_path: Path, episodes: list[str], facts: list[str]) -> None:
    assert told(only_child(tmp_path, *episodes)) == facts
    assert told(only_child(tmp_path, *reversed(episodes))) == facts, "the order of rows decides nothing"
