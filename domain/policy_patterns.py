"""The facts that a policy looks for: what starts a clock, what meets it, what the sources supply.

A fact is named by its type, or by a table of the type and the values that its own fields must equal.
What such a field may hold is asked of the facts themselves (`domain.facts`), so the two can't differ.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any, Literal, NotRequired, cast, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from domain.facts import SHAPES, Day
from domain.policy import FactPattern, Value
from domain.policy_faults import Misread, all_of, listed, meant
from domain.policy_words import shown, wrong
from domain.toml_lines import Node
from domain.vocabulary import OWN_FIELDS


def pattern(node: Node, besides: tuple[str, ...] = ()) -> FactPattern:
    """A fact to look for. Raises `Misread` for an unknown type or field, or a value the field can't take.

    `besides` are words that might have stood here instead of a type.
    """
    if not isinstance(node.value, dict):
        return _typed(node, [], besides)
    if "type" not in node.value:
        raise Misread((node.line, f'a table in "{node.name}" has no "type": which fact is meant?'))
    return _typed(node.value["type"], [node.value[key] for key in sorted(node.value) if key != "type"])


def moving(node: Node, besides: tuple[str, ...] = ()) -> FactPattern:
    """As `pattern`, of a fact that may start or meet a clock; a withdrawal only takes another one back."""
    found = pattern(node, besides)
    if found.type == "fact-withdrawn":
        raise Misread((node.line, '"fact-withdrawn" can start or meet nothing: it only takes a fact back'))
    return found


def _typed(kind: Node, values: list[Node], besides: tuple[str, ...] = ()) -> FactPattern:
    if not isinstance(kind.value, str):
        raise wrong(kind, "a fact type, or a table with one")
    if kind.value not in OWN_FIELDS:
        raise Misread((kind.line, f"unknown fact type {shown(kind.value)}{_type_meant(kind.value, besides)}"))
    return FactPattern(kind.value, tuple(all_of(lambda node: _value(kind.value, node), values)))


def _type_meant(kind: str, besides: tuple[str, ...]) -> str:
    bare = re.sub(r"\.v\d+$", "", kind)
    if bare != kind and bare in OWN_FIELDS:
        return f'; types stand without ".vN": did you mean "{bare}"?'
    if kind == "scope":
        return '; "scope" stands only in "starts", as a word'
    return meant(bare, (*besides, *OWN_FIELDS))


def _value(kind: str, node: Node) -> tuple[str, Value]:
    if node.name not in OWN_FIELDS[kind]:
        fields = meant(node.name, OWN_FIELDS[kind], "its own:") or "; it has none of its own"
        raise Misread((node.line, f'"{kind}" has no field {shown(node.name)}{fields}'))
    value = _as_in_a_fact(node)
    try:
        _checker(kind, node.name).validate_python(value, strict=True)
    except ValidationError:
        raise _not_taken(kind, node) from None
    return node.name, tuple(value) if isinstance(value, list) else cast(Value, value)


def _as_in_a_fact(node: Node) -> Any:
    """The value as a fact would carry it: days are texts there."""
    if isinstance(node.value, list):
        return [_as_in_a_fact(entry) for entry in node.value]
    return node.value.isoformat() if type(node.value) is date else node.value


def _not_taken(kind: str, node: Node) -> Misread:
    words = _words(_hint(kind, node.name))
    if words and isinstance(node.value, str):
        slip = f'"{node.name}" of "{kind}" is never {shown(node.value)}{meant(node.value, words)}'
        return Misread((node.line, slip))
    return wrong(node, f"one of {listed(words)}" if words else _taken(_hint(kind, node.name)))


def _taken(hint: Any) -> str:
    if hint is bool:
        return "true or false"
    if get_origin(hint) is list:
        return "a list of codes of at most 64 characters"
    return "a day written YYYY-MM-DD" if hint == Day else "a code of at most 64 characters"


@cache
def _hint(kind: str, field: str) -> Any:
    hint = get_type_hints(SHAPES[kind], include_extras=True)[field]
    return get_args(hint)[0] if get_origin(hint) is NotRequired else hint


@cache
def _checker(kind: str, field: str) -> TypeAdapter[Any]:
    return TypeAdapter(_hint(kind, field))


def _words(hint: Any) -> tuple[str, ...]:
    """The words that a field takes, where it takes only words of a list."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    parts = () if hasattr(hint, "__metadata__") or get_origin(hint) is list else get_args(hint)
    return tuple(word for part in parts for word in _words(part))
