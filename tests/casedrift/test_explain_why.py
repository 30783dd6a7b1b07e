"""Each run and each finding of a case is told in a sentence that says why, and the sentences agree with the figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casedrift.bank_holidays import bank_holidays
from casedrift.desk import Desk
from casedrift.policies import load_policy
from casedrift.present.explain import show_explanation
from casedrift.present.explain_faults import fault
from casedrift.present.explain_record import Record
from casedrift.present.explain_why import why_each
from casedrift.present.paper import rendered
from casedrift.present.picture import picture_of
from casedrift.simulation import simulate
from domain.clocks import Rules
from domain.days import format_day, parse_day, parse_instant
from domain.policy_text import read_policy
from tests.casedrift.explained_lives import LIFE, ON, on_record, ran

ENGLAND = Rules(load_policy("england"), bank_holidays)
NOW = parse_instant("2026-01-01T12:00:00Z")


def told(answer: dict[str, Any], on: int = ON, rules: Rules | None = ENGLAND) -> list[str]:
    return [why.sentence for why in why_each(answer["runs"], Record(answer["facts"]), on, rules)]


def test_why_each_was_due_and_what_came_of_it() -> None:
    assert told(LIFE) == [
        "Due on 2 Apr 2019, 60 working days after the case was opened on 7 Jan 2019 (no. 1); it ended on 4 Feb 2019, "
        "as the case was stepped up (no. 3), in time.",
        "Due on 7 Feb 2019, 1 month after the case was opened on 7 Jan 2019 (no. 1); the case was supervised on "
        "20 Feb 2019 (no. 4), 13 days late.",
        "Due on 20 Mar 2019, 1 month after the case was last supervised on 20 Feb 2019 (no. 4); not done by "
        "30 Jun 2019, and overdue by 102 days.",
    ]


@pytest.mark.parametrize(
    ("on", "ending"),
    [
        ("2019-02-19", "yet to begin on 19 Feb 2019."),
        ("2019-03-20", "in time on 20 Mar 2019."),
        ("2019-03-21", "not done by 21 Mar 2019, and overdue by 1 day."),
        (
            "2019-08-12",
            "it was not done when the case left its scope on 12 Aug 2019, as the case was closed (no. 6), "
            "then 145 days late.",
        ),
    ],
)
def test_a_sentence_is_of_the_day_asked(on: str, ending: str) -> None:
    assert told(LIFE, parse_day(on))[-1].partition("; ")[2] == ending


def test_without_the_rules_no_limit_is_told() -> None:
    assert told(LIFE, rules=None)[1].startswith("Due on 7 Feb 2019, counted from when the case was opened on 7 Jan")


def test_a_due_day_moved_by_what_the_sources_supply_says_so() -> None:
    text = (
        '[policy]\nid = "x"\nversion = "1"\nextends = "england"\n'
        '[[coverage]]\nfacts = ["case-supervised"]\nfrom = 2019-02-01\n'
    )
    england = (Path(__file__).parents[2] / "casedrift" / "policies" / "england.toml").read_text("utf-8")
    rules = Rules(read_policy(text, "x", lambda *_: (england, "england")), bank_holidays)
    moved = {**LIFE, "runs": [ran("supervision", "2019-01-07", "2019-03-01", None, "1")]}
    assert told(moved, rules=rules)[0].startswith(
        "Due on 1 Mar 2019, 1 month after 1 Feb 2019, from when the record is complete "
        "(it ran since the case was opened on 7 Jan 2019 (no. 1)); "
    )


FACTS = [
    on_record("1", "case-opened", "2019-05-01"),
    {**on_record("2", "child-visited", "2019-05-20"), "time": "2019-05-10T12:00:00Z"},
    {**on_record("3", "case-closed", "2019-05-02"), "time": "2019-06-10T12:00:00Z"},
    {**on_record("4", "case-closed", "2019-05-03", corrects="3"), "time": "2019-06-20T12:00:00Z"},
]


@pytest.mark.parametrize(
    ("finding", "facts", "sentence"),
    [
        (
            "opened-while-open",
            ["2", "1"],
            "The child was visited on 20 May 2019 (no. 2), but the case was open already: its opening on 1 May 2019 "
            "(no. 1).",
        ),
        (
            "activity-while-closed",
            ["2", "4"],
            "The child was visited on 20 May 2019 (no. 2), but the case was closed already: the case was closed on "
            "3 May 2019 (no. 4).",
        ),
        (
            "activity-while-closed",
            ["2"],
            "The child was visited on 20 May 2019 (no. 2), but the case had not been opened.",
        ),
        (
            "effective-in-future",
            ["2"],
            "The child was visited on 20 May 2019 (no. 2), but that was recorded before, on 10 May 2019.",
        ),
        (
            "recorded-late",
            ["4"],
            "The case was closed on 3 May 2019 (no. 4); that was recorded on 10 Jun 2019, more than 5 working days "
            "later.",
        ),
        ("missing-team", ["1"], "The case was opened on 1 May 2019 (no. 1); on 30 Jun 2019 no team is named for it."),
        (
            "never-assessed",
            ["1"],
            "The case was opened on 1 May 2019 (no. 1), and had not been assessed by 30 Jun 2019, more than 45 working "
            "days later.",
        ),
    ],
)
def test_what_the_record_lacks_is_told(finding: str, facts: list[str], sentence: str) -> None:
    assert fault({"finding": finding, "facts": facts}, Record(FACTS), ON, ENGLAND) == sentence


def test_a_fact_brought_back_after_a_withdrawal_was_recorded_when_its_first_link_was() -> None:
    withdrawn = {**on_record("2", "fact-withdrawn", "2019-05-01", withdraws="1"), "time": "2019-05-07T12:00:00Z"}
    again = {**on_record("3", "case-opened", "2019-05-01", corrects="2"), "time": "2019-05-09T12:00:00Z"}
    record = Record([{**FACTS[0], "stands": False}, {**withdrawn, "stands": False}, again])
    assert record.recorded("3") == "recorded on 1 May 2019"


def test_no_line_is_folded_within_a_day() -> None:
    for width in (40, 60, 80):
        lines = rendered(*show_explanation(LIFE, ON, ENGLAND), width=width).splitlines()
        assert max(map(len, lines)) <= width
        assert not [line for line in lines if line.rstrip().endswith((" 7 Jan", " 20 Feb", "(no."))]


def test_sentences_and_pictures_agree_with_the_figures(tmp_path: Path) -> None:
    """Of a made-up authority: the limit told is the one that each due day was counted by, and what the picture shows
    as overdue on the day asked is what drifts on it."""
    made = list(simulate(5, date(2019, 1, 1), 9, 25))
    on = parse_day("2019-09-15")
    with Desk(str(tmp_path / "x.db"), create=True, now=lambda: NOW) as desk:
        desk.ingest_lines([made], backfill=True, progress=lambda _: None)
        drifting = {(line["case"], line["clock"]) for line in desk.drift(on, NOW)}
        rules = desk.rules()
        answers = [desk.explain(f"case-{n:05d}", on, NOW) for n in range(1, 26)]
    shown = set()
    runs = 0
    for answer in answers:
        picture = picture_of(answer, on)
        assert picture is not None
        shown |= {
            (answer["case"], clock.clock)
            for clock in picture.clocks
            for late in clock.overdue
            if late.begin <= on < late.end
        }
        for why in why_each(answer["runs"], Record(answer["facts"]), on, rules):
            runs += 1
            clock = rules.clocks[rules.number[why.run["clock"]]]
            limits = (clock.clock.first, *clock.clock.then)
            baseline = parse_day(why.run["baseline"])
            assert any(
                f", {limit} after " in why.sentence and format_day(clock.begun(baseline, met).due) == why.run["due"]
                for met, limit in enumerate(limits)
            ), why.sentence
    assert runs > 100
    assert drifting
    assert shown == drifting
