"""Which row of one extract is which of another: a table has no names for its rows, only what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streams.sources.records import Record


def pairs_of(known: Sequence[Record], read: Sequence[Record], key: tuple[str, ...]) -> dict[int, int]:
    """Which known row is which of those read, by index: first those that are alike, the rows that say most before
    others; then by what they share."""
    if len(known) == len(read) and all(before.values == now.values for before, now in zip(known, read, strict=True)):
        return {nth: nth for nth in range(len(known))}
    pairs: dict[int, int] = {}
    unsaid = [frozenset(each.unread & each.values.keys()) for each in read]
    for names in sorted(set(unsaid), key=lambda names: (len(names & {*key}), len(names), sorted(names))):
        said = [
            each.said_without(names) if its_own == names else None for each, its_own in zip(read, unsaid, strict=True)
        ]
        _pair(pairs, [each.said_without(names) for each in known], said)
    for name in key:
        _pair(pairs, [each.day(name) for each in known], [each.day(name) for each in read])
    _pair(pairs, [_all_of(each, key) for each in known], [_all_of(each, key) for each in read])
    return pairs


def _pair(pairs: dict[int, int], known: Sequence[Any], read: Sequence[Any]) -> None:
    """Pair those left that have the same to say; None says nothing."""
    paired = set(pairs.values())
    left = [at for at in range(len(read)) if at not in paired]
    for nth, said in enumerate(known):
        if nth not in pairs and said is not None:
            at = next((at for at in left if read[at] == said), None)
            if at is not None:
                pairs[nth] = at
                left.remove(at)


def nearest(gone: Mapping[int, Record], new: Mapping[int, Record], key: tuple[str, ...]) -> dict[int, int]:
    """Which of the one are which of the other, by what names them: those with the fewest days between them."""
    pairs: dict[int, int] = {}
    apart = sorted((_days_apart(gone[before], new[nth], key), before, nth) for before in gone for nth in new)
    for _, before, nth in apart:
        if before not in pairs and nth not in pairs.values():
            pairs[before] = nth
    return pairs


def _days_apart(one: Record, other: Record, key: tuple[str, ...]) -> int:
    """Between the first days that both have, in days; where there are none, more than any."""
    both = ((a, b) for name in key if (a := one.day(name)) is not None and (b := other.day(name)) is not None)
    return next((abs(a - b) for a, b in both), 1 << 32)


def _all_of(record: Record, key: tuple[str, ...]) -> tuple[int | None, ...]:
    return tuple(record.day(name) for name in key)
