"""The programs of others that the tests need, and where they are: Java, Maven, PostgreSQL, and a clock that can be set.

Run as a program it names those that are missing, one a line, and nothing where all are there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

OLDEST_JAVA: Final = 17
"""What the broker asks for."""
_BREW: Final = ("/opt/homebrew/opt", "/usr/local/opt")
_PLACES: Final = {
    "java": ("{home}/bin", *(f"{brew}/openjdk*/bin" for brew in _BREW)),
    **dict.fromkeys(
        ("postgres", "initdb", "pg_ctl"),
        ("/usr/lib/postgresql/*/bin", *(f"{brew}/postgresql*/bin" for brew in _BREW)),
    ),
}
"""Where to look besides PATH: Debian and Homebrew keep several versions of these side by side, not all on PATH."""
_KNOWN_AS: Final = {
    "java": f"Java {OLDEST_JAVA}",
    "mvn": "Maven",
    "postgres": "PostgreSQL",
    "faketime": "faketime",
    "ps": "ps",
}


@cache
def program(name: str) -> str:
    """The program of that name, the newest of what is installed. AssertionError if there is none."""
    found = _found(name)
    assert found, f"{_KNOWN_AS.get(name, name)} is missing: sh requirements/parts.sh installs it, or says how"
    return found


def missing() -> list[str]:
    """What is missing, as people call it."""
    return [known for name, known in _KNOWN_AS.items() if not _found(name)]


def _found(name: str) -> str | None:
    homes = os.environ.get("JAVA_HOME") or "/nowhere"
    places = [place.format(home=homes) for place in _PLACES.get(name, ())]
    beside = [path for place in places for path in Path("/").glob(f"{place.lstrip('/')}/{name}")]
    on_path = shutil.which(name)
    newest_first = [str(path) for path in sorted(beside, key=_version, reverse=True)]
    candidates = [*newest_first, *([on_path] if on_path else [])]
    return next((each for each in candidates if name != "java" or _java_fits(each)), None)


def _version(path: Path) -> int:
    """The version in a path like /usr/lib/postgresql/15/bin/postgres; 0 if there is none in it."""
    return max(map(int, re.findall(r"\d+", str(path))), default=0)


def _java_fits(java: str) -> bool:
    """Whether it runs, which macOS's own does not, and is new enough."""
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', told.stderr)
    return version is not None and int(version[1]) >= OLDEST_JAVA


if __name__ == "__main__":
    print("\n".join(missing()))
