"""Every fault that a policy file can have by itself, with its line and what was meant."""

from __future__ import annotations

import pytest

from domain.policy_faults import Fault, PolicyFaults
from domain.policy_text import read_policy
from tests.domain.written_policies import DEVON, faults, first_difference, folder, line_of, spoilt

MET = 'met_by = ["case-supervised"]'
LIMIT = 'first = "1 month"'
UNITS = 'write a number from 1 and one of "days", "weeks", "months", "working_days"'
TIERS = '"assessment", "family_help", "child_in_need", "child_protection", "looked_after", "care_leaver"'


@pytest.mark.parametrize(
    ("old", "new", "meaning"),
    [
        # The file and its tables
        ('id = "devon"', "id = ", "not TOML: Invalid value (column 6)"),
        ('id = "devon"', 'policies = 1\nid = "devon"', 'unknown key "policies"'),
        ("from = 2019-06-01", "from = 2019-02-30", "not TOML: Invalid date or datetime (column 8)"),
        ("[[coverage]]", "[[covrage]]", 'unknown key "covrage"; did you mean "coverage"?'),
        ("[policy]", "drop = []\n[policy]", 'unknown key "drop"; it belongs under [policy]'),
        ("[[coverage]]", "[coverage]", "write [[coverage]], in two brackets, over each coverage"),
        ("[[coverage]]", "[[policy.coverage]]", 'unknown key "coverage"'),
        # [policy]
        ('id = "devon"', 'id = " "', '"id" takes a text that is not empty, not " "'),
        ('version = "2019-09"', "version = 2019", '"version" takes a text that is not empty, not 2019'),
        ('id = "devon"', f'id = "{"x" * 301}"', '"id" takes a text of at most 300 characters, not "xxx'),
        ('id = "devon"', 'id = "' + r"\u007f" * 51 + '"', '"id" takes a text of at most 300 characters'),
        ('id = "devon"', 'id = "devon"\ncalender = 1', 'unknown key "calender"; did you mean "calendar"?'),
        (
            'id = "devon"',
            'id = "devon"\ncalendar = "scotland"',
            'unknown calendar "scotland"; one of "england-and-wales"',
        ),
        (
            'id = "devon"',
            'id = "devon"\ncounting = "exclude_start"',
            'unknown counting "exclude_start"; did you mean "exclude-start"?',
        ),
        (
            'id = "devon"',
            'id = "devon"\nrecording_lag = true',
            '"recording_lag" takes a whole number of working days from 0 to 26089, not true',
        ),
        (
            'id = "devon"',
            'id = "devon"\nrecording_lag = -1',
            '"recording_lag" takes a whole number of working days from 0 to 26089, not -1',
        ),
        (
            'id = "devon"',
            'id = "devon"\ndrop = ["review"]',
            '"drop" names an unknown clock "review"; there is no "extends" to drop it from',
        ),
        ('id = "devon"', 'id = "devon"\ndrop = "x"', '"drop" takes a list of clock ids, not "x"'),
        ('id = "devon"', 'id = "devon"\nextends = "x"', 'no policy "x" beside devon.toml'),
        ('id = "devon"', 'id = "devon"\nextends = 1', '"extends" takes a text that is not empty, not 1'),
        # [[coverage]]
        (
            "from = 2019-06-01",
            'from = "2019-06-01"',
            '"from" takes a day written YYYY-MM-DD, without quotes or a time, not "2019-06-01"',
        ),
        (
            "from = 2019-06-01",
            "from = 2019-06-01T00:00:00Z",
            '"from" takes a day written YYYY-MM-DD, without quotes or a time, not 2019-06-01 00:00:00+00:00',
        ),
        (
            "from = 2019-06-01",
            "from = 9999-12-31",
            '"from" takes a day from 1900-01-01 to 2199-12-31, not 9999-12-31',
        ),
        ("from = 2019-06-01", "since = 2019-06-01", 'unknown key "since"; one of "facts", "from"'),
        (
            'facts = ["case-supervised", {',
            'facts = ["case_supervised", {',
            'unknown fact type "case_supervised"; did you mean "case-supervised"?',
        ),
        (
            'facts = ["case-supervised", {type = "case-assessed", progress = "improved"}]',
            "facts = []",
            '"facts" is empty; name the facts that it speaks of',
        ),
        # [[clock]]: its words
        ('basis = "local"', 'basis = "laws"', 'unknown basis "laws"; did you mean "law"?'),
        ('severity = "medium"', "severity = 2", '"severity" takes one of "low", "medium", "high", not 2'),
        ("title = ", "titel = ", 'unknown key "titel"; did you mean "title"?'),
        ("tiers = [", 'tier = ["x"]\ntiers = [', 'unknown key "tier"; did you mean "tiers"?'),
        (
            '["child_in_need", "child_protection"]',
            '["child-in-need"]',
            'unknown tier "child-in-need"; did you mean "child_in_need"?',
        ),
        ('["child_in_need", "child_protection"]', '["x"]', f'unknown tier "x"; one of {TIERS}'),
        (
            '["child_in_need", "child_protection"]',
            '"child_in_need"',
            '"tiers" takes a list of tiers, not "child_in_need"',
        ),
        (
            '["child_in_need", "child_protection"]',
            "[]",
            '"tiers" is empty; name a tier, or leave it out and name "plans"',
        ),
        (
            "plans = []",
            'plans = ["protection"]',
            'unknown plan "protection"; did you mean "child_protection"?',
        ),
        ("{cohort", "{cohorts", 'unknown key "cohorts"; did you mean "cohort"?'),
        ("{cohort = [", "{worker = [1, ", '"worker" takes a text that is not empty, not 1'),
        ('tier = ["looked_after"]}', 'tier = ["care"]}', f'unknown tier "care"; one of {TIERS}'),
        ('{cohort = ["short-breaks"]', '{cohort = "sb"', '"cohort" takes a list of texts, not "sb"'),
        # [[clock]]: its facts
        ('starts = ["scope"]', "starts = []", '"starts" is empty; name "scope" or a fact type'),
        (
            'starts = ["scope"]',
            'starts = ["scoped"]',
            'unknown fact type "scoped"; did you mean "scope"?',
        ),
        (
            'starts = ["scope"]',
            'starts = ["case-opened.v1"]',
            'unknown fact type "case-opened.v1"; types stand without ".vN": did you mean "case-opened"?',
        ),
        (
            'starts = ["scope"]',
            'starts = [{type = "scope"}]',
            'unknown fact type "scope"; "scope" stands only in "starts", as a word',
        ),
        (
            'starts = ["scope"]',
            "starts = [{section_47 = true}]",
            'a table in "starts" has no "type": which fact is meant?',
        ),
        (MET, "met_by = [1]", '"met_by" takes a fact type, or a table with one, not 1'),
        (MET, 'met_by = ["scope"]', 'unknown fact type "scope"; "scope" stands only in "starts", as a word'),
        (
            MET,
            'met_by = ["fact-withdrawn"]',
            '"fact-withdrawn" can start or meet nothing: it only takes a fact back',
        ),
        (
            MET,
            'met_by = [{type = "case-supervised", progress = "improved"}]',
            '"case-supervised" has no field "progress"; its own: "challenged"',
        ),
        (
            MET,
            'met_by = [{type = "case-allocated", worker = "w"}]',
            '"case-allocated" has no field "worker"; it has none of its own',
        ),
        # [[clock]]: its limits
        (LIMIT, 'first = "1 fortnight"', f'"1 fortnight" is not a limit; {UNITS}'),
        (LIMIT, 'first = ""', f'"" is not a limit; {UNITS}'),
        (LIMIT, 'first = "-1 days"', f'"-1 days" is not a limit; {UNITS}'),
        (LIMIT, 'first = "0 days"', '"0 days" is not a limit; it is at least 1'),
        (LIMIT, 'first = "36526 days"', '"36526 days" is not a limit; it is at most 100 years'),
        (LIMIT, 'first = "1201 months"', '"1201 months" is not a limit; it is at most 100 years'),
        (LIMIT, 'first = "2 month"', '"2 month" is not a limit; did you mean "2 months"?'),
        (
            LIMIT,
            'first = "10 Working Days"',
            '"10 Working Days" is not a limit; did you mean "10 working_days"?',
        ),
        (LIMIT, 'first = "10\\n days"', '"10\\n days" is not a limit; did you mean "10 days"?'),
        (LIMIT, "first = 45", '"first" takes a limit such as "20 working_days", not 45'),
        ('then = "1 month"', "then = []", '"then" is empty; name a limit, or leave "then" out'),
        ('then = "1 month"', 'then = ["1 month", "x"]', f'"x" is not a limit; {UNITS}'),
        ('warn = "5 days"', 'warn = "5"', f'"5" is not a limit; {UNITS}'),
        ('id = "review"', 'id = "supervision"', 'clock id "supervision" is used twice; first on line 10'),
    ],
)
def test_one_fault_is_told_with_its_line(old: str, new: str, meaning: str) -> None:
    text = spoilt(old, new)
    line = first_difference(text)
    told = faults(text)
    assert [f for f in told if f.startswith(f"devon.toml:{line}: {meaning}")], told


