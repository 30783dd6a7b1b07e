"""A JSON Schema read as other programs read it: the few words of 2020-12 that our schemas use, by the letter.

A word that is not known here is no schema of ours, and says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final


def conforms(schema: dict[str, Any], value: Any) -> bool:
    """Whether the value is as the schema says."""
    return all(_WORDS[word](meant, value, schema) for word, meant in schema.items())


def _type(name: str, value: Any, _: Any) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, int | float):
        return name == "number" or (name == "integer" and value == int(value))
    return name == _NAMES[type(value)]


def _properties(meant: dict[str, Any], value: Any, _: Any) -> bool:
    return not isinstance(value, dict) or all(conforms(meant[k], v) for k, v in value.items() if k in meant)


def _others(meant: Any, value: Any, schema: dict[str, Any]) -> bool:
    others = [v for k, v in value.items() if k not in schema["properties"]] if isinstance(value, dict) else []
    return not others if meant is False else all(conforms(meant, other) for other in others)


def _text(holds: Callable[[Any, str], bool]) -> Callable[[Any, Any, Any], bool]:
    return lambda meant, value, _: not isinstance(value, str) or holds(meant, value)


def _matches(pattern: str, text: str) -> bool:
    """As ECMAScript has it, where `$` is the very end."""
    return re.search(re.sub(r"\$$", r"\\Z", pattern), text) is not None


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one) == json.dumps(other)


_NAMES: Final = {str: "string", dict: "object", list: "array", type(None): "null"}
_WORDS: Final[dict[str, Callable[[Any, Any, Any], bool]]] = {
    **dict.fromkeys(("$schema", "$id", "description", "format"), lambda *_: True),
    "type": _type,
    "const": lambda meant, value, _: _same(meant, value),
    "enum": lambda meant, value, _: any(_same(each, value) for each in meant),
    "anyOf": lambda meant, value, _: any(conforms(each, value) for each in meant),
    "properties": _properties,
    "additionalProperties": _others,
    "required": lambda meant, value, _: not isinstance(value, dict) or value.keys() >= set(meant),
    "propertyNames": lambda meant, value, _: not isinstance(value, dict) or all(conforms(meant, k) for k in value),
    "items": lambda meant, value, _: not isinstance(value, list) or all(conforms(meant, each) for each in value),
    "minLength": _text(lambda meant, text: len(text) >= meant),
    "maxLength": _text(lambda meant, text: len(text) <= meant),
    "pattern": _text(_matches),
}
