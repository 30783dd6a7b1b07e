"""Every command and every setting has its section in the documentation, and no section tells of one that is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer.main

from casedrift.cli.app import app
from casedrift.settings import Settings
from tests.house.source import ROOT


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
