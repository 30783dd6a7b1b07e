"""Chance, the same on every machine: what happens to a child is drawn, and drawn alike from the same seed.

Only `random()` and `getrandbits()` of Python's generator are used, which are promised never to change;
what Python builds on them (shuffles, choices, curves) has changed between versions, so it is built here.
"""

from __future__ import annotations

from random import Random
from typing import Final, TypeVar

T = TypeVar("T")

Lengths = tuple[int, int, int, int, int, int]
"""How long something takes: the shortest, a quarter, half, three quarters, 95 in a hundred, the longest."""

Bands = tuple[tuple[int, int, float], ...]
"""How long something takes, as statistics are published: the shortest and the longest of each band, and its share."""

_SHARES: Final = (0.0, 0.25, 0.5, 0.75, 0.95, 1.0)


class Chance:
    """One run of luck, wholly given by the words that it is seeded with."""

    __slots__ = ("_bits", "_draw")

    def __init__(self, *seed: int | str) -> None:
        source = Random(":".join(map(str, seed)))
        self._draw = source.random
        self._bits = source.getrandbits

    def happens(self, share: float) -> bool:
        """True in this share of draws (0 to 1)."""
        return self._draw() < share

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included, each as likely."""
        return low + int(self._draw() * (high - low + 1))

    def one_of(self, things: tuple[T, ...]) -> T:
        """One of the things, each as likely."""
        return things[int(self._draw() * len(things))]

    def weighed(self, things: tuple[tuple[T, float], ...]) -> T:
        """One of the things by its weight; the weights sum to 1, and the last takes what is left."""
        left = self._draw()
        for thing, weight in things:
            left -= weight
            if left < 0:
                return thing
        return things[-1][0]

    def length(self, lengths: Lengths) -> int:
        """A length of time, drawn along the straight lines between its shares; in the unit of `lengths`."""
        at = self._draw()
        part = 0
        while at >= _SHARES[part + 1]:
            part += 1
        way = (at - _SHARES[part]) / (_SHARES[part + 1] - _SHARES[part])
        return lengths[part] + int((lengths[part + 1] - lengths[part]) * way)

    def banded(self, bands: Bands, low: float = 0.0, high: float = 1.0) -> int:
        """A length of time out of the bands, of all lengths only those from the share `low` up to `high`.

        So (0.9, 1) draws from the longest tenth. The shares of the bands sum to 1.
        """
        at = low + self._draw() * (high - low)
        for shortest, longest, share in bands:
            if at < share:
                return shortest + int(at / share * (longest - shortest + 1))
            at -= share
        return bands[-1][1]

    def uuid(self) -> str:
        """An identity in the form of a random UUID (version 4)."""
        bits = f"{self._bits(128):032x}"
        variant = "89ab"[int(bits[16], 16) & 3]
        return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{variant}{bits[17:20]}-{bits[20:]}"
