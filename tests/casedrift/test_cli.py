"""Every command, run as somebody runs it, and its JSON held to docs/commands.md: keys, order, types and exit codes."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from casedrift.cli import main
from tests.casedrift.running import FACTS, Outcome, fact, lines, run

ON = ("--on", "2019-06-30", "--json")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store, `casedrift.db`, that holds the facts as history."""
    made = tmp_path_factory.mktemp("store")
    (made / "facts.jsonl").write_bytes(lines(FACTS))
    told = run(made, "ingest", "facts.jsonl", "--backfill", "--json")
    assert told.code == 0, told
    assert told.json == {"read": 7, "accepted": 7, "duplicate": 0, "refused": 0, "waiting": 0}
    return made


def asked(folder: Path, *arguments: str) -> Any:
    outcome = run(folder, *arguments)
    assert outcome.code == 0, outcome
    return outcome.json


def test_counts(folder: Path) -> None:
    assert asked(folder, "counts", *ON) == [{"open_cases": 3, "open_children": 3}]
    assert asked(folder, "counts", *ON, "--known", "2019-07-05") == [{"open_cases": 4, "open_children": 4}]
    assert asked(folder, "counts", "--on", "2018-01-01", "--json") == [{"open_cases": 0, "open_children": 0}]
    assert asked(folder, "counts", "--on", "2018-01-01", "--json", "--by", "team") == []


def test_counts_by_groups_in_the_order_asked(folder: Path) -> None:
    grouped = asked(folder, "counts", *ON, "--known", "2019-07-05", "--by", "locality,tier")
    assert [list(line) for line in grouped] == [["locality", "tier", "open_cases", "open_children"]] * 3
    assert [line["locality"] for line in grouped] == ["North", "Süd", None]
    assert asked(folder, "counts", *ON, "--known", "2019-07-05", "--by", "locality", "--by", "tier") == grouped


