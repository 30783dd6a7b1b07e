"""The schemas that ship say what the door does: they are written from its shapes, and accept what it accepts.

Facts of every type are put to both, as they are and with one thing at a time made otherwise.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from domain.vocabulary import OWN_FIELDS
from streams.cloudevents import Arrived, read_lines
from streams.schemas import schemas, written
from tests.house.json_schema import conforms
from tests.house.source import ROOT
from tests.simulation.contract_rules import RULES

FOLDER = ROOT / "docs" / "schemas"
ANEW = "python -m streams.schemas docs/schemas writes them anew"
SCHEMAS: dict[str, Any] = {path.stem: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}
OTHERWISE: list[Any] = [
    *("", "x", "é" * 64, "y" * 65, "z" * 200, "w" * 201, "a\0b", "child_in_need", "other_service", "static", "good"),
    *("2019-02-28", "2019-02-29", "2020-02-29", "1900-02-29", "1899-12-31", "2199-12-31", "2200-01-01", "2019-6-1"),
    *("2019-06-01\n", "2019-06-01T00:00:00Z", "2019-06-01 00:00:60.1234567+23:59", "2019-06-01T24:00:00Z"),
    *("2019-02-29T00:00:00Z", "2000-02-29T10:00:00z", "2019-06-01T00:00:00", "2019-06-01T00:00:00+24:00", "1.0", "1"),
    *(None, True, False, 0, 1, 1.5, [], ["x"], ["x" * 65], [1], [None], {}, {"type": "x"}),
]
NAMES = ("extra", "traceparent", "Data_Version9", "a" * 40, "a" * 41, "no-dash", "", "é")


def test_the_schemas_are_those_of_the_shapes() -> None:
    assert {f"{topic}.json" for topic in schemas()} == {path.name for path in FOLDER.glob("*.json")}, ANEW
    stale = [t for t, s in schemas().items() if (FOLDER / f"{t}.json").read_text("utf-8") != written(s)]
    assert not stale, ANEW


def example(topic: str) -> dict[str, Any]:
    """A fact of the type with all that it may carry."""
    own = {name.lstrip("!"): _value(rule) for name, rule in RULES[topic].items()}
    allocation = {"locality": "North", "team": None, "worker": "w-1", "cohort": "short-breaks"}
    corrects = {} if topic == "fact-withdrawn.v1" else {"corrects": "1"}
    return {
        "specversion": "1.0",
        "id": "2",
        "source": "/example",
        "type": topic,
        "subject": "case-1",
        "time": "2019-06-01T09:00:00Z",
        "recordedafter": "2019-05-01T09:00:00Z",
        "data": {"child": "c-1", "effective_on": "2019-06-01", "estimated": True, **allocation, **corrects, **own},
    }


def _value(rule: Any) -> Any:
    if isinstance(rule, set):
        return min(rule)
    return {"code": "N4", "flag": True, "day": "2019-05-30", "codes": ["a", "b"], "id": "1"}[rule]


def variants(fact: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The fact, and the fact with one thing in it otherwise: gone, of another value, or more than there was."""
    yield fact
    for path in [*((key,) for key in fact), *(("data", key) for key in fact["data"])]:
        yield _changed(fact, path)
        yield from (_changed(fact, path, value) for value in OTHERWISE)
    for name in NAMES:
        yield from (_changed(fact, path, value) for value in (1, "x") for path in ((name,), ("data", name)))
    yield from (_changed(fact, ("extra",), value) for value in OTHERWISE)
    yield from (_changed(fact, ("data", name), "x") for names in OWN_FIELDS.values() for name in names)


_GONE = object()


def _changed(fact: dict[str, Any], path: tuple[str, ...], value: Any = _GONE) -> dict[str, Any]:
    changed = copy.deepcopy(fact)
    within = changed["data"] if len(path) > 1 else changed
    if value is _GONE:
        del within[path[-1]]
    else:
        within[path[-1]] = value
    return changed


@pytest.mark.parametrize("topic", sorted(RULES))
def test_a_schema_accepts_what_the_door_accepts(topic: str) -> None:
    put = list(variants(example(topic)))
    taken = [isinstance(read_lines([json.dumps(fact).encode()])[0], Arrived) for fact in put]
    differ = [fact for fact, is_taken in zip(put, taken, strict=True) if conforms(SCHEMAS[topic], fact) != is_taken]
    assert not differ, differ[:3]
    assert taken[0]
    assert 20 < sum(taken) < len(taken) - 100


def test_a_word_that_no_schema_of_ours_uses_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        conforms({"exclusiveMinimum": 1}, 1)
