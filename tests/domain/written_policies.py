"""A policy file as an authority might write it, and ways to spoil a line of it."""

from __future__ import annotations

from domain.policy import Policy
from domain.policy_faults import PolicyFaults, PolicyNotFound
from domain.policy_text import Load, read_policy

DEVON = """\
[policy]
id = "devon"
version = "2019-09"

[[coverage]]
facts = ["case-supervised", {type = "case-assessed", progress = "improved"}]
from = 2019-06-01

[[clock]]
id = "supervision"
title = "The case is discussed in supervision at least once a month"
citation = "Case supervision policy, September 2019"
basis = "local"
severity = "medium"
tiers = ["child_in_need", "child_protection"]
plans = []
unless = {cohort = ["short-breaks"], tier = ["looked_after"]}
starts = ["scope"]
met_by = ["case-supervised"]
first = "1 month"
then = "1 month"
warn = "5 days"

[[clock]]
id = "review"
title = "The plan is reviewed"
citation = "Working Together"
basis = "guidance"
severity = "high"
plans = ["child_protection"]
starts = ["scope", {type = "strategy-discussion-held", section_47 = true}]
met_by = [{type = "plan-reviewed", plan = "child_protection"}]
first = "3 months"
then = ["3 months", "6 months"]
"""


def line_of(text: str, within: str = DEVON) -> int:
    """The line (from 1) of the first one that holds the text."""
    return next(number for number, line in enumerate(within.splitlines(), 1) if text in line)


def spoilt(old: str, new: str) -> str:
    """Devon's policy with the first place where it says `old` saying `new`."""
    assert old in DEVON
    return DEVON.replace(old, new, 1)


def first_difference(text: str) -> int:
    """The first line (from 1) that is not Devon's."""
    pairs = zip(text.splitlines(), DEVON.splitlines(), strict=False)
    return next(number for number, (own, devons) in enumerate(pairs, 1) if own != devons)


def folder(**texts: str) -> Load:
    """A folder of policies, by name; a text in it may extend another by that name."""

    def load(reference: str, of_name: str) -> tuple[str, str]:
        if reference not in texts:
            raise PolicyNotFound(f'no policy "{reference}" beside {of_name}')
        return texts[reference], reference

    return load


def read(text: str, **others: str) -> Policy:
    return read_policy(text, "devon.toml", folder(**others))


def faults(text: str, **others: str) -> list[str]:
    """What reading the text complains of, a line each; nothing = it can be read."""
    try:
        read(text, **others)
    except PolicyFaults as found:
        return [str(fault) for fault in found.faults]
    return []
