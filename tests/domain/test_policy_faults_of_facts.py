"""What a policy asks of a fact must be something that such a fact can hold, wherever the policy asks it."""

from __future__ import annotations

import pytest

from tests.domain.written_policies import faults, line_of, spoilt


@pytest.mark.parametrize(
    ("kind", "value", "meaning"),
    [
        ("case-assessed", 'progress = "improvd"', 'is never "improvd"; did you mean "improved"?'),
        ("enquiry-ended", 'outcome = "plan"', 'is never "plan"; one of "conference", "no_conference"'),
        ("conference-held", 'outcome = "no plan"', 'is never "no plan"; did you mean "no_plan"?'),
        ("challenge-recorded", 'by = "manger"', 'is never "manger"; did you mean "manager"?'),
        ("plan-reviewed", 'plan = "looked_after"', 'is never "looked_after"; one of'),
        ("case-opened", 'tier = "in_need"', 'is never "in_need"; did you mean "child_in_need"?'),
        ("case-stepped-up", 'to = "early_help"', 'is never "early_help"; did you mean "family_help"?'),
        ("case-audited", 'grade = "fair"', 'is never "fair"; one of "outstanding", "good"'),
        ("case-audited", "grade = 1", '"grade" takes one of "outstanding", "good"'),
        ("strategy-discussion-held", 'section_47 = "yes"', '"section_47" takes true or false, not "yes"'),
        ("case-assessed", 'risks = "1A"', '"risks" takes a list of codes of at most 64 characters, not "1A"'),
        (
            "case-assessed",
            "risks = [1]",
            '"risks" takes a list of codes of at most 64 characters, not a list',
        ),
        ("case-assessed", 'started_on = "June"', '"started_on" takes a day written YYYY-MM-DD, not "June"'),
        ("case-closed", f'reason = "{"x" * 65}"', '"reason" takes a code of at most 64 characters'),
    ],
)
@pytest.mark.parametrize("where", ["met_by", "starts", "coverage"])
def test_a_value_that_a_field_cannot_take(where: str, kind: str, value: str, meaning: str) -> None:
    lines = {
        "met_by": 'met_by = ["case-supervised"]',
        "starts": 'starts = ["scope"]',
        "coverage": 'facts = ["case-supervised"',
    }
    old = lines[where]
    table = f'{{type = "{kind}", {value}}}'
    text = spoilt(old, f"{old.split('[')[0]}[{table}" + ("" if where == "coverage" else "]"))
    (fault,) = faults(text)
    assert fault.startswith(f"devon.toml:{line_of(table, text)}: ")
    assert meaning in fault
