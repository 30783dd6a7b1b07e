"""What the pages show is what the program prints: every listing is run as a reader would run it, from nothing.

Where it differs because the program now answers otherwise, `python -m tests.house.listings` writes it anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.listings import PAGES, listings, told_anew
from tests.house.source import ROOT

ANEW = "python -m tests.house.listings writes the listings anew"


@pytest.fixture(scope="module", params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    """A page's text."""
    name: str = request.param
    return (ROOT / name).read_text("utf-8")


def test_every_listing_is_what_the_program_prints(page: str, tmp_path: Path) -> None:
    shown = listings(page)
    assert len(shown) >= 4
    assert listings(told_anew(page, tmp_path)) == shown, ANEW


def test_every_command_shown_is_in_a_listing(page: str) -> None:
    """A command without its prompt would be run by nobody."""
    bare = [line for line in page.splitlines() if line.startswith("casedrift ")]
    assert not bare
    assert page.count("\n$ ") == len(listings(page)) == page.count("\n$ casedrift ")


def test_the_readme_shows_what_its_words_promise() -> None:
    shown = dict(listings((ROOT / "README.md").read_text("utf-8")))
    (then, now) = [out for command, out in shown.items() if " counts " in command and " --by " not in command]
    assert _figure(then) != _figure(now), "the record of that day has not changed since: show another day"
    (why,) = [out for command, out in shown.items() if command.startswith("casedrift explain ")]
    assert " late" in why, "nothing was late in this case: explain another"
    (overdue,) = [out for command, out in shown.items() if command.startswith("casedrift drift ")]
    assert "days ago" in overdue, "nobody is overdue: ask of another day"


def test_the_table_about_time_gives_the_answers_of_its_listing() -> None:
    text = (ROOT / "docs/time.md").read_text("utf-8")
    table = re.findall(r"^\| (\d+) June \| (\d) \|", text, re.M)
    shown = [
        (command.rpartition("-")[2].lstrip("0"), _figure(out).split()[0])
        for command, out in listings(text)
        if " counts " in command
    ]
    assert shown == table == [("6", "1"), ("12", "0"), ("25", "1")]


def test_a_listing_that_says_otherwise_is_found(tmp_path: Path) -> None:
    page = "Words.\n\n```\n$ casedrift policy check england\nno faults\n```\n\n```\nmake test\n```\n"
    anew = told_anew(page, tmp_path)
    assert listings(page) == [("casedrift policy check england", "no faults\n")]
    assert listings(anew) != listings(page)
    assert anew.replace(listings(anew)[0][1], "no faults\n") == page


def _figure(counted: str) -> str:
    return counted.splitlines()[-1]
