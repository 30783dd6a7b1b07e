"""The house's own files, read as text and as syntax trees, for the tests that keep its rules.

A rule is a small function from a parsed file to its faults, so that it can also be shown a planted one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("domain", "projections", "streams", "casedrift")
"""The four import packages, from the inside out: each may import those before it, never those after."""


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the project's root, its text and its syntax tree."""

    path: str
    text: str

    @property
    def room(self) -> str:
        return self.path.split("/", 1)[0]

    @property
    def tree(self) -> ast.Module:
        return _parse(self.text)

    def at(self, node: ast.stmt | ast.expr, fault: str) -> str:
        """A fault as `path:line: what is wrong`."""
        return f"{self.path}:{node.lineno}: {fault}"


@cache
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file under these top-level folders, in order of path."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(Source(p.relative_to(ROOT).as_posix(), p.read_text("utf-8")) for p in paths)


def imports(source: Source) -> Iterator[tuple[ast.stmt, str]]:
    """Each import anywhere in the file, as the full dotted name of what it takes."""
    package = source.path.rsplit("/", 1)[0].split("/")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node, f"{base}.{alias.name}"


def uses(source: Source) -> Iterator[tuple[ast.expr, str]]:
    """Each name and attribute that the file uses, under the full dotted name that its imports give it."""
    known = dict(_bindings(source))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute) and (name := _dotted(node)):
            first, _, rest = name.partition(".")
            yield node, ".".join(filter(None, (known.get(first, first), rest)))


def _bindings(source: Source) -> Iterator[tuple[str, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value)):
        return f"{base}.{node.attr}"
    return None
