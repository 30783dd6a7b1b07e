"""Laws of further extracts, on workbooks drawn at random: the news is what was edited, and nothing else.

An independent view stands beside the loads: what a fresh store would hold of the last workbook alone. With everything
inside the window, the two must agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.days import format_day, parse_day
from tests.kit.annex_a import Lists, row
from tests.sources.told import Loads, loads

FIRST = parse_day("2024-06-03")
day = st.integers(0, 20).map(lambda offset: format_day(FIRST + offset))
maybe_day = st.one_of(st.none(), day)
CHILDREN = ["1111", "2222", "3333"]


def rows_of(**cells: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Up to three rows of a list, of any of the children, whose ends (`for` so many days) make sense."""
    one = st.fixed_dictionaries({"child": st.sampled_from(CHILDREN), **cells}).map(_row)
    return st.lists(one, max_size=3)


def _row(drawn: dict[str, Any]) -> dict[str, Any]:
    length = drawn.pop("lasting", None)
    start = drawn.get("start")
    return row(**drawn, **({} if length is None else {"end": format_day(parse_day(start) + length)}))


def once_a_child(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lists 6 to 8 have one row a child."""
    return list({each["child"]: each for each in rows}.values())


lasting = st.one_of(st.none(), st.integers(0, 8))
answer = st.sampled_from(["Yes", "No", None])
lists = st.fixed_dictionaries(
    {
        3: rows_of(on=day, no_further_action=answer),
        4: rows_of(started=day, authorised=maybe_day, needed=answer),
        5: rows_of(strategy=day, unnecessary=answer, conference=maybe_day, plan=answer),
        6: rows_of(start=day, lasting=lasting, status=st.sampled_from(["c", "d", None]), reason=st.just("RC7")).map(
            once_a_child
        ),
        7: rows_of(start=day, lasting=lasting).map(once_a_child),
        8: rows_of(start=day, lasting=lasting, legal_status=st.sampled_from(["C2", "V1"])).map(once_a_child),
    }
)


@contextmanager
def a_store() -> Iterator[Loads]:
    with TemporaryDirectory() as folder, loads(Path(folder)) as store:
        yield store


def full(lists: Lists) -> dict[int, list[dict[str, Any]]]:
    """The lists, none of them empty: one that is says nothing, and a child of its own fills it."""
    filler = row("9999", **{"on": "2024-06-01"})
    starts = {3: filler, 4: row("9999", started="2024-06-01"), 5: row("9999", strategy="2024-06-01")}
    others = {number: row("9999", start="2024-06-01") for number in (6, 7, 8)}
    return {number: [*map(dict, rows), {**starts, **others}[number]] for number, rows in lists.items()}


@given(lists, st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_same_rows_in_another_order_are_no_news(drawn: Lists, random: Random) -> None:
    with a_store() as store:
        first = store.annex_a(full(drawn), "2024-06-30")
        shuffled = {number: random.sample(rows, len(rows)) for number, rows in reversed(full(drawn).items())}
        again = store.annex_a(shuffled, "2024-07-31")
        assert again == {"read": first["accepted"], "duplicate": first["accepted"]}


@given(lists, lists)
@settings(max_examples=25, deadline=None)
def test_after_any_edits_what_stands_is_what_the_last_workbook_says(before: Lists, after: Lists) -> None:
    # a start is put right only where it was known: so lists 6 to 8 may not lose or gain an episode in between
    with a_store() as store, a_store() as fresh:
        store.annex_a(full(before), "2024-06-30")
        told = store.annex_a(full(after), "2024-07-31")
        fresh.annex_a(full(after), "2024-07-31")
        kept = _kept(before, after)
        if not kept:
            assert without_assumed(store.standing()) == without_assumed(fresh.standing())
        assert told["read"] == sum(
            told.get(name, 0) for name in ("accepted", "corrected", "duplicate", "refused", "waiting")
        )
        assert store.again("2024-07-31") == dict.fromkeys(("read", "duplicate"), told["read"])
        again = store.annex_a(reordered(after), "2024-08-31")
        assert again.keys() <= {"read", "duplicate"}, again


def reordered(lists: Lists) -> Lists:
    return {number: list(reversed(list(rows))) for number, rows in full(lists).items()}


def _kept(before: Lists, after: Lists) -> bool:
    """Whether a row of lists 6 to 8 had ended before the start that took its place: then both are told."""
    for number in (6, 7, 8):
        starts = {each["child"]: each["start"] for each in after[number]}
        for each in before[number]:
            end, start = each.get("end"), starts.get(each["child"])
            if end is not None and start is not None and end <= start != each["start"]:
                return True
    return False


def without_assumed(lines: list[str]) -> list[str]:
    """Need that was assumed by status stays so: which lines tell of a tier is not compared where it was."""
    return sorted(line for line in lines if " case-stepped-" not in line and " case-opened" not in line)


@given(lists, st.data())
@settings(max_examples=12, deadline=None)
def test_one_row_more_is_told_and_one_row_less_is_withdrawn(drawn: Lists, data: st.DataObject) -> None:
    """Rows of a child of its own, so that nothing else depends on them."""
    number = data.draw(st.sampled_from([3, 4, 5, 6, 7, 8]))
    cells = {3: {"on": "2024-06-10"}, 4: {"started": "2024-06-10"}, 5: {"strategy": "2024-06-10"}}
    more = row("7777", **cells.get(number, {"start": "2024-06-10"}))
    facts = {3: 2, 4: 2, 5: 2, 6: 1, 7: 2, 8: 2}[number]
    with a_store() as store:
        rows = full(drawn)
        known = store.annex_a(rows, "2024-06-30")["accepted"]
        with_one_more = {**rows, number: [*rows[number], more]}
        added = store.annex_a(with_one_more, "2024-07-31")
        assert added == {"read": known + facts, "accepted": facts, "duplicate": known}
        gone = store.annex_a(rows, "2024-08-31")
        assert gone == {"read": known, "duplicate": known, "withdrawn": facts}
        back = store.annex_a(with_one_more, "2024-09-30")
        assert back == {"read": known + facts, "corrected": facts, "duplicate": known}
