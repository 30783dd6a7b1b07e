"""What an extract can't tell is said to whoever makes the policy; what the store's policy says already is left out.

Month after month the same advice would be read by nobody, and lines pasted a second time would replace the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casedrift.policies import load_policy
from domain.policy import FactPattern, Policy
from streams.sources.untold import FromOn, MadeFor, NoneOf, none_of


def left_to_say(notes: Iterable[str], policy: Policy) -> Iterator[str]:
    """The notes of an extract, but for what the policy has."""
    remaining = iter(notes)
    for note in remaining:
        if isinstance(note, NoneOf):
            next(remaining)
            yield from none_of(note.what, [type_ for type_ in note.types if not _says(policy, FactPattern(type_))])
        elif isinstance(note, FromOn):
            lines = next(remaining)
            if not all(_says(policy, FactPattern(type_), dated=True) for type_ in note.types):
                yield from (note, lines)
        elif not (isinstance(note, MadeFor) and _says_all_of(policy, load_policy(note.policy))):
            yield note


def _says_all_of(policy: Policy, shipped: Policy) -> bool:
    """Whether the policy is that one, extends it, or says of itself what that one says of its sources."""
    return all(_says(policy, fact) for entry in shipped.coverage for fact in entry.facts)


def _says(policy: Policy, wanted: FactPattern, *, dated: bool = False) -> bool:
    """Whether the policy has coverage of such facts; `dated`, from a day on."""
    return any(
        fact.type == wanted.type and set(fact.values) <= set(wanted.values)
        for entry in policy.coverage
        if not dated or entry.complete_from is not None
        for fact in entry.facts
    )
