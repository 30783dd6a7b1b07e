"""The compose file starts what is there: every name in it leads to something, nothing in it moves by itself, and no
password stands in it. Where the containers' own tool is at hand, it has its say too.
"""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import casedrift
from tests.house.compose import (
    Compose,
    bare_passwords,
    hanging,
    idle,
    is_command,
    is_job,
    unknown_commands,
    unknown_variables,
    unpinned,
    untended,
    waits_for_good,
)
from tests.house.schema_check import faults_by_schema
from tests.house.source import ROOT

FILE = ROOT / "docker-compose.yml"
TEXT = FILE.read_text("utf-8")
COMPOSE: Compose = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
ROLES = (ROOT / "deploy" / "postgres" / "roles.sh").read_text("utf-8")
RULES = (hanging, idle, waits_for_good, untended, bare_passwords, unknown_commands)


@pytest.mark.parametrize("rule", RULES)
def test_the_file_keeps(rule: Callable[[Compose], list[str]]) -> None:
    assert not rule(COMPOSE)


def test_the_file_is_compose_by_its_schema() -> None:
    assert not faults_by_schema(FILE, "--builtin-schema", "vendor.compose-spec")


def test_a_planted_fault_is_found_by_the_schema(tmp_path: Path) -> None:
    planted = tmp_path / "docker-compose.yml"
    planted.write_text(TEXT.replace("stop_grace_period", "stop_gracefully"))
    assert "stop_gracefully" in faults_by_schema(planted, "--builtin-schema", "vendor.compose-spec")


def test_the_tool_itself_reads_the_file_where_it_is_there() -> None:
    docker = shutil.which("docker") or "false"
    has_compose = subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0
    command = [docker, "compose", "-f", str(FILE), "config", "--quiet"] if has_compose else ["true"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_everything_that_is_promised_is_started() -> None:
    stay = {name for name, each in SERVICES.items() if not is_job(each)}
    assert stay == {"kafka", "postgres", "worker", "feed", "feed-standby"}
    at_start = {name for name, each in SERVICES.items() if is_job(each) and "profiles" not in each}
    assert at_start == {"migrate", "topics"}
    assert SERVICES["feed"] == SERVICES["feed-standby"]
    assert "zookeeper" not in TEXT.lower()


def test_workers_can_be_many() -> None:
    alone = {"container_name", "hostname", "ports", "volumes"}
    assert not alone & SERVICES["worker"].keys()
    assert "CASEDRIFT_WORKER_ID" not in SERVICES["worker"]["environment"]


def test_every_version_is_pinned() -> None:
    images = [each["image"] for each in SERVICES.values()]
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)
    assert len(images) == len(SERVICES)
    assert len(bases) == 2
    assert not unpinned([*images, *bases])
    assert unpinned(["postgres", "postgres:latest", "postgres:17", "python:3-slim", "a/b:${TAG}"])
    ours = {each["image"] for each in SERVICES.values() if "build" in each}
    assert ours == {f"casedrift:{casedrift.__version__}"}


def test_every_setting_named_is_one() -> None:
    pages = [ROOT / "docs" / "live.md", ROOT / "docs" / "runbook.md"]
    assert not unknown_variables("\n".join([TEXT, DOCKERFILE, *(page.read_text("utf-8") for page in pages)]))
    assert unknown_variables("CASEDRIFT_STORE CASEDRIFT_KAFKA_SERVER CASEDRIFT_NOW") == ["CASEDRIFT_KAFKA_SERVER"]


def test_each_process_logs_in_under_a_name_of_its_own(tmp_path: Path) -> None:
    subprocess.run(["sh", ROOT / "deploy" / "secrets.sh", tmp_path], capture_output=True, check=True)
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert made.keys() == COMPOSE["secrets"].keys()
    assert all(re.fullmatch("[A-Za-z0-9]{32}", password) for password in made.values())
    assert len(set(made.values())) == len(made)
    assert [path.stat().st_mode & 0o777 for path in (tmp_path, tmp_path / "worker_password")] == [0o700, 0o644]
    for name, service in SERVICES.items():
        store = service.get("environment", {}).get("CASEDRIFT_STORE")
        if store:
            role = re.fullmatch(r"postgresql://(\w+)@postgres/casedrift", store)
            assert role, name
            assert service["secrets"] == [f"{role[1]}_password"], name
            assert f"CREATE ROLE {role[1]} LOGIN" in ROLES, name


