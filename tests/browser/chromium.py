"""A real browser for the tests of pages: the Chromium or Chrome of this machine, without a window.

Where there is none the tests fail and say what to install: a page that nobody opened is not known to be well.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
MISSING = "the tests of pages need Chromium or Chrome: apt install chromium, or brew install --cask google-chrome"


def program() -> str:
    """Where the browser is."""
    found = [*filter(None, map(shutil.which, NAMES)), *(path for path in ON_MACOS if Path(path).is_file())]
    assert found, MISSING
    return found[0]


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser, started; Chromium's sandbox is not to be had for root."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program(), args=arguments)
        yield started
        started.close()


def faults_of_use(page: Page) -> list[str]:
    """What axe-core finds of serious or critical faults, by which some people can't use a page."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['help']}: {[node['html'] for node in fault['nodes']]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
