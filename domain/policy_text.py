"""How a policy is written: a TOML file, which may extend another one.

What an authority expects is read and checked whole before anything is counted by it: every fault is told
at once, with its line. `docs/policies.md` says what stands in such a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from domain.policy import Policy
from domain.policy_extending import extended
from domain.policy_faults import Fault, Misread, PolicyFaults, PolicyNotFound, all_of, meant
from domain.policy_tables import Mention, read_clock, read_coverage, read_head
from domain.policy_words import shown
from domain.policy_writing import policy_toml
from domain.toml_lines import Node, NotToml, read_toml

__all__ = ["Fault", "Load", "PolicyFaults", "PolicyNotFound", "policy_toml", "read_policy"]

Load = Callable[[str, str], tuple[str, str]]
"""(what `extends` names, the name of the file that says so) -> the text and the name of that policy.

Raises `PolicyNotFound` where there is none.
"""
File = dict[str, Node]
Out = TypeVar("Out")

_DEFAULTS: Final[dict[str, Any]] = {
    "calendar": "england-and-wales",
    "counting": "exclude-start",
    "recording_lag": 5,
}
_TOP: Final = ("policy", "coverage", "clock")
_DEEPEST: Final = 20
"""So many policies may extend one another; paths that name one file in ever new ways end here."""


def read_policy(text: str, name: str, load: Load) -> Policy:
    """The policy that the text writes, with what it extends taken in.

    `name` stands before the line in every fault. Raises `PolicyFaults`: all of them, the file's own first.
    """
    return _read(text, (name,), load)


@dataclass(slots=True)
class _Reading:
    """One file being read, part by part; a part that can't be read doesn't keep the others from being so."""

    name: str
    notes: list[tuple[int, str]] = field(default_factory=list)
    beneath: tuple[Fault, ...] = ()
    """The faults of the policy that this one extends."""

    def part(self, read: Callable[..., Out], *given: Any) -> Out | None:
        try:
            return read(*given)
        except Misread as misread:
            self.notes.extend(misread.notes)
        except PolicyFaults as faults:
            self.beneath += faults.faults
        return None

    def end(self) -> None:
        own = [Fault(self.name, line, meaning) for line, meaning in sorted(self.notes, key=lambda n: n[0])]
        if own or self.beneath:
            raise PolicyFaults([*own, *self.beneath])


def _read(text: str, chain: tuple[str, ...], load: Load) -> Policy:
    """The last file of the chain; those before it extend one another and it."""
    reading = _Reading(chain[-1])
    file = reading.part(_file, text)
    if file is None:
        reading.end()
        raise AssertionError("a file that could not be read has a fault")
    head = reading.part(_head, file)
    coverage = reading.part(_entries, file, "coverage", read_coverage)
    clocks = reading.part(_entries, file, "clock", read_clock)
    reading.part(_ids_once, file)
    base = reading.part(_extended, file, chain, load)
    reading.part(_drops_known, file, base)
    reading.end()
    whole = (_DEFAULTS if base is None else {}) | (head or {})
    return extended(base, whole, coverage or [], clocks or [])


def _file(text: str) -> File:
    try:
        tables: File = read_toml(text).value
    except NotToml as fault:
        raise Misread((fault.line, fault.meaning)) from fault
    return tables


def _head(file: File) -> dict[str, Any]:
    """`[policy]`, with what must be there; also the one place where unknown tables are told of."""
    checks: list[Callable[[File], Any]] = [_known_tables, _identified, _head_keys]
    return all_of(lambda check: check(file), checks)[-1] or {}


def _head_keys(file: File) -> dict[str, Any]:
    return read_head(file["policy"]) if "policy" in file else {}


def _known_tables(file: File) -> None:
    def known(key: str) -> None:
        if key in _TOP:
            return
        of_head = key in ("id", "version", "extends", "drop", *_DEFAULTS)
        hint = "; it belongs under [policy]" if of_head else meant(key, _TOP)
        raise Misread((file[key].line, f"unknown key {shown(key)}{hint}"))

    all_of(known, file)


def _identified(file: File) -> None:
    if "policy" not in file:
        raise Misread((1, 'there is no [policy]; it names at least "id" and "version"'))
    head = file["policy"]
    lacking = [key for key in ("id", "version") if isinstance(head.value, dict) and key not in head.value]
    if lacking and "extends" not in head.value:
        raise Misread(*((head.line, f'[policy] has no "{key}"') for key in lacking))


def _entries(file: File, key: str, read: Callable[[Node], Out]) -> list[Out]:
    node = file.get(key)
    if node is None:
        return []
    if not isinstance(node.value, list):
        raise Misread((node.line, f"write [[{key}]], in two brackets, over each {key}"))
    return all_of(read, node.value)


def _ids_once(file: File) -> None:
    first: dict[str, Node] = {}
    clocks = file["clock"].value if "clock" in file else []
    tables = [clock.value for clock in clocks if isinstance(clock, Node) and isinstance(clock.value, dict)]

    def once(called: Node) -> None:
        before = first.setdefault(called.value, called)
        if before is not called:
            slip = f"clock id {shown(called.value)} is used twice; first on line {before.line}"
            raise Misread((called.line, slip))

    all_of(once, [table["id"] for table in tables if "id" in table and isinstance(table["id"].value, str)])


def _extended(file: File, chain: tuple[str, ...], load: Load) -> Policy | None:
    mention = _said(file, "extends")
    if not isinstance(mention, Mention):
        return None
    try:
        text, name = load(mention.name, chain[-1])
    except PolicyNotFound as absent:
        raise Misread((mention.line, str(absent))) from absent
    if name in chain:
        circle = ", then ".join((*chain[chain.index(name) :], name))
        raise Misread((mention.line, f'"extends" goes round in a circle: {circle}'))
    if len(chain) == _DEEPEST:
        raise Misread((mention.line, f'"extends" leads through more than {_DEEPEST} policies'))
    return _read(text, (*chain, name), load)


def _said(file: File, key: str) -> Any:
    """What `[policy]` holds under one key, whatever is wrong with the others; None = nothing readable."""
    head = file.get("policy")
    if head is None or not isinstance(head.value, dict) or key not in head.value:
        return None
    try:
        return read_head(Node(head.name, head.line, {key: head.value[key]}))[key]
    except Misread:
        return None  # told of where the whole head is read


def _drops_known(file: File, base: Policy | None) -> None:
    """Against the policy that is extended; where that one could not be read nothing is said."""
    if base is None and _said(file, "extends"):
        return
    ids = [clock.id for clock in base.clocks] if base else []

    def known(drop: Mention) -> None:
        if drop.name not in ids:
            hint = meant(drop.name, ids) if base else '; there is no "extends" to drop it from'
            raise Misread((drop.line, f'"drop" names an unknown clock {shown(drop.name)}{hint}'))

    all_of(known, _said(file, "drop") or ())
