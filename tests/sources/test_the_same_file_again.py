"""The same file, loaded again, yields as many facts as the first time, whatever earlier ones they rest on."""

from __future__ import annotations

import pytest

from tests.kit.annex_a import Lists, row
from tests.sources.told import Loads

SECOND: dict[str, tuple[Lists, Lists, int]] = {
    "the closing that a new start implies": (
        {6: [row(start="2024-01-08")]},
        {6: [row(start="2024-07-15")]},
        2,  # that closing, and the opening
    ),
    "what stood already, of a row that need not be there any more, and is told anew": (
        {3: [row(on="2024-01-09")], 4: [row(authorised="2024-01-15")]},
        {4: [row(started="2024-01-15")]},
        2,  # the start, and behind it the authorisation, told anew
    ),
}


@pytest.mark.parametrize(("first", "second", "read"), SECOND.values(), ids=SECOND)
def test_the_same_file_again_reads_the_same(store: Loads, first: Lists, second: Lists, read: int) -> None:
    store.annex_a(first, "2024-06-30")
    tally = store.annex_a(second, "2024-07-31")
    assert tally["read"] == tally["accepted"] == read
    assert store.again("2024-07-31") == {"read": read, "duplicate": read}


def test_another_file_of_the_same_instant_is_not_it(store: Loads) -> None:
    """What the first one told of rows that the second has no need to hold is not the second's."""
    store.annex_a({3: [row(on="2023-05-02")], 6: [row("2222", start="2024-07-01")]}, "2024-07-31")
    assert store.annex_a({6: [row("2222", start="2024-07-01")]}, "2024-07-31") == {"read": 1, "duplicate": 1}
