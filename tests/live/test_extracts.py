"""Extracts on the live path: months published, taken by a worker and folded by a feed are months loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from casedrift.desk import Desk
from casedrift.now import now
from tests.kit.annex_a import Lists, annex_a, row
from tests.kit.broker import Broker
from tests.kit.parts import wait_until
from tests.kit.program import asked, environment
from tests.live.at_work import Surroundings, surroundings
from tests.sources.told import Loads

CHILDREN = [str(child) for child in range(1, 31)]
JUNE: Lists = {
    3: [row(child, on="2024-06-03") for child in CHILDREN],
    4: [row(child, started="2024-06-05") for child in CHILDREN[:10]],
    6: [row(child, start="2024-06-04", seen="2024-06-20", team="N1") for child in CHILDREN[10:20]],
    7: [row(child, start="2024-06-10") for child in CHILDREN[15:20]],
}
JULY: Lists = {
    3: [row(child, on="2024-06-03") for child in CHILDREN[1:]],
    4: [row(child, started="2024-06-05", authorised="2024-07-10") for child in CHILDREN[:10]],
    6: [
        *(row(child, start="2024-06-04", seen="2024-07-20", team="N2") for child in CHILDREN[10:15]),
        *(row(child, start="2024-06-04", end="2024-07-12", reason="RC1", team="N1") for child in CHILDREN[15:18]),
        *(row(child, start="2024-06-04", seen="2024-06-20", team="N1") for child in CHILDREN[18:20]),
    ],
    7: [
        *(row(child, start="2024-06-10", end="2024-07-11") for child in CHILDREN[15:18]),
        *(row(child, start="2024-06-12") for child in CHILDREN[18:20]),
    ],
}
AUGUST: Lists = {**JULY, 3: [*JULY[3], row("31", on="2024-08-05")]}
MONTHS = {"2024-06-30": JUNE, "2024-07-31": JULY}


def published(work: Surroundings, day: str) -> None:
    """The month's workbook goes out, and is waited for."""
    told = asked(f"publish {day}.xlsx --taken {day}T12:00:00Z", using=work.using(), folder=work.folder)
    assert told["published"] == told["read"]
    wait_until(work.is_all_committed, "the worker has taken it all")
    wait_until(lambda: _is_folded(work), "the feed has folded it all")


def _is_folded(work: Surroundings) -> bool:
    with Desk(work.url, now=now) as desk:
        return 0 < desk.store.position() == desk.store.place()


def reconciled(day: str, folder: Path, using: dict[str, str], code: int = 0) -> list[tuple[Any, ...]]:
    """A month's workbook against a store: the figures and the reasons, without the references, which are random."""
    told = asked(f"reconcile {day}.xlsx --taken {day}T12:00:00Z", using=using, folder=folder, code=code)
    sides = ("only_theirs", "only_ours")
    return [
        (
            line["measure"],
            line["theirs"],
            line["ours"],
            *(sorted(each["reason"] for each in line[side]) for side in sides),
        )
        for line in told
    ]


def test_months_published_are_months_loaded(broker: Broker, tmp_path: Path, postgres_url: str) -> None:
    work = surroundings(tmp_path, broker, postgres_url)
    by_hand = f"{tmp_path}/x.db"
    with Desk(by_hand, create=True, now=now) as desk, work.worker("live"):
        embedded = Loads(desk, tmp_path)
        for day, lists in MONTHS.items():
            tally = embedded.annex_a(lists, day)
            published(work, day)
        assert tally.keys() >= {"corrected", "withdrawn"}, "the second month has something to put right"
        with Desk(work.url, now=now) as live:
            assert Loads(live, tmp_path).standing() == embedded.standing()
        again = asked("ingest 2024-07-31.xlsx --taken 2024-07-31T12:00:00Z", using=work.using(), folder=tmp_path)
        assert again["duplicate"] == again["read"] > 0
        file = environment(store=by_hand)
        for question in ("counts --by tier,team", "compliance --by team"):
            ours, theirs = (
                asked(f"{question} --on 2024-07-31", using=each, folder=tmp_path) for each in (work.using(), file)
            )
            assert ours == theirs
            assert ours
        agreed = reconciled("2024-07-31", tmp_path, work.using())
        assert ("open", 27, 27, [], []) in agreed, "thirty but for three that were closed"
        annex_a(tmp_path / "2024-08-31.xlsx", AUGUST)
        differing = reconciled("2024-08-31", tmp_path, work.using(), code=1)
        assert ("open", 28, 27, ["not known here"], []) in differing
        assert differing == reconciled("2024-08-31", tmp_path, file, code=1)
