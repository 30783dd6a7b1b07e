"""Why a case is on one side alone: what the store itself knows of it, also of days of which the file tells nothing."""

from __future__ import annotations

from pathlib import Path

from tests.casedrift.held_against import differing, reconciled
from tests.casedrift.running import run
from tests.kit.annex_a import annex_a, row

MAY = ("--taken", "2024-05-31T12:00:00Z")
JUNE = ("--taken", "2024-06-30T12:00:00Z")


def test_what_the_store_has_begun_or_met_before_the_file_tells_is_said(tmp_path: Path) -> None:
    """Two are overdue in the file; the store has both begun years before its window, and one of them met."""
    started, authorised, begun = "2015-03-10", "2015-04-01", "2024-04-02"
    annex_a(
        tmp_path / "may.xlsx",
        {4: [row("2", started=started, authorised=authorised)], 6: [row(each, start=started) for each in ("1", "2")]},
    )
    assessed = row("3", started="2024-04-02", authorised="2024-05-20")
    annex_a(
        tmp_path / "june.xlsx",
        {
            4: [*(row(each, started=begun) for each in ("1", "2")), assessed],
            6: [row(each, start=begun) for each in ("1", "2", "3")],
        },
    )
    assert run(tmp_path, "ingest", "may.xlsx", *MAY, "--backfill").code == 0
    for policy in ("england", "england-annex-a"):
        told = reconciled(tmp_path, "june.xlsx", *JUNE, "--policy", policy)
        assert differing(tmp_path, told, "overdue assessment")["only_theirs"] == {
            "1": "begun on 2015-03-10, before what the file tells",
            "2": "met on 2015-04-01",
        }