def test_json_is_written_as_it_is_spoken(folder: Path) -> None:
    outcome = run(folder, "counts", *ON, "--by", "locality", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert '{"locality":"Süd","open_cases":1,"open_children":1}' in outcome.out


def test_drift(folder: Path) -> None:
    found = asked(folder, "drift", *ON, "--clock", "supervision")
    assert [{key: value for key, value in line.items() if key != "run"} for line in found] == [
        {
            "case": case,
            "child": f"c-{case}",
            "clock": "supervision",
            "severity": "medium",
            "tier": "child_in_need",
            "locality": locality,
            "team": team,
            "worker": worker,
            "cohort": None,
            "baseline": baseline,
            "due": due,
            "days_overdue": late,
        }
        for case, locality, team, worker, baseline, due, late in [
            ("A", "North", "N1", "w-1", "2019-05-03", "2019-06-03", 27),
            ("B", "Süd", "S1", "w-2", "2019-05-20", "2019-06-20", 10),
        ]
    ]
    assert all(isinstance(line["run"], str) and next(iter(line)) == "run" for line in found)
    everything = [(line["case"], line["clock"], line["baseline"]) for line in asked(folder, "drift", *ON)]
    assert everything == sorted(everything)


def test_due_soon(folder: Path) -> None:
    soon = asked(folder, "drift", "--on", "2019-06-20", "--due-soon", "--clock", "supervision", "--json")
    assert [(line["case"], line["days_overdue"]) for line in soon] == [("B", 0)]


def test_compliance(folder: Path) -> None:
    every = asked(folder, "compliance", *ON)
    keys = ["clock", "in_scope", "in_time", "overdue", "done", "waiting", "not_measured"]
    assert all(list(line) == keys for line in every)
    assert [line["clock"] for line in every] == sorted(line["clock"] for line in every)
    assert all(line["in_scope"] == sum(line[key] for key in keys[2:]) for line in every)
    assert any(line["in_scope"] == 0 for line in every)
    grouped = asked(folder, "compliance", *ON, "--clock", "supervision", "--by", "locality")
    assert [(line["locality"], line["in_scope"], line["overdue"]) for line in grouped] == [
        ("North", 2, 1),
        ("Süd", 1, 1),
    ]


def test_another_policy_answers_instead(folder: Path) -> None:
    (folder / "lax.toml").write_text(
        '[policy]\nid = "lax"\nversion = "1"\nextends = "england"\ndrop = ["supervision"]\n'
    )
    clocks = [line["clock"] for line in asked(folder, "compliance", *ON, "--policy", "lax.toml")]
    assert len(clocks) == 12
    assert "supervision" not in clocks


def test_explain(folder: Path) -> None:
    told = asked(folder, "explain", "D", *ON)
    assert list(told) == ["case", "facts", "places", "runs", "findings"]
    assert [(one["id"], one["stands"]) for one in told["facts"]] == [("6", False), ("7", True)]
    assert all(INSTANT.fullmatch(one["known_at"]) for one in told["facts"])
    assert told["places"] == [
        {
            "from": "2019-06-11",
            "to": None,
            "tier": "child_in_need",
            "locality": "North",
            "team": "N2",
            "worker": None,
            "cohort": None,
            "plans": [],
            "because": ["7"],
        }
    ]
    assert [list(each) for each in told["runs"]][:1] == [["run", "clock", "baseline", "due", "end", "met", "because"]]
    assert {"finding": "missing-worker", "case": "D", "facts": ["7"]} in told["findings"]


def test_rebuild_and_status(folder: Path) -> None:
    assert asked(folder, "rebuild", "--check", "--json") == {"facts": 7, "differences": 0}
    assert asked(folder, "rebuild", "--json") == {"facts": 7, "differences": 0}
    assert asked(folder, "status", "--json") == {
        "facts": 7,
        "cases": 4,
        "open_cases": 3,
        "known_at": "2019-07-10T08:00:00Z",
        "position": 7,
        "behind": 0,
        "waiting": 0,
        "quarantined": 0,
        "policy": "england",
        "version": "0.1.0",
    }


def test_policy_commands(folder: Path, tmp_path: Path) -> None:
    assert asked(folder, "policy", "show", "--json")["id"] == "england"
    assert asked(folder, "policy", "check", "england-census", "--json")["id"] == "england-census"
    used = run(tmp_path, "policy", "use", "england-census", "--store", "other.db")
    assert (used.code, used.out, used.err) == (0, "", "")
    assert asked(tmp_path, "status", "--store", "other.db", "--json")["policy"] == "england-census"


def test_every_fault_of_a_policy_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[policy]\nid = "x"\nversion = "1"\nwrong = 1\n[[clock]]\nid = "y"\n')
    outcome = run(tmp_path, "policy", "check", "bad.toml")
    assert (outcome.code, outcome.out) == (2, "")
    faults = outcome.err.splitlines()
    assert len(faults) > 1
    assert all(re.match(r"bad\.toml:\d+: \S", fault) for fault in faults)


def test_elsewhere_the_faults_of_a_policy_are_one_line(folder: Path) -> None:
    (folder / "bad.toml").write_text("[policy]\nid = 1\nversoin = 2\n", encoding="utf-8")
    outcome = run(folder, "drift", "--policy", "bad.toml")
    assert outcome.code == 2
    (line,) = outcome.err.splitlines()
    assert re.fullmatch(r"bad\.toml:\d+: .* \(and \d more; see casedrift policy check\)", line)


def test_what_is_refused_or_waits(tmp_path: Path) -> None:
    waits = fact("9", "case-closed", "Z", "2019-06-02", corrects="8")
    text = b"\xef\xbb\xbf" + lines(FACTS[:1]).replace(b"\n", b"\r\n") + b"\n \nnot json\n" + lines([waits, FACTS[0]])
    outcome = run(tmp_path, "ingest", "-", "--json", stdin=text)
    assert outcome.code == 1, outcome
    assert outcome.json == {"read": 4, "accepted": 1, "duplicate": 1, "refused": 1, "waiting": 1}
    kept = asked(tmp_path, "quarantine", "list", "--json")
    assert [list(each) for each in kept] == [["number", "reason", "detail", "received_at", "source", "sha256"]] * 2
    assert [each["reason"] for each in kept] == ["not-json", "target-unknown"]
    shown = run(tmp_path, "quarantine", "list").out
    assert "waits for the fact that it corrects" in shown


def test_waiting_and_duplicates_are_well(tmp_path: Path) -> None:
    (tmp_path / "facts.jsonl.gz").write_bytes(gzip.compress(lines([*FACTS, FACTS[0]])))
    outcome = run(tmp_path, "ingest", "facts.jsonl.gz", "--json", CASEDRIFT_STORE="there.db")
    assert (outcome.code, outcome.json["duplicate"]) == (0, 1)
    assert (tmp_path / "there.db").exists()


def test_a_line_too_long_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    (tmp_path / "long.jsonl").write_bytes(b"{" + b" " * 5_000_000 + b"}\n" + lines(FACTS[:1]))
    outcome = run(tmp_path, "ingest", "long.jsonl", "--json")
    assert (outcome.code, outcome.json["refused"], outcome.json["accepted"]) == (1, 1, 1)


def test_a_census_comes_in_by_the_same_door(tmp_path: Path) -> None:
    census = Path(__file__).parents[2] / "casedrift" / "demo" / "census.xml"
    outcome = run(tmp_path, "ingest", str(census), "--backfill", "--json")
    assert outcome.code == 0, outcome
    nothing = dict.fromkeys(("duplicate", "refused", "waiting", "corrected", "withdrawn", "unconfirmed"), 0)
    assert outcome.json == {"read": 301, "accepted": 301, **nothing}


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["counts", "--by", "locality"], ["Open cases on 30 Jun 2019, as known now", "North"]),
        (["drift", "--clock", "supervision"], ["supervision was due 3 Jun 2019, 27 days ago"]),
        (["compliance", "--clock", "supervision"], ["1 of 3", "33.3 %"]),
        (["explain", "A"], ["overdue by 27 days", "case supervised"]),
    ],
)
def test_people_read_it(folder: Path, arguments: list[str], shown: list[str]) -> None:
    outcome = run(folder, *arguments, "--on", "2019-06-30")
    assert outcome.code == 0, outcome
    assert all(words in outcome.out for words in shown), outcome.out
    assert "\x1b" not in outcome.out


