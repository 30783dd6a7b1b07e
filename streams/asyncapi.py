"""The description of the topics for those who write facts to them or read what goes out: an AsyncAPI 3 document.

It is made from the very shapes that are taken in and sent, and from the plan by which the topics are made;
`python -m streams.asyncapi docs/asyncapi.yaml` writes it anew.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from streams.announcements import KINDS
from streams.cloudevents import ENVELOPES
from streams.kafka.topics import CASE_ALERTS, CASE_COUNTS, CASE_FACTS, QUARANTINE, TopicPlan, Topics

VERSION: Final = "1.0.0"
"""Of this description: the first figure rises with a `.vN` that is no more, the second with what is added."""
_FORMAT: Final = "application/schema+json;version=draft-2020-12"
_CLOUDEVENT: Final = "application/cloudevents+json"
_UNORDERED: Final = frozenset({"fact-quarantined.v1"})
"""Announcements that carry no `sequence`: each stands for itself."""
_DESCRIPTION: Final = """\
Facts of children's cases come in on one topic, and what followed from them goes out on three. Every message is one \
CloudEvents 1.0 object in structured mode. What is sent may be sent again, with the same id: drop what you had. Of one \
key, messages come in the order of their `sequence`."""
_KEYS: Final = {
    CASE_FACTS: "The case, as in `subject`: its facts then stay in one partition, in the order sent.",
    CASE_ALERTS: "The case, as in `subject`.",
    CASE_COUNTS: "The group, as in `subject`: locality and tier as a JSON list.",
    QUARANTINE: "Where the message stands, as in `subject`: topic, partition and offset.",
}
_TOLD: Final = {
    CASE_FACTS: "Facts, on their way in.",
    CASE_ALERTS: "Alerts as they are raised, cleared and withdrawn, once the store is live; with an opening list.",
    CASE_COUNTS: "How many cases are open, group by group, when that changes; the latest of each group is kept.",
    QUARANTINE: "That a message was not accepted, and why; nothing of what it says.",
}
_NAMES: Final = {
    CASE_FACTS: "caseFacts",
    CASE_ALERTS: "caseAlerts",
    CASE_COUNTS: "caseCounts",
    QUARANTINE: "quarantine",
}
_DOES: Final = {
    CASE_FACTS: ("takeFacts", "receive"),
    CASE_ALERTS: ("tellAlerts", "send"),
    CASE_COUNTS: ("tellCounts", "send"),
    QUARANTINE: ("tellRefusals", "send"),
}
_OF_THE_BINDING: Final = ("cleanup.policy", "retention.ms", "retention.bytes", "max.message.bytes")
"""Of a topic's configuration, what the document's own words for Kafka cover."""


def document() -> dict[str, Any]:
    """The whole document, topics as they are made where nothing else is set."""
    messages = {topic: (CASE_FACTS, _fact(topic)) for topic in ENVELOPES}
    messages |= {kind: (topic, _announcement(kind, topic, shape)) for kind, (topic, shape) in KINDS.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "casedrift",
            "version": VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": _CLOUDEVENT,
        "channels": {
            _NAMES[plan.name]: _channel(plan, [kind for kind, (topic, _) in messages.items() if topic == plan.name])
            for plan in Topics()
        },
        "operations": {
            name: {"action": action, "channel": {"$ref": f"#/channels/{_NAMES[topic]}"}, "summary": _TOLD[topic]}
            for topic, (name, action) in _DOES.items()
        },
        "components": {"messages": {kind: message for kind, (_, message) in messages.items()}},
    }


def written() -> str:
    """The document as its file holds it."""
    head = "# Made by python -m streams.asyncapi docs/asyncapi.yaml from the shapes that are taken in and sent.\n"
    return head + "".join(f"{line}\n" for line in _lines(document()))


def _channel(plan: TopicPlan, kinds: list[str]) -> dict[str, Any]:
    configs: dict[str, Any] = {name: plan.configs[name] for name in _OF_THE_BINDING if name in plan.configs}
    told = {name: [value] if name == "cleanup.policy" else int(value) for name, value in configs.items()}
    return {
        "address": plan.name,
        "description": _TOLD[plan.name],
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in kinds},
        "bindings": {
            "kafka": {
                "topic": plan.name,
                "partitions": plan.partitions,
                "replicas": plan.replication,
                "topicConfiguration": told,
                "bindingVersion": "0.5.0",
            }
        },
    }


def _fact(topic: str) -> dict[str, Any]:
    return _message(topic, CASE_FACTS, f"A {topic} as it is taken in.", {"$ref": f"./schemas/{topic}.json"})


def _announcement(kind: str, topic: str, shape: type[BaseModel]) -> dict[str, Any]:
    return _message(kind, topic, " ".join((shape.__doc__ or "").split()), schema_of(kind, shape))


def _message(kind: str, topic: str, summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": kind,
        "summary": summary,
        "contentType": _CLOUDEVENT,
        "payload": {"schemaFormat": _FORMAT, "schema": schema},
        "bindings": {"kafka": {"key": {"type": "string", "description": _KEYS[topic]}, "bindingVersion": "0.5.0"}},
    }


def schema_of(kind: str, shape: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a whole announcement, its `data` within the envelope in which it goes out."""
    data = _without_titles(shape.model_json_schema(mode="serialization"))
    if kind.startswith("alert-"):
        data["properties"]["state"] = {"const": kind.removeprefix("alert-").removesuffix(".v1")}
    properties: dict[str, Any] = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "description": "The same whenever the same is sent again."},
        "source": {"type": "string"},
        "type": {"const": kind},
        "subject": {"type": "string"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
    }
    if kind not in _UNORDERED:
        properties["sequence"] = {
            "type": "string",
            "pattern": "^[0-9]{20}$",
            "description": "Rises with each announcement of the store; what is told later is greater as a text.",
        }
    properties["data"] = data
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _without_titles(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_titles(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _without_titles(value)
        for name, value in schema.items()
        if not (name == "title" and isinstance(value, str)) and not (name == "description" and "properties" in schema)
    }


_PLAIN: Final = re.compile(r"[A-Za-z#./$_][A-Za-z0-9 ,;()/$._#-]*[A-Za-z0-9.)]|[A-Za-z$]")
"""A text that means itself in YAML without quotes."""
_WORDS: Final = frozenset("true false yes no on off null y n".split())


def _lines(value: Any) -> Iterator[str]:
    """A mapping or a list in YAML, line by line; each name and value on a line of its own."""
    for name, each in value.items() if isinstance(value, Mapping) else ((None, each) for each in value):
        lead = "-" if name is None else f"{_scalar(name)}:"
        if isinstance(each, dict | list) and each:
            yield lead
            yield from (f"  {line}" for line in _lines(each))
        else:
            yield f"{lead} {_scalar(each)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS and " #" not in value:
        return value if not value.startswith("#") else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(written(), "utf-8")
