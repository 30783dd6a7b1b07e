"""What an extract could not tell, for whoever makes the policy: which facts it held none of, and from which day on.

A clock that waits for what nobody sends would find every child overdue for ever. The lines made here, pasted into a
policy, say what is not supplied, so that such a clock is not measured.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from domain.days import format_day
from streams.sources.telling import coverage_lines, fact_types_absent

_PROGRESS: Final = tuple(f'progress = "{progress}"' for progress in ("improved", "static", "worse"))
_BOUNDED: Final = {
    "case-assessed": ('"case-assessed"', _PROGRESS),
    "plan-reviewed": (
        '{type = "plan-reviewed", plan = "child_protection"}',
        (*_PROGRESS, 'plan = "child_in_need"', 'plan = "care"'),
    ),
}
"""What an extract tells only of its own days (assessments authorised and reviews held in them), and the values of the
same type that it never tells: coverage of a type replaces all other coverage of that type, so they go together."""


class MadeFor(str):
    """A note that names the policy that ships for such a store."""

    policy: str

    @classmethod
    def of(cls, policy: str, filled_by: str) -> MadeFor:
        """The note for that policy and those extracts."""
        note = cls(
            f"The policy {policy} is made for a store that {filled_by}: ask with --policy {policy}, or make it the "
            f"store's own with casedrift policy use {policy}."
        )
        note.policy = policy
        return note


class NoneOf(str):
    """A note of the fact types that an extract held none of; the lines to paste come after it."""

    what: str
    types: tuple[str, ...]


class FromOn(str):
    """A note of the fact types that are told from a day on; the lines to paste come after it."""

    types: tuple[str, ...]


def none_of(what: str, absent: Collection[str]) -> Iterator[str]:
    """That the extract held none of these, and the lines to paste; nothing where there are none."""
    if absent:
        note = NoneOf(
            f"This {what} held none of: {', '.join(absent)}. With these lines in its policy, no clock waits for them:"
        )
        note.what, note.types = what, tuple(absent)
        yield note
        yield coverage_lines(absent)


def census_notes(held: Collection[str], since: int | None) -> Iterator[str]:
    """For people, after a census: prose and lines to paste, in turn.

    `held` are the fact types (without `.vN`) that it told; `since` is the first day (an ordinal) of its year, where
    nothing was told before it.
    """
    yield MadeFor.of("england-census", "a census fills")
    yield from none_of("extract", fact_types_absent(held))
    yield from _from_on("a census tells only what fell in its year", held, ("case-assessed", "plan-reviewed"), since)


def annex_a_notes(held: Collection[str], since: int | None) -> Iterator[str]:
    """For people, after a workbook: prose and lines to paste, in turn. `held` as above; `since` is the first day of
    which it had to tell."""
    yield MadeFor.of("england-annex-a", "workbooks fill")
    yield from none_of("workbook", fact_types_absent(held))
    yield from _from_on("a first workbook tells only what fell in its six months", held, ("case-assessed",), since)


def _from_on(why: str, held: Collection[str], types: Collection[str], since: int | None) -> Iterator[str]:
    bounded = [type_ for type_ in types if type_ in held]
    if since is not None and bounded:
        note = FromOn(
            f"Of {' and '.join(bounded)} {why}. These lines in a policy measure from {format_day(since)} on, and leave "
            "out what no such extract tells of them:"
        )
        note.types = tuple(bounded)
        yield note
        yield _lines_from(since, bounded)


def _lines_from(since: int, types: Collection[str]) -> str:
    told = [_BOUNDED[type_][0] for type_ in types]
    never = [f'{{type = "{type_}", {value}}}' for type_ in types for value in _BOUNDED[type_][1]]
    return f"{_coverage(told)}from = {format_day(since)}\n\n{_coverage(never)}"


def _coverage(entries: Collection[str]) -> str:
    return "[[coverage]]\nfacts = [\n" + "".join(f"    {entry},\n" for entry in entries) + "]\n"
