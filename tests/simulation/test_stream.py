"""The stream as such: the same seed tells the same story to the byte, in order, and never past its end."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from hashlib import sha256
from itertools import islice

import pytest

from casedrift.simulation import describe, simulate
from tests.simulation.authority import CHILDREN, facts, lines

SMALL = date(2019, 1, 1), 3, 60


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert list(simulate(7, *SMALL)) == list(simulate(7, *SMALL))


def test_the_bytes_are_the_same_on_every_python_and_platform() -> None:
    """Changes with any change of the simulation: then put in the digest that every Python agrees on."""
    digest = sha256(b"".join(simulate(7, *SMALL))).hexdigest()
    assert digest == "3bc22773cbac9720ce44cc3d0cf752dfa98e8d5fe5904e00536ace33bbda8f35"


def test_different_seeds_tell_different_stories() -> None:
    one, other = (list(simulate(seed, *SMALL)) for seed in (7, 8))
    assert one != other
    assert not {json.loads(line)["id"] for line in one} & {json.loads(line)["id"] for line in other}


@pytest.mark.parametrize("children", [1, 2, 37, 400])
@pytest.mark.parametrize("months", [1, 30])
def test_as_many_children_are_seen_as_asked_for(children: int, months: int) -> None:
    seen = {
        (fact["data"]["child"], fact["subject"])
        for fact in map(json.loads, simulate(3, date(2020, 2, 29), months, children))
    }
    assert len(seen) == len({child for child, _ in seen}) == len({case for _, case in seen}) == children


def test_rows_stand_in_order_of_time_and_end_with_the_span() -> None:
    times = [json.loads(line)["time"] for line in lines()]
    assert times == sorted(times)
    assert times[-1] < "2019-10-01"
    assert times[0] < "2018-10-01"


def test_each_row_is_one_line() -> None:
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines())


def test_identities_are_told_apart_and_look_alike() -> None:
    ids = Counter(fact["id"] for fact in facts())
    assert max(ids.values()) == 1
    assert all(len(i) == 36 and i[14] == "4" and i[19] in "89ab" for i in ids)


def test_rows_come_before_all_children_are_told() -> None:
    """A reader who stops early need not wait for the end."""
    assert len(list(islice(simulate(1, date(2015, 1, 1), 48, 300), 10))) == 10


@pytest.mark.parametrize(
    ("start", "months", "children"),
    [
        (date(2019, 1, 1), 0, 5),
        (date(2019, 1, 1), 5, 0),
        (date(1979, 12, 31), 5, 5),
        (date(2149, 12, 1), 5, 5),
    ],
)
def test_what_cannot_be_simulated_is_refused_at_once(start: date, months: int, children: int) -> None:
    with pytest.raises(ValueError, match="must"):
        simulate(1, start, months, children)


def test_the_totals_add_up() -> None:
    totals = describe(lines())
    assert totals.rows == len(lines()) == totals.facts + totals.repeated
    assert totals.children == CHILDREN
    assert sum(totals.by_type.values()) == totals.facts == len(facts())
    assert totals.withdrawals == totals.by_type["fact-withdrawn.v1"]
