"""Policies spoilt in any way: every fault is told with its line, or the policy can be written down and read again.

A policy that can be read is also shown, and measures a life; no input is more than a second's work.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import strategies as st

from casedrift.bank_holidays import bank_holidays
from casedrift.policies import find_policy, load_policy
from casedrift.present.policy import policy_json, show_policy
from domain.clocks import Rules
from domain.policy import Policy
from domain.policy_faults import PolicyFaults, PolicyUnreadable
from domain.policy_text import policy_toml
from domain.policy_words import UNITS
from tests.domain.short_lives import held, opened, told
from tests.domain.written_policies import DEVON
from tests.fuzz.mutations import mutated
from tests.kit.fuzzing import for_seconds

KEYS = b"id version extends drop calendar counting recording_lag facts from tiers plans unless starts met_by then warn"
VALUES = b'""|"1 month"|"20 working_days"|"99999999 days"|"100 weeks"|0|-1|1e9|nan|inf|true|2019-06-01|9999-12-31|[]|{}'
WORDS = [
    *KEYS.split(), *VALUES.split(b"|"),
    *(b"=", b"[", b"]", b"[[", b"]]", b"{", b"}", b",", b"."),
    *(b"a.", b'"', b"'", b'"""', b"'''", b"#", b"\n", b"\r", b"\0"),
    *(b"\xff", b"\xef\xbb\xbf", rb"\ud800", rb"\u0000"),
    *(b"[policy]", b"[[clock]]", b"[[coverage]]", b"9" * 900, b"x" * 900),
    *(b"case-supervised", b"child_in_need", b"review"),
    *(b'extends = "england"\n', b'drop = ["supervision"]\n', b"{type = "),
]  # fmt: skip
BYTES = mutated([DEVON.encode(), *(find_policy(name)[0].encode() for name in ("england", "england-census"))], WORDS)
TOLD = DEVON.splitlines()
PLACES = [number for number, line in enumerate(TOLD) if " = " in line]


def _with_others(changes: dict[int, str]) -> bytes:
    """Devon's policy with other values on some of its lines."""
    lines = [f"{line.partition(' = ')[0]} = {changes[n]}" if n in changes else line for n, line in enumerate(TOLD)]
    return "\n".join(lines).encode()


TOML = st.one_of(
    st.sampled_from(VALUES.decode().split("|")),
    st.sampled_from([line.partition(" = ")[2] for line in TOLD if " = " in line]),
    st.text(max_size=70).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.builds(lambda count, unit: f'"{count} {unit}"', st.integers(0, 30_000), st.sampled_from(UNITS)),
)
STRUCTURE = st.dictionaries(st.sampled_from(PLACES), TOML, max_size=4).map(_with_others)
SPOILT = st.one_of(BYTES, STRUCTURE)
LIFE = [opened("2019-05-01"), told("case-supervised", "2019-05-20"), told("case-closed", "2021-03-01")]


def test_whatever_it_is_has_faults_with_lines_or_is_a_policy(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"

    def use(spoilt: bytes) -> None:
        path.write_bytes(spoilt)
        read = _read(path)
        if isinstance(read, Policy):
            _holds(read, path)
        elif isinstance(read, PolicyFaults):
            own = [fault.line for fault in read.faults if fault.file == str(path)]
            assert all(1 <= line <= spoilt.count(b"\n") + 1 for line in own)
            assert all(len(fault.meaning) < 1_000 for fault in read.faults)

    assert for_seconds(SPOILT, use) > 0


def _read(path: Path) -> Policy | PolicyUnreadable:
    try:
        return load_policy(str(path))
    except PolicyUnreadable as fault:
        return fault


def _holds(policy: Policy, path: Path) -> None:
    path.write_text(policy_toml(policy), "utf-8")
    assert load_policy(str(path)) == policy
    assert show_policy(policy)
    assert policy_json(policy)["id"] == policy.id
    held(Rules(policy, bank_holidays), LIFE)


DEEP = "a" + ".a" * 480
BOMBS = {
    "a key of many parts": "\n".join(f"{nth}{DEEP} = 1" for nth in range(60)),
    "tables of many parts": "\n".join(f"[{nth}{DEEP}]" for nth in range(60)),
    "entries of many parts": f"[[{DEEP}]]\n" * 60,
    "lists within lists": "a = " + "[\n" * 15_000 + "]\n" * 15_000,
    "tables within tables": "\n".join(f"a{nth} = " + "{a=" * 150 + "1" + "}" * 150 for nth in range(100)),
    "one line": "a = [" + "1, " * 20_000 + "]",
    "many clocks": "[[clock]]\n" * 6_000,
    "many unknown keys": "".join(f"k{nth} = 1\n" for nth in range(6_000)),
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_a_fault_within_a_second_or_two(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bomb.toml"
    path.write_text(text)
    with pytest.raises(PolicyFaults) as told_of:
        load_policy(str(path))
    assert told_of.value.faults[0].line >= 1


def test_a_file_that_is_longer_than_any_policy_is_none(tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    path.write_text("# " + "\n# ".join(["x" * 70] * 1_000))
    with pytest.raises(PolicyUnreadable, match="is no policy: it is longer than any"):
        load_policy(str(path))
