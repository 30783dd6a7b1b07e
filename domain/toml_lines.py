"""A TOML file read so that each value knows the line on which it stands.

A policy is written by people, and a fault without its line is hard to find. Values are the standard library's
reading; a second, position-keeping parse of the same text tells only where they stand (docs/decisions/0002).
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import Any, Final

import tree_sitter_toml
from tree_sitter import Language, Parser
from tree_sitter import Node as Syntax

Path = tuple[str | int, ...]
"""The keys, and the places in lists from 0, that lead to a value."""

LONGEST_LINE: Final = 1_000
"""Characters. A key stands on one line, and one of very many parts costs the square of them in time and memory."""
DEEPEST: Final = 20
"""So many keys and places lead to a value, at the most; in a policy it is six."""
_TOML: Final = Language(tree_sitter_toml.language())


class NotToml(Exception):
    """The text is no TOML: the line (from 1) and what stood in the way."""

    def __init__(self, line: int, meaning: str) -> None:
        super().__init__(line, meaning)
        self.line = line
        self.meaning = meaning


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file, the key that holds it, and the line (from 1) on which it stands."""

    name: str
    """The nearest key: an entry of a list has the list's."""
    line: int
    value: Any
    """A table is a dict of nodes, a list is a list of nodes; anything else is the value itself."""


def basic_string(text: str) -> str:
    """A text as TOML writes it: JSON's escapes are TOML's too, and TOML wants one more character escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_toml(text: str) -> Node:
    """The whole file as one table. Raises `NotToml` at the first place where it can't be read."""
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise NotToml(
                number,
                f"not TOML that can be read: a line of {len(line)} characters, where at most {LONGEST_LINE} may be",
            )
    try:
        return _node(tomllib.loads(text), (), "", _Lines(text).at)
    except tomllib.TOMLDecodeError as fault:
        raise NotToml(*_place(str(fault), text)) from fault
    except (ValueError, RecursionError) as fault:
        raise NotToml(1, "not TOML that can be read: a number too long, or lists too deep") from fault


def _place(message: str, text: str) -> tuple[int, str]:
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, re.DOTALL)
    if found:
        return int(found[2]), f"not TOML: {found[1]} (column {found[3]})"
    last = max(1, len(text.split("\n")) - text.endswith("\n"))
    return last, f"not TOML: {message.removesuffix(' (at end of document)')} (at the end of the file)"


def _node(value: Any, path: Path, name: str, lines: dict[Path, int]) -> Node:
    line = _line(path, lines)
    if len(path) > DEEPEST:
        raise _too_deep(line)
    if isinstance(value, dict):
        return Node(name, line, {k: _node(v, (*path, k), k, lines) for k, v in value.items()})
    if isinstance(value, list):
        return Node(name, line, [_node(v, (*path, n), name, lines) for n, v in enumerate(value)])
    return Node(name, line, value)


def _too_deep(line: int) -> NotToml:
    return NotToml(line, f"not TOML that can be read: keys or lists within one another, more than {DEEPEST} deep")


def _line(path: Path, lines: dict[Path, int]) -> int:
    path = path[:DEEPEST]
    while path not in lines:
        path = path[:-1]
    return lines[path]


class _Lines:
    """Where each key and each entry of a list stands. What the grammar can't place falls to what holds it."""

    def __init__(self, text: str) -> None:
        self.at: dict[Path, int] = {(): 1}
        self._entries: dict[Path, int] = {}
        table: Path = ()
        for part in Parser(_TOML).parse(text.encode()).root_node.named_children:
            if part.type == "pair":
                self._pair(part, table)
            elif part.type in ("table", "table_array_element"):
                table = self._table(part)

    def _table(self, table: Syntax) -> Path:
        keys, *pairs = _parts(table)
        *above, last = _keys(keys)
        path: Path = ()
        for key in above:
            path = self._latest((*path, key))
        path = (*path, last)
        if table.type == "table_array_element":
            self._entries[path] = self._entries.get(path, -1) + 1
        path = self._latest(path)
        self._set(path, table)
        for pair in pairs:
            self._pair(pair, path)
        return path

    def _latest(self, path: Path) -> Path:
        """A `[[table]]`'s path is that of its last entry so far."""
        return (*path, self._entries[path]) if path in self._entries else path

    def _pair(self, pair: Syntax, table: Path) -> None:
        if pair.type == "pair":
            key, value = _parts(pair)
            path = (*table, *_keys(key))
            self._set(path, pair)
            self._value(value, path)

    def _value(self, value: Syntax, path: Path) -> None:
        if value.type not in ("array", "inline_table"):
            return
        for number, entry in enumerate(_parts(value)):
            if value.type == "inline_table":
                self._pair(entry, path)
            else:
                self._set((*path, number), entry)
                self._value(entry, (*path, number))

    def _set(self, path: Path, where: Syntax) -> None:
        line = where.start_point.row + 1
        path = path[:DEEPEST]
        for length in range(1, len(path)):
            self.at.setdefault(path[:length], line)
        self.at[path] = line


def _parts(syntax: Syntax) -> list[Syntax]:
    return [part for part in syntax.named_children if part.type not in ("comment", "ERROR")]


def _keys(key: Syntax) -> list[str]:
    """The keys of a key as written, dotted or quoted: by the same reader as the values."""
    if (key.text or b"").count(b".") > DEEPEST:
        raise _too_deep(key.start_point.row + 1)
    table: Any = tomllib.loads((key.text or b"").decode() + " = 0")
    keys: list[str] = []
    while isinstance(table, dict):
        ((name, table),) = table.items()
        keys.append(name)
    return keys
