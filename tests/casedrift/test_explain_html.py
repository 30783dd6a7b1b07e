"""`casedrift explain --html` as a user runs it: the page is whole or not there, and no code in it becomes markup."""

from __future__ import annotations

import os
import resource
import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest

from casedrift.present.whole_file import write_text
from streams.errors import OutOfReach
from tests.casedrift.running import FACTS, fact, lines, run

ON = ("--on", "2019-06-30")
MARKUP = "</title></style><script>alert('x')</script>&amp;\"'"
TURNED = "\N{RIGHT-TO-LEFT OVERRIDE}\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store; case `<E>` has codes and a reference that look like markup."""
    made = tmp_path_factory.mktemp("pages")
    strange = fact("8", "case-opened", "<E>", "2019-05-01", tier="child_in_need", team=MARKUP, worker=TURNED)
    (made / "facts.jsonl").write_bytes(lines([*FACTS, strange]))
    assert run(made, "ingest", "facts.jsonl", "--backfill").code == 0
    return made


class Outline(HTMLParser):
    """What a reader of markup makes of a page: its tags in order, their attributes and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def test_the_page_says_what_the_terminal_says(folder: Path) -> None:
    outcome = run(folder, "explain", "A", *ON, "--html", "a.html")
    assert (outcome.code, outcome.out, outcome.err) == (
        0,
        "Case A on 30 Jun 2019, as known now is told in a.html.\n",
        "",
    )
    page = Outline((folder / "a.html").read_text("utf-8"))
    sentence = (
        "Due on 3 Jun 2019, 1 month after the case was last supervised on 3 May 2019 (no. 2); not done by 30 Jun 2019, "
        "and overdue by 27 days."
    )
    assert sentence in page.texts
    assert sentence in " ".join(run(folder, "explain", "A", *ON).out.split())
    assert ("lang", "en-GB") in page.attributes
    assert page.tags.count("table") == page.tags.count("caption") == 3  # of findings there are none
    assert {value for name, value in page.attributes if name == "scope"} == {"col", "row"}


def test_it_brings_nothing_along_and_runs_nothing(folder: Path) -> None:
    page = Outline(run(folder, "explain", "<E>", *ON, "--html", "-").out)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(page.tags)
    led = {value or "" for name, value in page.attributes if name in ("href", "src", "xlink:href", "action")}
    assert all(link.startswith("#fact-") for link in led)
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_codes_from_outside_are_texts(folder: Path) -> None:
    page = Outline(run(folder, "explain", "<E>", *ON, "--html", "-").out)
    (told,) = [text for text in page.texts if "child in need" in text and MARKUP in text]
    assert f"team {MARKUP}" in told
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in "".join(page.texts)
    assert any(text.startswith("Case <E> on 30 Jun 2019, as known at ") for text in page.texts)


def test_standard_output_is_the_page_alone(folder: Path) -> None:
    outcome = run(folder, "explain", "A", *ON, "--known", "2019-07-05", "--html", "-")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("<!DOCTYPE html>\n")
    assert outcome.out.endswith("</html>\n")
    assert "Case A on 30 Jun 2019, as known at the end of 5 Jul 2019" in outcome.out
    assert run(folder, "explain", "A", *ON, "--known", "2019-07-05", "--html", "-").out == outcome.out


def test_with_json_both_are_had(folder: Path) -> None:
    outcome = run(folder, "explain", "A", *ON, "--html", "both.html", "--json")
    assert outcome.json == run(folder, "explain", "A", *ON, "--json").json
    assert (folder / "both.html").read_text("utf-8").endswith("</html>\n")
    refused = run(folder, "explain", "A", *ON, "--html", "-", "--json")
    assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("file", ["missing/a.html", ".", "facts.jsonl/a.html"])
def test_where_it_cannot_be_written_one_line_says_so(folder: Path, file: str) -> None:
    outcome = run(folder, "explain", "A", *ON, "--html", file)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith(f"casedrift: {file} can't be written: ")
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize(("case", "file"), [("nobody", "kept.html"), ("A", "")])
def test_wrong_use_leaves_what_is_there(folder: Path, case: str, file: str) -> None:
    (folder / "kept.html").write_text("as it was")
    outcome = run(folder, "explain", case, *ON, "--html", file)
    assert (outcome.code, outcome.out, len(outcome.err.splitlines())) == (2, "", 1)
    assert (folder / "kept.html").read_text() == "as it was"


def test_an_old_page_is_replaced_whole_and_a_link_stays_a_link(folder: Path) -> None:
    place = folder / "kept"
    place.mkdir()
    (place / "old.html").write_text("x" * 1_000_000)
    (place / "old.html").chmod(0o640)
    (place / "link.html").symlink_to("old.html")
    before = (place / "old.html").stat().st_ino
    assert run(folder, "explain", "A", *ON, "--html", "kept/link.html").code == 0
    assert (place / "link.html").is_symlink()
    assert (place / "old.html").read_text("utf-8").endswith("</html>\n")
    assert (place / "old.html").stat().st_ino != before
    assert stat.S_IMODE((place / "old.html").stat().st_mode) == 0o640
    assert sorted(os.listdir(place)) == ["link.html", "old.html"]


def test_a_device_is_written_to_and_never_replaced(folder: Path) -> None:
    assert run(folder, "explain", "A", *ON, "--html", "/dev/null").code == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    full = run(folder, "explain", "A", *ON, "--html", "/dev/full") if Path("/dev/full").exists() else None
    assert full is None or (full.code, len(full.err.splitlines())) == (3, 1)


def test_what_cannot_be_finished_leaves_the_old_page_and_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "old.html").write_text("as it was")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(OutOfReach, match=r"old\.html can't be written"):
            write_text(str(tmp_path / "old.html"), "x" * 100_000, "--html")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / "old.html").read_text() == "as it was"
    assert os.listdir(tmp_path) == ["old.html"]
