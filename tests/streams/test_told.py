"""Up to where changes were told: kept together with what was told, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.store import Store
from streams.stores import open_store
from streams.told import LIVE_SINCE, TOLD_UNTIL, Told, read_told, telling


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "store.db"), create=True) as opened:
        yield opened


def tell(store: Store, until: int, *, fails: bool = False) -> None:
    with store.folding(), telling(store) as told:
        told.told_until, told.told_policy = until, "a policy"
        told.announced += 2
        if fails:
            raise TypeError


def test_of_a_store_that_nobody_listens_to_nothing_is_kept(store: Store) -> None:
    assert read_told(store) == Told()
    assert store.meta(LIVE_SINCE) is None


def test_what_moves_is_kept_and_read_again(store: Store) -> None:
    tell(store, 5)
    tell(store, 7)
    assert read_told(store) == Told(told_until=7, told_policy="a policy", announced=4)
    assert store.meta(TOLD_UNTIL) == 7


def test_what_is_undone_was_not_told(store: Store) -> None:
    tell(store, 5)
    with pytest.raises(TypeError):
        tell(store, 7, fails=True)
    assert read_told(store) == Told(told_until=5, told_policy="a policy", announced=2)