def test_passwords_that_are_there_stay(tmp_path: Path) -> None:
    (tmp_path / "worker_password").write_text("kept")
    subprocess.run(["sh", ROOT / "deploy" / "secrets.sh", tmp_path], capture_output=True, check=True)
    assert (tmp_path / "worker_password").read_text() == "kept"


def test_a_process_is_given_its_password_from_its_file(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("hidden\n")
    given = started(str(secret))
    assert (given.returncode, given.stdout) == (0, "hidden\n")
    lacking = started(f"{secret}2")
    assert lacking.returncode == 2
    assert "can't be read" in lacking.stderr


def started(secret: str) -> subprocess.CompletedProcess[str]:
    """What a process sees that a container starts."""
    command = ["sh", str(ROOT / "deploy" / "entrypoint.sh"), "sh", "-c", 'echo "$PGPASSWORD"']
    environment = {"STORE_PASSWORD_FILE": secret, "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_image_is_made_of_what_is_there_and_runs_as_nobody_in_particular() -> None:
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )?(.+) \S+$", DOCKERFILE, re.M)
    paths = [path for each in copied for path in each.split()]
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    assert sorted(paths) == sorted(let_in)
    assert all((ROOT / path).exists() for path in paths)
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.M) == ["10001:10001"]
    assert "--require-hashes" in DOCKERFILE


def test_containers_can_do_little() -> None:
    for name, service in SERVICES.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("read_only") or name == "kafka", name
    assert all(network["internal"] for network in COMPOSE["networks"].values())


@pytest.mark.parametrize(
    ("rule", "plant"),
    [
        (hanging, lambda c: c["services"]["worker"]["depends_on"].update(gone={"condition": "service_started"})),
        (hanging, lambda c: c["services"]["kafka"].update(volumes=["gone:/var/lib/kafka/data"])),
        (hanging, lambda c: c["services"]["postgres"]["volumes"].append("./deploy/gone.sh:/x:ro")),
        (hanging, lambda c: c["services"]["ask"].update(networks=["gone"])),
        (hanging, lambda c: c["services"]["ask"].update(secrets=["gone"])),
        (idle, lambda c: c["volumes"].update(gone=None)),
        (waits_for_good, lambda c: c["services"]["topics"]["depends_on"]["kafka"].update(
            condition="service_completed_successfully")),
        (untended, lambda c: c["services"]["kafka"].pop("healthcheck")),
        (untended, lambda c: c["services"]["kafka"].pop("stop_grace_period")),
        (bare_passwords, lambda c: c["services"]["ask"]["environment"].update(PGPASSWORD="x")),
        (bare_passwords, lambda c: c["services"]["ask"]["environment"].update(CASEDRIFT_STORE="postgresql://a:b@c/d")),
        (bare_passwords, lambda c: c["services"]["ask"].update(secrets=["worker_password"])),
        (unknown_commands, lambda c: c["services"]["worker"].update(command=["casedrift", "work"])),
        (unknown_commands, lambda c: c["services"]["topics"].update(command=["casedrift", "topics"])),
        (unknown_commands, lambda c: c["services"]["feed"].update(command=["casedrift", "feed", "--gone"])),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(rule: Callable[[Compose], list[str]], plant: Callable[[Any], None]) -> None:
    planted = copy.deepcopy(yaml.safe_load(yaml.dump(COMPOSE)))
    plant(planted)
    assert rule(planted)


_OURS = re.compile(r"(?:(?:^|\s)(?:\S*/)?casedrift|run --rm .*?\b(?:ask|tend)) ([a-z][^`|<>#;\n]*)")


def shown(page: Path) -> list[list[str]]:
    """The commands of ours that a page shows, word by word, up to where the shell takes over."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    lines = [line for block in blocks for line in block.splitlines()] + spans
    return [found[1].split() for line in lines if (found := _OURS.search(line))]


@pytest.mark.parametrize("page", ["live.md", "runbook.md"])
def test_every_command_that_an_operator_is_told_to_run_is_one(page: str) -> None:
    told = shown(ROOT / "docs" / page)
    assert len(told) > 5
    assert not [words for words in told if not is_command(words)]
