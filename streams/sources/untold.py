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
_BY_YEAR: Final = {
    "case-assessed": ('"case-assessed"', _PROGRESS),
    "plan-reviewed": (
        '{type = "plan-reviewed", plan = "child_protection"}',
        (*_PROGRESS, 'plan = "child_in_need"', 'plan = "care"'),
    ),
}
"""What a census tells only of its own year (assessments authorised and reviews held in it), and the values of the
same type that it never tells: coverage of a type replaces all other coverage of that type, so they go together."""


def census_notes(held: Collection[str], since: int | None) -> Iterator[str]:
    """For people, after a census: prose and lines to paste, in turn.

    `held` are the fact types (without `.vN`) that it told; `since` is the first day (an ordinal) of its year.
    """
    yield (
        "The policy england-census is made for a store that a census fills: ask with --policy england-census, or "
        "make it the store's own with casedrift policy use england-census."
    )
    yield from _none_of("extract", held)
    bounded = [type_ for type_ in _BY_YEAR if type_ in held]
    if since is not None and bounded:
        yield (
            f"Of {' and '.join(bounded)} a census tells only what fell in its year. These lines in a policy measure "
            "from the year's first day on, and leave out what no census tells of them:"
        )
        yield _lines_from(since, bounded)


def annex_a_notes(held: Collection[str], since: int | None) -> Iterator[str]:  # noqa: ARG001
    """For people, after a workbook: prose and lines to paste, in turn. `held` as above."""
    yield (
        "The policy england-annex-a is made for a store that workbooks fill: ask with --policy england-annex-a, or "
        "make it the store's own with casedrift policy use england-annex-a."
    )
    yield from _none_of("workbook", held)


def _none_of(what: str, held: Collection[str]) -> Iterator[str]:
    if absent := fact_types_absent(held):
        yield f"This {what} held none of: {', '.join(absent)}. With these lines in its policy, no clock waits for them:"
        yield coverage_lines(absent)


def _lines_from(since: int, types: Collection[str]) -> str:
    told = [_BY_YEAR[type_][0] for type_ in types]
    never = [f'{{type = "{type_}", {value}}}' for type_ in types for value in _BY_YEAR[type_][1]]
    return f"{_coverage(told)}from = {format_day(since)}\n\n{_coverage(never)}"


def _coverage(entries: Collection[str]) -> str:
    return "[[coverage]]\nfacts = [\n" + "".join(f"    {entry},\n" for entry in entries) + "]\n"
