"""Arrows point one way: casedrift -> streams -> projections -> domain.

What a case is must not depend on how its facts arrive or where they are kept, or no answer could be
given again years later by the same rules.
"""

from __future__ import annotations

import pytest

from tests.house.source import ROOMS, Source, imports, sources

OUTSIDE = ("tests", "bench")


def backward(source: Source) -> list[str]:
    """Imports that run from an inner room to an outer one, or from any room to tests and measurements."""
    forbidden = (*ROOMS[ROOMS.index(source.room) + 1 :], *OUTSIDE)
    return [
        source.at(node, f"{source.room} imports {name}")
        for node, name in imports(source)
        if name.partition(".")[0] in forbidden
    ]


def test_imports_point_inwards() -> None:
    faults = [fault for source in sources(*ROOMS) for fault in backward(source)]
    assert not faults, "\n".join(faults)


def test_every_room_is_there() -> None:
    assert {source.room for source in sources(*ROOMS)} == set(ROOMS)


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("domain/fold.py", "import projections.rows", "domain/fold.py:1: domain imports projections.rows"),
        ("domain/fold.py", "from streams import log", "domain/fold.py:1: domain imports streams.log"),
        ("streams/log.py", "def f():\n    import casedrift", "streams/log.py:2: streams imports casedrift"),
        ("casedrift/cli.py", "import tests.worlds", "casedrift/cli.py:1: casedrift imports tests.worlds"),
    ],
)
def test_a_planted_backward_import_is_found(path: str, text: str, fault: str) -> None:
    assert backward(Source(path, text)) == [fault]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("casedrift/cli.py", "import streams, projections, domain.fold"),
        ("streams/sources/census.py", "from . import mapping\nfrom ..intake import accept"),
        ("domain/fold.py", "from domain.policy import Clock"),
    ],
)
def test_an_inward_import_is_no_fault(path: str, text: str) -> None:
    assert backward(Source(path, text)) == []