def one_line(outcome: Outcome, code: int) -> str:
    """The one line of an error."""
    assert (outcome.code, outcome.out) == (code, ""), outcome
    assert len(outcome.err.splitlines()) == 1, outcome.err
    return outcome.err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "Missing command"),
        ("fly", "No such command 'fly'"),
        ("counts --policy england", "No such option: --policy"),
        ("ingest", "Missing argument"),
        ("counts --on 2019-6-1", "is no day"),
        ("counts --known 2999-01-01", "later than now"),
        ("counts --by street", 'knows no "street"'),
        ("counts --by team,team", "twice"),
        ("drift --clock sundial", "has no clock sundial"),
        ("explain nobody", "nobody"),
        ("ingest missing.jsonl", "can't be read"),
        ("ingest facts.jsonl --source /x", "--source has no use for JSON lines"),
        ("ingest facts.jsonl --taken 2019-06-30", "--taken has no use for JSON lines"),
        ("ingest facts.jsonl --format annex-a", "this is no Excel workbook"),
        ("ingest facts.jsonl --format csv", 'knows no "csv"'),
        ("counts --store http://x/y", "no store that can be opened"),
        ("drift --policy nowhere.toml", "nowhere.toml"),
    ],
)
def test_wrong_use_is_one_line(
    folder: Path, command: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Within this process, where many are quick: the entry point itself, with the arguments that it reads."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", ["casedrift", *command.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    written = capsys.readouterr()
    assert said in one_line(Outcome(int(ended.value.code or 0), written.out, written.err), 2)


def test_a_store_out_of_reach_is_exit_3(tmp_path: Path) -> None:
    assert "ingest" in one_line(run(tmp_path, "counts"), 3)
    (tmp_path / "text.db").write_text("no database\n" * 100)
    assert "text.db" in one_line(run(tmp_path, "counts", "--store", "text.db"), 3)


def test_settings_come_from_the_folder_after_the_environment(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "casedrift.toml").write_text(f'store = "{folder}/casedrift.db"\n')
    assert asked(tmp_path, "status", "--json")["facts"] == 7
    assert "elsewhere.db" in one_line(run(tmp_path, "status", CASEDRIFT_STORE="elsewhere.db"), 3)
    (tmp_path / "casedrift.toml").write_text("shop = 1\n")
    assert "shop" in one_line(run(tmp_path, "status"), 2)
