"""A file is a thought: it opens by saying what it is in the life of a case, and it ends before it is two.

Tests are files too. Each of them can fail, and none of them waits by sleeping or looks away.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from tests.house.source import ROOMS, ROOT, Source, sources, uses

EVERYWHERE = (*ROOMS, "tests", "bench")
LONGEST = 300
"""Lines; thirty to two hundred are natural, and above this there is a second thought in it."""
LOOKING_AWAY = frozenset(
    "pytest.skip pytest.mark.skip pytest.mark.skipif pytest.xfail pytest.mark.xfail pytest.importorskip "
    "unittest.skip unittest.skipIf unittest.skipUnless unittest.expectedFailure "
    "time.sleep asyncio.sleep".split()
)
WAITS = "tests/kit/parts.py"
"""Where a condition is waited for, with a limit, and where a fault lasts: the one file of tests that may sleep."""
EXPECTATIONS = frozenset({"raises", "warns", "fail"})


def unopened(source: Source) -> list[str]:
    """A file that does not open with a docstring."""
    return [] if ast.get_docstring(source.tree) else [f"{source.path}:1: opens without saying what it is"]


def evaluated_hints(source: Source) -> list[str]:
    """A file with type hints that does not start with `from __future__ import annotations`."""
    nodes = list(ast.walk(source.tree))
    if not any(isinstance(node, ast.arg | ast.FunctionDef | ast.AnnAssign) for node in nodes):
        return []
    if any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in nodes):
        return []
    return [f"{source.path}:1: lacks from __future__ import annotations"]


def too_long(source: Source) -> list[str]:
    """A file of more than `LONGEST` lines."""
    lines = source.text.count("\n")
    return [f"{source.path}: {lines} lines, perhaps two thoughts"] if lines > LONGEST else []


def looking_away(source: Source) -> list[str]:
    """Skips, expected failures and sleeps. `asyncio.sleep(0)` is none: it only lets others have their turn."""
    turns = {id(node.func) for node in ast.walk(source.tree) if isinstance(node, ast.Call) and _is_a_turn(node)}
    allowed = {"time.sleep"} if source.path == WAITS else set()
    return [
        source.at(node, f"uses {name}")
        for node, name in uses(source)
        if name in LOOKING_AWAY - allowed and id(node) not in turns
    ]


def _is_a_turn(call: ast.Call) -> bool:
    return ast.unparse(call) == "asyncio.sleep(0)"


def toothless(tests: tuple[Source, ...]) -> list[str]:
    """Tests that cannot fail: they assert nothing, expect no error and use nothing of ours that does."""
    functions = [
        (source, node)
        for source in tests
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    said = {id(node): _called(node) for _, node in functions}
    teeth = set(EXPECTATIONS)
    while grown := {n.name for _, n in functions if _asserts(n) or said[id(n)] & teeth} - teeth:
        teeth |= grown
    return [
        f"{source.path}:{node.lineno}: {node.name} cannot fail"
        for source, node in functions
        if node.name.startswith("test_") and not (_asserts(node) or said[id(node)] & teeth)
    ]


def _asserts(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Assert | ast.Raise) for node in ast.walk(function))


def _called(function: ast.AST) -> set[str]:
    """The last part of the name of everything that it calls or hands on."""
    nodes = list(ast.walk(function))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("rule", [unopened, evaluated_hints, too_long])
def test_every_file_keeps(rule: Callable[[Source], list[str]]) -> None:
    faults = [fault for source in sources(*EVERYWHERE) for fault in rule(source)]
    assert not faults, "\n".join(faults)


def test_no_test_looks_away() -> None:
    faults = [fault for source in sources("tests") for fault in looking_away(source)]
    assert not faults, "\n".join(faults)


def test_every_test_can_fail() -> None:
    faults = toothless(sources("tests"))
    assert not faults, "\n".join(faults)


def test_every_decision_has_a_title() -> None:
    untitled = [
        path.name
        for path in sorted((ROOT / "docs" / "decisions").glob("*"))
        if not path.read_text("utf-8").startswith("# ")
    ]
    assert not untitled, f"docs/decisions: no title in {untitled}"


def test_planted_faults_of_form_are_found() -> None:
    bare = Source("domain/fold.py", "x: int\n" + "x = 1\n" * LONGEST)
    assert [len(rule(bare)) for rule in (unopened, evaluated_hints, too_long)] == [1, 1, 1]
    plain = Source("domain/fold.py", '"""The fold."""\n\nfrom __future__ import annotations\n\nx: int\n')
    assert [rule(plain) for rule in (unopened, evaluated_hints, too_long)] == [[], [], []]


@pytest.mark.parametrize(
    "text",
    [
        "import pytest\n@pytest.mark.skipif(True, reason='')\ndef test_x(): ...",
        "from pytest import mark\n@mark.xfail\ndef test_x(): ...",
        "from time import sleep as wait\nwait(1)",
        "import asyncio\nasync def test_x():\n    await asyncio.sleep(0.1)",
    ],
)
def test_a_planted_test_that_looks_away_is_found(text: str) -> None:
    assert looking_away(Source("tests/test_x.py", text))


def test_a_planted_test_without_teeth_is_found() -> None:
    toothy = Source("tests/laws.py", "def same(a, b):\n    assert a == b\n")
    tests = Source("tests/test_x.py", "def test_a():\n    same(1, 1)\n\ndef test_b():\n    fold(1)\n")
    assert toothless((toothy, tests)) == ["tests/test_x.py:4: test_b cannot fail"]
