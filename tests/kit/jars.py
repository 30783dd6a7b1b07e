"""The broker's own jars, at the versions of requirements/broker/pom.xml: fetched once, then kept beside the caches."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.kit.programs import program

_ROOT: Final = Path(__file__).parents[2]
_POM: Final = _ROOT / "requirements" / "broker" / "pom.xml"
_CACHE: Final = _ROOT / ".cache" / "broker"
_TRIES: Final = 4
_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


def jars_folder() -> Path:
    """Where the jars are or will be: a folder of its own for each version of the list."""
    return _CACHE / hashlib.sha256(_POM.read_bytes()).hexdigest()[:16]


def jars() -> Path:
    """The folder of the jars, all of them. AssertionError with Maven's words if they cannot be fetched."""
    folder = jars_folder()
    return folder if folder.is_dir() else _fetched(folder)


def _fetched(folder: Path) -> Path:
    """A folder is there whole or not at all: it gets its name last, also where two processes fetch at once."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    unfinished = _CACHE / f"unfinished-{os.getpid()}"
    try:
        _fetch(unfinished)
        unfinished.rename(folder)
    except OSError:
        assert folder.is_dir(), f"{folder} cannot be made"
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _fetch(into: Path) -> None:
    command = [program("mvn"), "-q", "-B", "-f", str(_POM), _COPY]
    words = ""
    for _ in range(_TRIES):
        done = subprocess.run(
            [*command, "-DincludeScope=runtime", f"-DoutputDirectory={into}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
        words = done.stdout + done.stderr
    raise AssertionError(f"Maven could not fetch the broker: {words[-2_000:]}")


if __name__ == "__main__":
    jars()
