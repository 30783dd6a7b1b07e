"""What the program leans on is little, locked and explained.

Whoever installs it in five years gets the very files that passed the tests, from wherever they fetch;
and each dependency has its reason written where a newcomer looks for it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from functools import cache
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import casedrift
from tests.house.source import ROOMS, ROOT, Source, imports, sources

LOCKS = ("run", "test", "streaming", "bench", "lock", "checks")
PIN = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^ ;]+)(?: ; [^\\]+)?(?P<rest>( \\\n +--hash=.*)*)$", re.M
)
PLACE = re.compile(r"://|--(extra-)?index-url|--find-links|--trusted-host|(?:^|[\s=@])(/|file:)\S", re.M)
"""An address to fetch from, or a path of somebody's machine."""


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def asked_for(lock: str) -> list[Requirement]:
    """What pyproject.toml asks for in a lock file."""
    extras, groups = project()["project"]["optional-dependencies"], project()["dependency-groups"]
    if lock in ("lock", "checks"):  # each an environment of its own
        return [Requirement(text) for text in groups[lock]]
    texts = [*project()["project"]["dependencies"], *groups["build"], *extras.get(lock, [])]
    return [Requirement(text) for text in texts]


def lock_text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")


def pins(text: str) -> dict[str, set[str]]:
    """Package name -> pinned versions (more than one where systems or Pythons differ)."""
    found: dict[str, set[str]] = {}
    for pin in PIN.finditer(text):
        found.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
    return found


def unlocked(text: str) -> list[str]:
    """Lines of a lock file that begin a requirement without an exact version and a hash."""
    locked = {pin.start() for pin in PIN.finditer(text) if "--hash=sha256:" in pin["rest"]}
    starts = re.finditer(r"^(?![ #\n]).+$", text, re.M)
    return [line[0] for line in starts if line.start() not in locked]


def explained() -> set[str]:
    """The names in ARCHITECTURE.md's dependency table that have a reason beside them."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    section = re.search(r"^## Dependencies$(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert section, "ARCHITECTURE.md has no section Dependencies"
    rows = re.findall(r"^\| `([^`]+)` \|[^|]*\|\s*\S[^|]*\|$", section[1], re.M)
    return {canonicalize_name(Requirement(name).name) for name in rows}


def named() -> set[str]:
    """Every direct dependency that pyproject.toml names, of the program, its extras and its making."""
    return {canonicalize_name(wanted.name) for lock in LOCKS for wanted in asked_for(lock)}


KNOWN_UNDER = {
    "pydantic_core": "pydantic",
    "kafka": "kafka-python",
    "faust": "faust-streaming",
    "mode": "faust-streaming",
    "yaml": "pyyaml",
}
"""Imported under a name of its own: what belongs to a package that is asked for."""


def borrowed(source: Source, allowed: set[str]) -> list[str]:
    """Imports of what is neither ours, nor Python's own, nor asked for: it is there by another's grace."""
    ours = {*ROOMS, "tests", "bench", *sys.stdlib_module_names}
    tops = [(node, name.partition(".")[0]) for node, name in imports(source)]
    return [
        source.at(node, f"imports {top}, which pyproject.toml does not ask for")
        for node, top in tops
        if top not in ours and canonicalize_name(KNOWN_UNDER.get(top, top)) not in allowed
    ]


def test_what_is_imported_is_asked_for() -> None:
    program: set[str] = {canonicalize_name(r.name) for lock in ("run", "streaming") for r in asked_for(lock)}
    faults = [fault for source in sources(*ROOMS) for fault in borrowed(source, program)]
    faults += [fault for source in sources("tests", "bench") for fault in borrowed(source, named())]
    assert not faults, "\n".join(faults)


def test_a_planted_borrowed_import_is_found() -> None:
    source = Source("streams/log.py", "import six, rich.table\nfrom pydantic_core import to_json\n")
    assert borrowed(source, {"rich", "pydantic"}) == [
        "streams/log.py:1: imports six, which pyproject.toml does not ask for"
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash_and_no_place(lock: str) -> None:
    text = lock_text(lock)
    assert not unlocked(text)
    assert not (place := PLACE.search(text)), f"requirements/{lock}.txt names a place: {place[0]}"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_is_what_pyproject_asks_for(lock: str) -> None:
    pinned = pins(lock_text(lock))
    for wanted in asked_for(lock):
        versions = pinned.get(canonicalize_name(wanted.name), set())
        assert any(v in wanted.specifier for v in versions), f"{wanted} but {versions}: run make lock"


@pytest.mark.parametrize("lock", ["test", "streaming", "bench"])
def test_a_wider_lock_file_holds_the_narrow_one(lock: str) -> None:
    wide, narrow = pins(lock_text(lock)), pins(lock_text("run"))
    assert {name: wide.get(name) for name in narrow} == narrow


def test_wide_lock_files_can_share_an_environment() -> None:
    test, streaming = pins(lock_text("test")), pins(lock_text("streaming"))
    both = test.keys() & streaming.keys()
    assert {name: test[name] for name in both} == {name: streaming[name] for name in both}


def test_what_builds_the_program_is_locked_too() -> None:
    assert project()["build-system"]["requires"] == project()["dependency-groups"]["build"]


def test_every_dependency_has_its_reason_and_nothing_else_has() -> None:
    assert explained() == named()


def test_every_dependency_is_bounded() -> None:
    open_ended = [str(r) for lock in LOCKS for r in asked_for(lock) if not r.specifier]
    assert not open_ended


@pytest.mark.parametrize(
    "text",
    [
        "rich>=13 \\\n    --hash=sha256:aa\n",
        "rich==15.0.0\n",
        "rich==15.0.0 ; sys_platform == 'win32'\n",
        "--index-url somewhere\n",
        "-e .\n",
    ],
)
def test_a_planted_loose_requirement_is_found(text: str) -> None:
    good = "tzdata==2026.1 \\\n    --hash=sha256:bb\n    # via casedrift\n"
    assert unlocked(good + text) == text.splitlines()[:1]


@pytest.mark.parametrize("text", ["# uv -o /home/ann/run.txt", "--find-links wheels", "x @ file:x.whl", "a://b"])
def test_a_planted_place_is_found(text: str) -> None:
    assert PLACE.search(text)


def test_the_program_and_its_package_say_one_version() -> None:
    assert casedrift.__version__ == project()["project"]["version"]
