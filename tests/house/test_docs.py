"""The papers keep to what is there: every command and every setting has its section, and no section tells of one that
is gone; what a page links to, and what the table of laws names, can be opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from casedrift.cli.app import app
from casedrift.settings import Settings
from tests.house.source import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").glob("*.md")])


def commands(command: Any, name: str = "") -> Iterator[str]:
    """The full names of all commands below this one."""
    below: dict[str, Any] = getattr(command, "commands", {})
    if not below:
        yield name
    for word, each in below.items():
        yield from commands(each, f"{name} {word}".strip())


def sections(page: str) -> list[str]:
    """The names in the second-level titles of a page."""
    return re.findall(r"^## `([^`]+)`$", (ROOT / "docs" / page).read_text("utf-8"), re.M)


def test_every_command_has_its_section() -> None:
    expected = [f"casedrift {name}" for name in commands(typer.main.get_command(app))]
    assert sorted(sections("commands.md")) == sorted(expected)


def test_every_command_is_shown_with_what_it_prints() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    bare = [text.split("`")[1] for text in page.split("\n## ")[1:] if "```" not in text]
    assert not bare


def test_every_setting_has_its_section() -> None:
    assert sections("settings.md") == list(Settings.model_fields)


def broken_links(page: Path) -> list[str]:
    """The links of a page, but for those to other sites, that lead nowhere."""
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    near = [link.partition("#")[0] for link in links if "://" not in link]
    return [f"{page.name}: {link}" for link in near if link and not (page.parent / link).exists()]


def test_every_link_leads_somewhere() -> None:
    assert len(PAGES) > 5
    assert not [broken for page in PAGES for broken in broken_links(page)]


def test_a_planted_link_to_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[here](page.md#top) [there](https://example.org/) [nowhere](gone.md)")
    assert broken_links(page) == ["page.md: gone.md"]


def test_every_law_is_held_by_a_test_that_is_there_or_waits() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    laws = re.findall(r"^\| (\d+) \|.*\|(.*)\|$", text.partition("## The laws")[2], re.M)
    assert [int(number) for number, _ in laws] == list(range(1, len(laws) + 1))
    for number, held_by in laws:
        tests = re.findall(r"`(tests/[^`]+\.py)`", held_by)
        assert tests or "waits" in held_by, f"law {number} is held by nothing"
        assert not [test for test in tests if not (ROOT / test).is_file()], f"law {number}"
