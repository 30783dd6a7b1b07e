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


def census_notes(held: Collection[str], since: int | None) -> Iterator[str]:
    """For people, after a census: prose and lines to paste, in turn.

    `held` are the fact types (without `.vN`) that it told; `since` is the first day (an ordinal) of its year, where
    nothing was told before it.
    """
    yield (
        "The policy england-census is made for a store that a census fills: ask with --policy england-census, or "
        "make it the store's own with casedrift policy use england-census."
    )
    yield from _none_of("extract", held)
    yield from _from_on("a census tells only what fell in its year", held, ("case-assessed", "plan-reviewed"), since)


def annex_a_notes(held: Collection[str], since: int | None) -> Iterator[str]:
    """For people, after a workbook: prose and lines to paste, in turn. `held` as above; `since` is the first day of
    which it had to tell."""
    yield (
        "The policy england-annex-a is made for a store that workbooks fill: ask with --policy england-annex-a, or "
        "make it the store's own with casedrift policy use england-annex-a."
    )
    yield from _none_of("workbook", held)
    yield from _from_on("a first workbook tells only what fell in its six months", held, ("case-assessed",), since)


def _from_on(why: str, held: Collection[str], types: Collection[str], since: int | None) -> Iterator[str]:
    bounded = [type_ for type_ in types if type_ in held]
    if since is not None and bounded:
        yield (
            f"Of {' and '.join(bounded)} {why}. These lines in a policy measure from {format_day(since)} on, and leave "
            "out what no such extract tells of them:"
        )
        yield _lines_from(since, bounded)


def _none_of(what: str, held: Collection[str]) -> Iterator[str]:
    if absent := fact_types_absent(held):
        yield f"This {what} held none of: {', '.join(absent)}. With these lines in its policy, no clock waits for them:"
        yield coverage_lines(absent)


def _lines_from(since: int, types: Collection[str]) -> str:
    told = [_BOUNDED[type_][0] for type_ in types]
    never = [f'{{type = "{type_}", {value}}}' for type_ in types for value in _BOUNDED[type_][1]]
    return f"{_coverage(told)}from = {format_day(since)}\n\n{_coverage(never)}"


def _coverage(entries: Collection[str]) -> str:
    return "[[coverage]]\nfacts = [\n" + "".join(f"    {entry},\n" for entry in entries) + "]\n"
