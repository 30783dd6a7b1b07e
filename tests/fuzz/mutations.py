"""What goes wrong with bytes on their way, as a Hypothesis strategy: a good file, and a few things done to it.

Bytes are lost, doubled, turned over, exchanged for others that mean something to a reader; stretches are repeated, so
that things stand within one another or twice where they may stand once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

Change = Callable[[bytes], bytes]

_TIMES = st.sampled_from([2, 3, 10, 300])
_AT = st.floats(0, 1, exclude_max=True)
_LONGEST = 200_000
"""Bytes; more is another test's."""


def mutated(wholes: Sequence[bytes], words: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of the wholes with up to six changes; `words` are what may be put in or exchanged for what is there."""
    changes = st.lists(st.one_of(_exchanged(words), _put_in(words), _lost, _repeated, _turned, _moved), max_size=6)
    return st.builds(_changed, st.sampled_from(wholes), changes)


def _changed(whole: bytes, changes: Sequence[Change]) -> bytes:
    for change in changes:
        whole = change(whole)[:_LONGEST]
    return whole


def _span(whole: bytes, one: float, other: float) -> tuple[int, int]:
    """A stretch of the whole between two places, each as a share of it."""
    first, last = sorted((int(one * len(whole)), int(other * len(whole))))
    return first, last


def _put_in(words: Sequence[bytes]) -> st.SearchStrategy[Change]:
    def change(at: float, word: bytes, times: int) -> Change:
        return lambda whole: _with(whole, int(at * len(whole)), int(at * len(whole)), word * times)

    anything = st.one_of(st.sampled_from(words), st.binary(min_size=1, max_size=8))
    return st.builds(change, _AT, anything, st.one_of(st.just(1), _TIMES))


def _exchanged(words: Sequence[bytes]) -> st.SearchStrategy[Change]:
    """Each, or the first, occurrence of one word for another."""

    def change(old: bytes, new: bytes, count: int) -> Change:
        return lambda whole: whole.replace(old, new, count)

    return st.builds(change, st.sampled_from(words), st.sampled_from(words), st.sampled_from([1, 2, -1]))


def _with(whole: bytes, start: int, end: int, new: bytes) -> bytes:
    return whole[:start] + new + whole[end:]


def _lose(at: float, length: int) -> Change:
    return lambda whole: _with(whole, int(at * len(whole)), int(at * len(whole)) + length, b"")


def _repeat(one: float, other: float, times: int) -> Change:
    def change(whole: bytes) -> bytes:
        start, end = _span(whole, one, other)
        return _with(whole, start, end, whole[start:end] * times)

    return change


def _turn(at: float, mask: int) -> Change:
    def change(whole: bytes) -> bytes:
        place = int(at * len(whole))
        return _with(whole, place, place + 1, bytes([whole[place] ^ mask])) if whole else whole

    return change


def _move(one: float, other: float, to: float) -> Change:
    def change(whole: bytes) -> bytes:
        start, end = _span(whole, one, other)
        rest = whole[:start] + whole[end:]
        return _with(rest, int(to * len(rest)), int(to * len(rest)), whole[start:end])

    return change


_lost = st.builds(_lose, _AT, st.one_of(st.integers(1, 20), st.just(_LONGEST)))
_repeated = st.builds(_repeat, _AT, _AT, _TIMES)
_turned = st.builds(_turn, _AT, st.integers(1, 255))
_moved = st.builds(_move, _AT, _AT, _AT)
