"""The description of the topics says what is taken in and what is sent: it is made from the shapes, and real messages
are as it says.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.announcements import KINDS, alert_changed, fact_quarantined, open_cases_counted
from streams.asyncapi import document, schema_of, written
from streams.cloudevents import ENVELOPES
from streams.kafka.topics import CASE_FACTS, Topics
from streams.raw import beginning_of
from tests.house.json_schema import conforms
from tests.house.schema_check import faults_by_schema
from tests.house.source import ROOT

FILE = ROOT / "docs" / "asyncapi.yaml"
ANEW = "python -m streams.asyncapi docs/asyncapi.yaml writes it anew"
OFFICIAL = str(ROOT / "tests" / "fixtures" / "asyncapi-3.0.0.json")


def test_the_description_is_that_of_the_shapes() -> None:
    assert FILE.read_text("utf-8") == written(), ANEW


def test_what_is_written_reads_as_what_was_meant() -> None:
    assert yaml.safe_load(FILE.read_text("utf-8")) == document()


def test_it_is_asyncapi_by_its_own_schema() -> None:
    assert not faults_by_schema(FILE, "--schemafile", OFFICIAL)


@pytest.mark.parametrize(
    "plant",
    [
        lambda d: d.update(asyncapi="2.6.0"),
        lambda d: d["operations"]["takeFacts"].update(action="publish"),
        lambda d: d["channels"]["caseFacts"]["bindings"]["kafka"].update(partitions=0),
        lambda d: d["components"]["messages"]["alert-raised.v1"].update(keyed="case"),
    ],
)
def test_a_planted_fault_is_found_by_the_schema(plant: Callable[[Any], None], tmp_path: Path) -> None:
    planted = copy.deepcopy(document())
    plant(planted)
    path = tmp_path / "asyncapi.json"
    path.write_text(json.dumps(planted))
    assert "schema validation" in faults_by_schema(path, "--schemafile", OFFICIAL).lower()


def references(value: Any) -> Iterator[str]:
    """Everything that is referred to."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def is_there(reference: str, told: Any) -> bool:
    """Whether a reference leads to something, in the document or beside it."""
    if not reference.startswith("#/"):
        return (FILE.parent / reference).is_file()
    for part in reference[2:].split("/"):
        if part not in told:
            return False
        told = told[part]
    return True


def test_every_reference_leads_somewhere() -> None:
    told = document()
    found = set(references(told))
    assert len(found) > 20
    assert not [reference for reference in found if not is_there(reference, told)]
    assert not is_there("#/channels/gone", told)
    assert not is_there("./schemas/gone.v1.json", told)


def test_every_topic_and_every_type_is_described() -> None:
    told = document()
    channels = {each["address"]: each for each in told["channels"].values()}
    assert channels.keys() == {plan.name for plan in Topics()}
    expected = dict.fromkeys(ENVELOPES, CASE_FACTS) | {kind: topic for kind, (topic, _) in KINDS.items()}
    assert {kind: topic for topic, each in channels.items() for kind in each["messages"]} == expected
    assert told["components"]["messages"].keys() == expected.keys()
    actions = {each["channel"]["$ref"].rpartition("/")[2]: each["action"] for each in told["operations"].values()}
    assert actions == {name: "receive" if name == "caseFacts" else "send" for name in told["channels"]}


AT = "2019-06-03T09:12:00Z"
LINE = {"run": "r1", "case": "case-1", "clock": "visit", "due": "2019-06-01", "raised_at": AT, "state_at": AT,
        "because": ["1"]}  # fmt: skip
GROUP = {"tier": "child_in_need", "open_cases": 2, "open_children": 1}
SENT = [
    *(alert_changed(LINE | {"state": state}, 7) for state in ("raised", "cleared", "withdrawn")),
    alert_changed(LINE | {"state": "raised"}, 7, opening=True, again_at=1_559_553_120_000_000),
    *(open_cases_counted(GROUP | {"locality": place}, 18_050, 1_559_553_120_000_000, 8) for place in ("North", None)),
    fact_quarantined("not-json", (CASE_FACTS, 3, 42), beginning_of(b"{"), 1_559_553_120_000_000),
]


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.id)
def test_what_is_sent_is_as_described(sent: Any) -> None:
    event = json.loads(sent.message)
    topic, shape = KINDS[event["type"]]
    schema = schema_of(event["type"], shape)
    assert topic == sent.topic
    assert conforms(schema, event)
    others = [kind for kind in KINDS if kind != event["type"]]
    assert not [kind for kind in others if conforms(schema_of(kind, KINDS[kind][1]), event)]
    for name in event:
        assert not conforms(schema, {key: value for key, value in event.items() if key != name}), name
    assert not conforms(schema, event | {"data": event["data"] | {"offset": "x", "case": 1, "tier": 1}})


def test_every_type_of_announcement_is_tried() -> None:
    assert {json.loads(sent.message)["type"] for sent in SENT} == set(KINDS)
