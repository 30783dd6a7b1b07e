"""The compose file for a broker that is there already, laid over the other: the broker of our own is gone with all that
waited for it, who speaks to Kafka gets out, and nobody else does.
"""

from __future__ import annotations

import copy
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from casedrift.settings import Settings
from tests.house.compose import (
    Compose,
    bare_passwords,
    filled_in,
    hanging,
    laid_over,
    started,
    unknown_commands,
    unknown_variables,
    untended,
    waits_for_good,
)
from tests.house.schema_check import faults_by_schema
from tests.house.source import ROOT

BELOW = ROOT / "docker-compose.yml"
ABOVE = ROOT / "docker-compose.external-broker.yml"
OVER: Compose = yaml.safe_load(filled_in(ABOVE.read_text("utf-8")))
UNDER: Compose = yaml.safe_load(filled_in(BELOW.read_text("utf-8")))
SPEAK = {"topics", "worker", "feed", "feed-standby", "tend"}
RULES = (hanging, waits_for_good, untended, bare_passwords, unknown_commands)


def both(over: Compose = OVER) -> Compose:
    return started(laid_over(UNDER, over))


def kept_in(compose: Compose) -> list[str]:
    """Who speaks to the broker and can't get out, and who gets out for nothing."""
    outside = {name for name, network in compose["networks"].items() if not (network or {}).get("internal")}
    out = {name for name, service in compose["services"].items() if outside & set(service["networks"])}
    return sorted(out ^ SPEAK)


def unspoken(compose: Compose) -> list[str]:
    """Settings of the broker that do not reach who speaks to it; the password itself comes in a file only."""
    wanted = {f"CASEDRIFT_{name.upper()}" for name in Settings.model_fields if name.startswith("kafka_")}
    wanted -= {"CASEDRIFT_KAFKA_PASSWORD"}
    return [
        f"{name}: {each}"
        for name in sorted(SPEAK)
        for each in sorted(wanted - compose["services"][name]["environment"].keys())
    ]


@pytest.mark.parametrize("rule", [*RULES, kept_in, unspoken])
def test_both_together_keep(rule: Callable[[Compose], list[str]]) -> None:
    assert not rule(both())


def test_the_file_is_compose_by_its_schema() -> None:
    assert not faults_by_schema(ABOVE, "--builtin-schema", "vendor.compose-spec")


def test_the_tool_itself_reads_both_where_it_is_there() -> None:
    docker = shutil.which("docker") or "false"
    has_compose = subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0
    command = [docker, "compose", "-f", str(BELOW), "-f", str(ABOVE), "config", "--quiet"] if has_compose else ["true"]
    environment = {"CASEDRIFT_KAFKA_SERVERS": "broker.example.org:9093", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_takes_the_broker_out_and_nothing_else() -> None:
    assert both()["services"].keys() == UNDER["services"].keys() - {"kafka"}
    assert OVER["services"].keys() == SPEAK | {"kafka"}
    assert both()["networks"]["database"]["internal"]


def test_every_setting_named_is_one() -> None:
    assert not unknown_variables(ABOVE.read_text("utf-8"))


@pytest.mark.parametrize("compose", [UNDER, both()], ids=["with ours", "with theirs"])
def test_how_long_facts_are_kept_is_told_to_who_makes_the_topics_and_to_who_watches(compose: Compose) -> None:
    for name in ("topics", "worker"):
        assert "CASEDRIFT_FACTS_RETENTION_DAYS" in compose["services"][name]["environment"]


@pytest.mark.parametrize(
    ("rule", "plant"),
    [
        (hanging, lambda c: c["services"]["topics"]["depends_on"]["kafka"].pop("required")),
        (hanging, lambda c: c["secrets"].clear()),
        (hanging, lambda c: c["services"]["tend"]["volumes"].append("./deploy/gone:/x:ro")),
        (bare_passwords, lambda c: c["services"]["feed"].pop("secrets")),
        (bare_passwords, lambda c: c["services"]["feed"]["environment"].update(CASEDRIFT_KAFKA_PASSWORD="x")),
        (kept_in, lambda c: c["networks"]["streams"].update(internal=True)),
        (kept_in, lambda c: c["networks"].update(database={"internal": False})),
        (unspoken, lambda c: c["services"]["worker"].pop("environment")),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(rule: Callable[[Compose], list[str]], plant: Callable[[Any], None]) -> None:
    planted = copy.deepcopy(yaml.safe_load(yaml.dump(OVER, Dumper=_Plain)))
    plant(planted)
    assert rule(both(planted))


class _Plain(yaml.SafeDumper):
    """Writes out in full what several share."""

    def ignore_aliases(self, _: Any) -> bool:
        return True
