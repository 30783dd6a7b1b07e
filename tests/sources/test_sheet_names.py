"""Which sheet is which list, whatever a case system or an analyst calls it."""

from __future__ import annotations

import pytest

from streams.sources.annex_a.columns import list_of

NAMES = {
    "List_3": 3,
    "List 3": 3,
    "list3": 3,
    "List\u00a03": 3,
    "LIST-03": 3,
    "List 3 Referrals": 3,
    "List_3_2024": 3,
    "List 3 (2)": 3,
    "Annex A List 10": 10,
    "List_11": 11,
    "Lists": None,
    "Notes": None,
    "List 2024": None,
}


@pytest.mark.parametrize(("name", "number"), NAMES.items())
def test_a_sheet_is_the_list_that_its_name_says(name: str, number: int | None) -> None:
    assert list_of(name) == number
