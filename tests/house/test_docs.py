"""The papers keep to what is there: every command, option and setting is told of, and no section tells of one that is
gone; every page that a page or a comment names, and every test that the table of laws names, can be opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import typer.main

from casedrift.bank_holidays import bank_holidays
from casedrift.cli.app import app
from casedrift.settings import Settings
from domain.days import format_day, parse_day
from domain.policy import Limit
from domain.vocabulary import Unit
from domain.working_days import WorkingDays, due_day
from tests.house.source import ROOMS, ROOT, sources

OURSELVES = "tests/house/test_docs.py"
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
    bare = [text.partition("`")[0] for text in page.split("\n## `")[1:] if "```" not in text]
    assert not bare


def options(command: Any, name: str = "casedrift") -> Iterator[tuple[str, str]]:
    """Every option of every command below this one, with the command's full name."""
    for parameter in command.params:
        yield from ((name, option) for option in parameter.opts if option.startswith("--"))
    below: dict[str, Any] = getattr(command, "commands", {})
    for word, each in below.items():
        yield from options(each, f"{name} {word}")


def test_every_option_is_told_of() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    common, *told = re.split(r"^## `", page, flags=re.M)
    of_command = {text.partition("`")[0]: text for text in told}
    untold = [
        f"{name} {option}"
        for name, option in options(typer.main.get_command(app))
        if not re.search(rf"{option}\b", of_command.get(name, "")) and f"`{option}" not in common
    ]
    assert not untold


def test_every_setting_has_its_section() -> None:
    assert sections("settings.md") == list(Settings.model_fields)


def broken_links(page: Path) -> list[str]:
    """The links of a page, but for those to other sites, that lead nowhere."""
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    near = [link.partition("#")[0] for link in links if "://" not in link]
    return [f"{page.name}: {link}" for link in near if link and not (page.parent / link).exists()]


def pages_named(text: str) -> set[str]:
    """The pages that a text names by their path from the project's root."""
    return set(re.findall(r"(?<![\w/.])docs/[\w./-]*\w", text))


def test_every_page_named_is_there() -> None:
    texts = [page.read_text("utf-8") for page in PAGES]
    texts += [source.text for source in sources(*ROOMS, "tests", "bench") if source.path != OURSELVES]
    named = pages_named("\n".join(texts))
    assert len(named) > 5
    assert not [page for page in sorted(named) if not ((ROOT / page).exists() or any(ROOT.glob(f"{page}-*.md")))]


def test_a_planted_name_of_no_page_is_found() -> None:
    assert pages_named("see docs/facts.md, `docs/gone.md` or docs/schemas.") == {
        "docs/facts.md",
        "docs/gone.md",
        "docs/schemas",
    }


def test_the_table_of_due_days_is_right() -> None:
    text = (ROOT / "docs" / "policies.md").read_text("utf-8")
    days = WorkingDays(bank_holidays, "exclude-start")
    rows = re.findall(r"^\| (\d{4}-\S+) \| (\d+) (\w+?)s? \| (\d{4}-\S+) \|", text, re.M)
    for baseline, count, unit, due in rows:
        limit = Limit(int(count), cast(Unit, f"{unit}s"))
        assert format_day(due_day(limit, parse_day(baseline), days)) == due, (baseline, count, unit)
    assert len(rows) == text.partition("| baseline | limit |")[2].partition("\n\n")[0].count("\n") - 1


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
