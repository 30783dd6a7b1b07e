"""Each value of a TOML file knows its line, however it is written; the values are those of `tomllib`."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from domain.toml_lines import Node, read_toml

TANGLED = """\
# a comment first
top.dotted = "x"
"quoted key" = {x = 1, y.z = [1, 2]}

[policy] # a comment behind
id = '''
over lines'''
after = 2019-06-01

[[clock]]
starts = [ # a comment within
  "scope",

  {type = "a", plan = "b"},
]
[clock.unless]
cohort = ["x"]

[[clock]]
[[clock]]
[ clock . "unless" ]
"é" = true
"""


def at(node: Node, *path: str | int) -> Node:
    for step in path:
        node = node.value[step]
    return node


def plain(node: Node) -> Any:
    """The values without their lines."""
    if isinstance(node.value, dict):
        return {key: plain(entry) for key, entry in node.value.items()}
    return [plain(entry) for entry in node.value] if isinstance(node.value, list) else node.value


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("top", "dotted"), 2),
        (("quoted key",), 3),
        (("quoted key", "y", "z", 1), 3),
        (("policy",), 5),
        (("policy", "id"), 6),
        (("policy", "after"), 8),
        (("clock",), 10),
        (("clock", 0), 10),
        (("clock", 0, "starts"), 11),
        (("clock", 0, "starts", 0), 12),
        (("clock", 0, "starts", 1, "type"), 14),
        (("clock", 0, "unless"), 16),
        (("clock", 0, "unless", "cohort", 0), 17),
        (("clock", 1), 19),
        (("clock", 2), 20),
        (("clock", 2, "unless"), 21),
        (("clock", 2, "unless", "é"), 22),
    ],
)
def test_where_a_value_stands(path: tuple[str | int, ...], line: int, ends: str) -> None:
    assert at(read_toml(TANGLED.replace("\n", ends)), *path).line == line


def test_an_entry_of_a_list_has_the_name_of_its_list() -> None:
    whole = read_toml(TANGLED)
    assert at(whole, "clock", 0, "starts", 0).name == "starts"
    assert at(whole, "clock", 0, "starts", 1, "plan").name == "plan"


@pytest.mark.parametrize(
    "text",
    [
        TANGLED,
        "",
        "\n# only a comment",
        'a = """\\\n  b"""\nc = """""d"""""\n',
        "a = [[1, [2]], [], [{}, {b = []}]]\nc = 0x_f\n".replace("x_", "x"),
        "a = 1979-05-27T07:32:00.5-07:00\nb = 07:32:00\nc = -inf\nd = +1_000.5e-3\ne = 0o17\n",
        "[a.b.c]\n[a]\n[a.d]\nx.y = 1\nx.z = 2\n",
        '"" = 1\n"a.b" = 2\n"c\\u0022" = 3\n1 = 4\n',
    ],
)
def test_the_values_are_those_of_the_standard_reader(text: str) -> None:
    assert plain(read_toml(text)) == tomllib.loads(text)
