"""The way to a child's page in the case system: which templates can be one, and what becomes of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from casedrift.case_link import checked_template, link_to, names_local_id
from tests.casedrift.running import run


@pytest.mark.parametrize(
    ("template", "reference", "local_id", "address"),
    [
        ("https://c.example/child/{local_id}", "c-1", "1111", "https://c.example/child/1111"),
        ("https://c.example/?id={local_id}&r={reference}", "c-1", "a/b&c=ü ", "https://c.example/?id=a%2Fb%26c%3D%C3%BC%20&r=c-1"),
        ("https://c.example/{{x}}/{reference}", "c-1", None, "https://c.example/{x}/c-1"),
        ("https://c.example/child/{local_id}", "c-1", None, None),
        ("http://c.example:8080/{local_id}", "c-1", "javascript:alert(1)", "http://c.example:8080/javascript%3Aalert%281%29"),
    ],
)  # fmt: skip
def test_what_is_put_in_is_encoded(template: str, reference: str, local_id: str | None, address: str | None) -> None:
    assert checked_template(template) == template
    assert link_to(template, reference, local_id) == address


@pytest.mark.parametrize(
    ("template", "shows"),
    [("https://c.example/{reference}", False), ("https://c.example/{reference}/{local_id}", True)],
)
def test_it_says_whether_it_shows_a_local_id(template: str, shows: bool) -> None:
    assert names_local_id(template) is shows


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("https://c.example/child", "must name"),
        ("https://c.example/{name}", "must name"),
        ("https://c.example/{}", "must name"),
        ("https://c.example/{local_id.__class__}", "must name"),
        ("https://c.example/{local_id!r}", "must name"),
        ("https://c.example/{local_id:>9999999}", "must name"),
        ("https://c.example/{local_id", "in pairs"),
        ("https://{local_id}.example/", "address of the web"),
        ("javascript:alert({local_id})", "address of the web"),
        ("c.example/{local_id}", "address of the web"),
        ("https://c.example/a b/{local_id}", "no blanks"),
        ("https://c.example/\n{local_id}", "no blanks"),
        (f"https://c.example/{'x' * 500}/{{local_id}}", "500 characters"),
    ],
)
def test_a_template_of_which_no_address_can_be_made_is_refused(template: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        checked_template(template)


def test_the_setting_is_checked_in_one_line(tmp_path: Path) -> None:
    outcome = run(tmp_path, "status", CASEDRIFT_CASE_LINK="https://c.example/{name}")
    assert (outcome.code, outcome.err.count("\n"), "setting case_link" in outcome.err) == (2, 1, True), outcome
