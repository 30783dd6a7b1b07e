"""What is wrong with a policy as written: in which file, on which line, and what was meant.

Whoever keeps an authority's policy is told of every fault at once, in words that say how to put it right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the file's name as given, the line (from 1), and what was meant."""

    file: str
    line: int
    meaning: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.meaning}"


class PolicyUnreadable(Exception):
    """A policy that cannot be used: wrong input (exit 2). Its text may be shown as it is."""


class PolicyNotFound(PolicyUnreadable):
    """No policy stands under that name or path, or what stands there is no text. One line."""


class PolicyFaults(PolicyUnreadable):
    """All the faults of a policy: the file's own by line, then those of the policy that it extends."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Misread(Exception):
    """What could not be read in one file: each line (from 1) with what was meant."""

    def __init__(self, *notes: tuple[int, str]) -> None:
        self.notes = notes
        super().__init__(*notes)


def all_of(read: Callable[[In], Out], things: Iterable[In]) -> list[Out]:
    """Reads each thing. Raises one `Misread` of every fault in them, not just the first."""
    done: list[Out] = []
    notes: list[tuple[int, str]] = []
    for thing in things:
        try:
            done.append(read(thing))
        except Misread as misread:
            notes.extend(misread.notes)
    if notes:
        raise Misread(*notes)
    return done


def meant(word: str, known: Iterable[str], these: str = "one of") -> str:
    """The end of a message on an unknown word: the nearest known one, else all of them, else nothing.

    `these` leads in the list of them all.
    """
    words = {each.replace("-", "_"): each for each in known}
    near = get_close_matches(word.lower().replace("-", "_"), words, n=1)
    if near:
        return f'; did you mean "{words[near[0]]}"?'
    return f"; {these} {listed(words.values())}" if words else ""


def listed(words: Iterable[str]) -> str:
    """Words in quotes, with commas."""
    return ", ".join(f'"{word}"' for word in words)
