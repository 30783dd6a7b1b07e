"""The page of a case, opened in a real browser: everyone can use it, it runs nothing and it asks for nothing.

The case's codes are of the worst kind: markup, quotes, and letters that run from right to left.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import browser, faults_of_use
from tests.casedrift.running import fact, lines, run

MARKUP = "<script>window.reached = 1</script>"
QUOTES = "\"'><img src=x onerror='window.reached=1'>"
HEBREW = "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED} (1)"
CASE = "<b>&amp;'\"A"
FACTS = [
    fact("1", "case-opened", CASE, "2019-01-07", tier="child_in_need", locality=MARKUP, team=HEBREW, worker=QUOTES),
    fact("2", "plan-started", CASE, "2019-01-10", plan="child_in_need"),
    fact("3", "case-supervised", CASE, "2019-03-20"),
    fact("4", "child-visited", CASE, "2019-03-21"),
    fact("5", "case-stepped-up", CASE, "2019-04-02", "2019-05-02T12:00:00Z", to="child_protection"),
    fact("6", "case-closed", CASE, "2019-08-20", reason=MARKUP),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, written as a user writes it."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "facts.jsonl").write_bytes(lines(FACTS))
    assert run(folder, "ingest", "facts.jsonl", "--backfill").code == 0
    outcome = run(folder, "explain", CASE, "--on", "2019-06-30", "--html", "case.html")
    assert (outcome.code, outcome.err) == (0, "")
    return folder / "case.html"


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with browser() as one:
        yield one


@pytest.fixture
def page(started: Browser, written: Path) -> Iterator[Page]:
    with started.new_context(viewport={"width": 1200, "height": 900}) as context:
        opened = context.new_page()
        opened.goto(written.as_uri())
        yield opened


@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_use_it(page: Page, width: int, scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    assert not faults_of_use(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_planted_faults_of_use_are_found(page: Page) -> None:
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('footer p').style.color = '#ccc'")
    assert [fault.partition(":")[0] for fault in faults_of_use(page)] == ["color-contrast", "html-has-lang"]


def test_it_runs_nothing_and_asks_for_nothing(started: Browser, written: Path) -> None:
    with started.new_context() as context:
        opened, asked, said = context.new_page(), [], []
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("console", lambda message: said.append(message.text))
        opened.goto(written.as_uri(), wait_until="networkidle")
        assert (asked, said) == ([written.as_uri()], [])
        assert opened.evaluate("window.reached") is None
        assert opened.locator("script, img, b, link").count() == 0


def test_codes_are_shown_as_the_texts_that_they_are(page: Page) -> None:
    assert page.title().startswith(f"Case {CASE} on 30 Jun 2019, as known at ")
    opening = page.locator("#fact-1 td").last.inner_text()
    told = {f"locality {MARKUP}", f"team {HEBREW}", f"worker {QUOTES}", "tier child in need"}
    assert set(opening.split(", ")) == told
    assert page.get_by_role("cell", name=HEBREW, exact=True).first.inner_text() == HEBREW


def test_the_picture_tells_what_it_shows(page: Page) -> None:
    picture = page.get_by_role("img", name="The life of the case")
    assert picture.count() == 1
    told = picture.locator("desc").text_content() or ""
    assert "child in need from 7 Jan 2019 to 1 Apr 2019" in told
    assert "supervision: " in told
    assert page.locator("svg text", has_text="30 Jun 2019").count() == 1


def test_tables_have_names_and_their_facts_can_be_followed(page: Page) -> None:
    names = page.get_by_role("table").evaluate_all("tables => tables.map(table => table.caption.textContent)")
    assert names == [
        "What was expected, and what came of it",
        "What the record lacks",
        "On record, as it came",
        "Where it was held",
    ]
    led = page.locator("td a").evaluate_all("links => links.map(link => document.querySelector(link.hash) !== null)")
    assert len(led) > 5
    assert all(led)


def test_on_paper_it_is_dark_on_white_and_nothing_is_cut(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 703, "height": 1032})  # A4 without its margins, 96 to the inch
    paper = "getComputedStyle(document.body)"
    assert page.evaluate(f"[{paper}.backgroundColor, {paper}.color]") == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert page.evaluate("document.documentElement.scrollWidth") == 703
    picture = page.locator("figure > svg").bounding_box()
    assert picture is not None
    assert picture["y"] + picture["height"] < 1032
