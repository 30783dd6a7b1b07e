"""Faults between a policy and what it extends: what isn't there, what goes round, what is wrong beneath."""

from __future__ import annotations

import pytest

from domain.policy_faults import PolicyFaults
from domain.policy_text import read_policy
from tests.domain.written_policies import DEVON, faults, spoilt


def test_a_drop_that_the_extended_policy_does_not_have() -> None:
    own = '[policy]\nextends = "base"\ndrop = [\n  "review",\n  "supervison",\n]\n'
    slip = 'devon.toml:5: "drop" names an unknown clock "supervison"; did you mean "supervision"?'
    assert faults(own, base=DEVON) == [slip]


def test_the_faults_of_the_policy_beneath_follow_its_own() -> None:
    own = '[policy]\nextends = "base"\ndrop = ["x"]\nlag = 1\n'
    assert faults(own, base=spoilt("local", "locale")) == [
        'devon.toml:4: unknown key "lag"; one of "id", "version", "extends", "drop", "calendar", "counting", '
        '"recording_lag"',
        'base:13: unknown basis "locale"; did you mean "local"?',
    ]


def test_policies_that_extend_one_another_in_a_circle() -> None:
    around = {"a": '[policy]\nextends = "b"\n', "b": '[policy]\n\nextends = "a"\n'}
    told = faults('[policy]\nextends = "a"\n', **around)
    assert told == ['b:3: "extends" goes round in a circle: a, then b, then a']


def test_names_that_never_end() -> None:
    def ever_deeper(reference: str, of_name: str) -> tuple[str, str]:
        return f'[policy]\nextends = "{reference}"\n', f"sub/{of_name}"

    with pytest.raises(PolicyFaults) as found:
        read_policy('[policy]\nextends = "a"\n', "a", ever_deeper)
    (fault,) = found.value.faults
    assert fault.meaning == '"extends" leads through more than 20 policies'
