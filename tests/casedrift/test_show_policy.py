"""A policy shown to people says all that they'd ask, fits their screen, and is there as JSON for programs."""

from __future__ import annotations

import json
from io import StringIO
from itertools import pairwise

import pytest
from rich.console import Console

from casedrift.policies import load_policy, shipped
from casedrift.present.policy import limits_in_words, policy_json, show_policy
from domain.policy import Limit, Policy
from domain.policy_text import read_policy

MONTH, TEN = Limit(1, "months"), Limit(10, "working_days")


def shown(policy: Policy, width: int = 100) -> str:
    """As a pipe receives it: no colour, no lines."""
    out = StringIO()
    Console(file=out, width=width, no_color=True).print(show_policy(policy))
    return out.getvalue()


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("width", [100, 80])
def test_it_fits_the_screen_and_plain_pipes(name: str, width: int) -> None:
    text = shown(load_policy(name), width)
    assert max(map(len, text.splitlines())) <= width
    assert text.isascii()


def test_it_names_every_clock_with_its_word_of_authority() -> None:
    policy = load_policy("england")
    words = " ".join(shown(policy).split())
    for clock in policy.clocks:
        assert f"{clock.title} clock {clock.id} limit" in words
        assert clock.citation in words
    assert "not cohort disabled-children" in words
    assert "strategy discussion held (section 47 yes)" in words
    assert "sources" not in words


def test_it_says_what_is_not_measured_and_why() -> None:
    words = " ".join(shown(load_policy("england-annex-a")).split())
    assert "not supplied: child visited, plan reviewed" in words
    assert "case assessed (progress improved, static or worse)" in words
    assert words.count("measured no: the sources do not supply what meets it") == 8


def test_markup_in_a_policy_is_only_text() -> None:
    policy = read_policy('[policy]\nid = "[bold]x[/bold]"\nversion = "[/]"\n', "x", lambda *_: ("", ""))
    assert "[bold]x[/bold], version [/]" in shown(policy)


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        (TEN, (), "within 10 working days, once"),
        (TEN, (TEN,), "at least every 10 working days"),
        (MONTH, (MONTH,), "at least every month"),
        (
            TEN,
            (MONTH, TEN),
            "within 10 working days, then within 1 month, then at least every 10 working days",
        ),
    ],
)
def test_limits_in_words(first: Limit, then: tuple[Limit, ...], words: str) -> None:
    assert limits_in_words(first, then) == words


@pytest.mark.parametrize("name", shipped())
def test_the_json_is_json_with_the_words_of_the_file(name: str) -> None:
    policy = load_policy(name)
    read = json.loads(json.dumps(policy_json(policy)))
    assert [clock["id"] for clock in read["clocks"]] == [clock.id for clock in policy.clocks]
    review = next(clock for clock in read["clocks"] if clock["id"] == "protection-review")
    assert review["met_by"] == [{"type": "plan-reviewed", "plan": "child_protection"}]
    assert (review["first"], review["then"], review["starts"]) == ("3 months", ["6 months"], ["scope"])
    assert review["measured"] is (name != "england-annex-a")
    assert all(a.keys() == b.keys() for a, b in pairwise(read["clocks"]))
