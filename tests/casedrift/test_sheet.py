"""A table fits the terminal, from a narrow one to a wide one, and no figure, day or word in it is cut."""

from __future__ import annotations

import re

import pytest

from casedrift.present.compliance import show_compliance
from casedrift.present.explain import show_explanation
from casedrift.present.paper import rendered, table
from domain.days import parse_day

CLOCKS = ("assessment", "in-need-without-improvement", "protection-visit")
KEPT = [
    {
        "clock": clock,
        "in_scope": 3691,
        "in_time": 2500,
        "overdue": 1171,
        "done": 12,
        "waiting": 8,
        "not_measured": 3222,
    }
    for clock in CLOCKS
]
DAY = parse_day("2019-09-30")


def place(tier: str, cohort: str | None = None) -> dict[str, object]:
    held = {"locality": "North", "team": "N2", "worker": "w-185", "cohort": cohort}
    plans = ["care", "child_protection"]
    return {"from": "2015-09-21", "to": "2017-09-12", "tier": tier, **held, "plans": plans, "because": ["1"]}


def explained(*places: dict[str, object], **fields: object) -> dict[str, object]:
    known = "2019-08-16T10:00:00Z"
    facts = [
        {"id": id_, "source": "/x", "type": f"{type_}.v1", "known_at": known, "stands": False, "data": data}
        for id_, type_, data in (
            ("1", "case-closed", {"effective_on": "2019-08-16", "reason": "needs_met"}),
            ("2", "fact-withdrawn", {"effective_on": "2019-08-16", "withdraws": "1"}),
        )
    ]
    run = {"baseline": "2015-09-21", "due": "2015-12-21", "end": "2017-05-12", "met": True, "because": ["1", "2"]}
    runs = [{"clock": clock, **run} for clock in CLOCKS]
    return {"case": "A", "facts": facts, "places": list(places), "runs": runs, "findings": [], **fields}


def explanation(width: int, *places: dict[str, object]) -> str:
    return rendered(*show_explanation(explained(*places), DAY), width=width)


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_compliance_is_whole_at_any_usual_width(width: int) -> None:
    lines = rendered(show_compliance(KEPT, ()), width=width).splitlines()
    assert max(map(len, lines)) <= width
    for clock in CLOCKS:
        (row,) = [line for line in lines if line.startswith(clock)]
        assert row.split() == [clock, *"2,512 of 3,683 68.2 % 1,171 8 3,222 3,691".split()]


@pytest.mark.parametrize(
    ("width", "cohort"), [(80, None), (100, "disabled-children"), (120, "disabled-children"), (200, None)]
)
def test_a_case_is_told_without_a_cut_word_or_day(width: int, cohort: str | None) -> None:
    text = explanation(width, place("looked_after"), place("child_protection", cohort))
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert len(re.findall(r"\b21 Sep 2015\b", text)) == 2 + len(CLOCKS)
    words = set(re.findall(r"[\w-]+", text))
    assert {*CLOCKS, "protection", "locality", "because", "late", cohort or "N2"} <= words


def test_where_there_is_room_nothing_is_folded() -> None:
    text = rendered(show_compliance(KEPT, ()), width=100)
    assert text.splitlines()[0].split("  ")[-1] == "in scope"
    assert len(text.splitlines()) == 2 + len(CLOCKS)


@pytest.mark.parametrize("width", [20, 40, 60])
def test_on_narrow_paper_no_line_is_too_long(width: int) -> None:
    assert max(map(len, explanation(width, place("child_protection")).splitlines())) <= width


def test_a_table_without_rows_has_its_titles() -> None:
    assert rendered(table("case", ">overdue", "~why"), width=80).split() == ["case", "overdue", "why", "─" * 18]


def test_a_cohort_is_told_where_there_is_one() -> None:
    assert "cohort" not in explanation(120, place("looked_after"))
    assert "disabled-children" in explanation(120, place("looked_after"), place("looked_after", "disabled-children"))


def test_what_was_withdrawn_no_longer_stands_and_its_withdrawal_does_not_say_so_of_itself() -> None:
    closed, withdrawn = (line for line in explanation(120).splitlines() if line.split()[:1] in (["1"], ["2"]))
    assert closed.endswith("reason needs met, no longer stands")
    assert withdrawn.endswith("withdraws no. 1")