@pytest.mark.parametrize("key", ["id", "title", "citation", "basis", "severity", "starts", "met_by", "first"])
def test_a_clock_without_a_key_that_it_needs(key: str) -> None:
    clock = line_of("[[clock]]")
    lines = DEVON.splitlines()
    at = next(n for n, line in enumerate(lines) if n > clock - 1 and line.startswith(f"{key} ="))
    called = "clock" if key == "id" else 'clock "supervision"'
    assert faults("\n".join(lines[:at] + lines[at + 1 :])) == [f'devon.toml:{clock}: {called} has no "{key}"']


@pytest.mark.parametrize("plans", ["", "plans = []"])
def test_a_clock_that_covers_nobody(plans: str) -> None:
    text = spoilt('tiers = ["child_in_need", "child_protection"]\nplans = []', plans)
    clock = line_of("[[clock]]")
    meaning = 'clock "supervision" names neither "tiers" nor "plans"; one is needed'
    assert faults(text) == [f"devon.toml:{clock}: {meaning}"]


def test_coverage_without_facts() -> None:
    text = spoilt('facts = ["case-supervised", {type = "case-assessed", progress = "improved"}]\n', "")
    assert faults(text) == [f'devon.toml:{line_of("[[coverage]]")}: coverage has no "facts"']


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ['1: there is no [policy]; it names at least "id" and "version"']),
        ("\n[policy]\n", ['2: [policy] has no "id"', '2: [policy] has no "version"']),
        ("policy = 1\n", ['1: "policy" takes a table, written [policy], not 1']),
        ('[policy]\nid = "a"\nversion = "1"\nclock = 1\n', ['4: unknown key "clock"']),
        ('clock = [1]\n[policy]\nid = "a"\nversion = "1"\n', ['1: "clock" takes a table, written [[clock]]']),
        ('coverage = 1\n[policy]\nid = "a"\nversion = "1"\n', ["1: write [[coverage]], in two brackets"]),
        ("a = [", ["1: not TOML: Invalid value (at the end of the file)"]),
        ("\n\nx = '''\n\n", ["4: not TOML: Expected"]),
        (f"a = {'9' * 5000}", ["1: not TOML that can be read"]),
        (f"a = {'[' * 5000}", ["1: not TOML that can be read"]),
    ],
)
def test_files_that_are_hardly_policies(text: str, told: list[str]) -> None:
    found = faults(text)
    assert len(found) == len(told)
    assert all(fault.startswith(f"devon.toml:{start}") for fault, start in zip(found, told, strict=True))


def test_every_fault_is_told_in_the_order_of_lines() -> None:
    text = spoilt('basis = "local"', 'basis = "locale"').replace("3 months", "3 moons").replace("devon", "")
    assert [fault.split(": ")[0] for fault in faults(text)] == [
        f"devon.toml:{line_of(what, text)}" for what in ('id = ""', "locale", 'first = "3 moons"', '["3 moons"')
    ]


def test_a_fault_reads_as_editors_jump_to_it() -> None:
    fault = Fault("devon.toml", 14, 'unknown key "tier"; did you mean "tiers"?')
    assert str(fault) == 'devon.toml:14: unknown key "tier"; did you mean "tiers"?'
    assert str(PolicyFaults([fault, fault])) == f"{fault}\n{fault}"
    with pytest.raises(PolicyFaults):
        read_policy("", "devon.toml", folder())
