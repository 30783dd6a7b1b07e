"""The census of the next year: what it had to hold of the year before."""

from __future__ import annotations

from tests.sources.told import Loads
from tests.streams.written_census import HEADER, census, child, conference, episode

NEXT_YEAR = HEADER.replace("2025", "2026")
"""Of a census that tells of April 2025 to March 2026."""


def load(store: Loads, taken: str, children: dict[str, list[str]], header: str = HEADER) -> dict[str, int]:
    path = store.folder / f"{taken}.xml"
    path.write_text(census(*(child(*rows, local_id=name) for name, rows in children.items()), header=header))
    return store.file("cin-census", path, taken)


def test_a_referral_that_was_no_further_action_ends_with_its_year_though_nothing_closes_it(store: Loads) -> None:
    goes_on = {"goes on": [episode("2024-06-03")]}
    no_further_action = {f"child {nth}": [episode("2024-06-05", nfa="true")] for nth in range(30)}
    assert load(store, "2025-05-01", {**no_further_action, **goes_on}) == {"read": 32, "accepted": 32}
    before = store.standing()
    assert load(store, "2026-05-01", goes_on, NEXT_YEAR) == {"read": 2, "duplicate": 2}
    assert store.standing() == before


def test_it_is_gone_where_another_census_of_its_year_does_not_have_it(store: Loads) -> None:
    goes_on = {"goes on": [episode("2024-06-03")]}
    load(store, "2025-05-01", {"1111": [episode("2024-06-05", nfa="true")], **goes_on})
    assert load(store, "2025-06-01", goes_on) == {"read": 2, "duplicate": 2, "withdrawn": 1}


def test_one_that_opened_a_case_goes_on_until_it_is_closed(store: Loads) -> None:
    worked_on = [episode("2024-06-05", "", conference("2024-06-20"), nfa="true")]
    goes_on = {"goes on": [episode("2024-06-03")]}
    load(store, "2025-05-01", {"1111": worked_on, **goes_on})
    assert load(store, "2026-05-01", goes_on, NEXT_YEAR)["withdrawn"] == 2
