"""The pages' listings: commands as somebody types them, and what the program prints.

A listing is a block whose commands stand after `$`; the commands of a page are run in their order in one empty folder,
where a block that is named as a file (three backticks, json or toml, a name) is put first.
`python -m tests.house.listings` runs them and writes what they print into the pages.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from pathlib import Path

from tests.casedrift.running import run
from tests.house.source import ROOT

PAGES = ("README.md", "docs/time.md", "docs/policies.md", "docs/inspection.md", "docs/alerts.md")
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)
_FILE = re.compile(r"(?:json|toml) (\S+)")
PROMPT = "$ casedrift "


def listings(text: str) -> list[tuple[str, str]]:
    """Every command of a page with what the page says that it prints."""
    found = []
    for block in _BLOCK.finditer(text):
        for told in re.split(r"^\$ ", block[2], flags=re.M)[1:]:
            command, _, printed = told.partition("\n")
            found.append((command, printed))
    return found


def told_anew(text: str, folder: Path) -> str:
    """The page with what its commands print now, run in the folder."""
    return _BLOCK.sub(lambda block: f"```{block[1]}\n{_block_anew(block, folder)}```", text)


def _block_anew(block: re.Match[str], folder: Path) -> str:
    if named := _FILE.fullmatch(block[1]):
        (folder / named[1]).write_text(block[2], "utf-8")
    lines = block[2].splitlines(keepends=True)
    commands = [line for line in lines if line.startswith(PROMPT)]
    return "".join(command + printed(command, folder) for command in commands) if commands else block[2]


def printed(command: str, folder: Path) -> str:
    """What a listed command prints; it must end well and complain of nothing."""
    outcome = run(folder, *shlex.split(command.removeprefix(PROMPT)))
    assert (outcome.code, outcome.err) == (0, ""), (command, outcome)
    return outcome.out


def main() -> None:
    """Write the listings anew; what is not a listing stays as it is."""
    for page in PAGES:
        path = ROOT / page
        text = path.read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            anew = told_anew(text, Path(folder))
        path.write_text(anew, "utf-8")
        print(f"{page}: {'written anew' if anew != text else 'as it was'}")


if __name__ == "__main__":
    main()
