"""How the broker is reached is checked before anything is tried, and nobody's password is ever shown."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from casedrift.live_settings import LiveSettings
from casedrift.settings import read_settings
from streams.errors import WrongInput
from streams.kafka.connecting import KafkaSettings
from streams.kafka.topics import CASE_ALERTS, CASE_COUNTS, CASE_FACTS, QUARANTINE, Topics

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "settings.md"
USER: dict[str, Any] = {"sasl": "SCRAM-SHA-512", "user": "worker", "password": "s3cret"}


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"security": "SASL_SSL"}, "kafka_sasl must say how the user is proved"),
        ({"security": "SASL_PLAINTEXT", "sasl": "PLAIN"}, "kafka_user and kafka_password, or kafka_password_file,"),
        ({"security": "SASL_SSL", "sasl": "PLAIN", "user": "worker"}, "kafka_user and kafka_password"),
        (USER, "kafka_sasl has no use; set kafka_security to SASL_SSL"),
        ({**USER, "security": "SSL"}, "kafka_sasl has no use"),
        ({"ca_file": Path("ca.pem")}, "a certificate or key has no use"),
        ({**USER, "security": "SASL_PLAINTEXT", "ca_file": Path("ca.pem")}, "a certificate or key has no use"),
        ({"security": "SSL", "key_file": Path("key.pem")}, "kafka_key_file is set without kafka_certificate_file"),
    ],
)
def test_what_does_not_go_together_is_one_line(settings: dict[str, Any], line: str) -> None:
    with pytest.raises(WrongInput, match=re.escape(line)) as told:
        KafkaSettings(**settings)
    assert "\n" not in str(told.value)
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("name", ["kafka_ca_file", "kafka_certificate_file"])
@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_cant_be_used_is_one_line(tmp_path: Path, name: str, content: str | None) -> None:
    path = tmp_path / "file.pem"
    if content is not None:
        path.write_text(content)
    file: dict[str, Any] = {name.removeprefix("kafka_"): path}
    settings = KafkaSettings(security="SSL", **file)
    for ask in (settings.for_kafka_python, settings.for_faust):
        with pytest.raises(WrongInput, match=f"{name}.* can't be read as"):
            ask()


def test_plain_text_for_both_libraries() -> None:
    settings = KafkaSettings(servers=("a:1", "b:2"))
    plain = settings.for_kafka_python()
    assert plain["bootstrap_servers"] == ["a:1", "b:2"]
    assert plain["security_protocol"] == "PLAINTEXT"
    assert not [name for name in plain if name.startswith(("sasl", "ssl"))]
    assert settings.for_faust() == {"broker": ["kafka://a:1", "kafka://b:2"], "broker_credentials": None}


def test_a_user_over_an_encrypted_connection_for_both_libraries() -> None:
    settings = KafkaSettings(security="SASL_SSL", **USER)
    plain = settings.for_kafka_python()
    assert plain["security_protocol"] == "SASL_SSL"
    assert [plain[f"sasl_{name}"] for name in ("mechanism", "plain_username", "plain_password")] == list(USER.values())
    assert (plain["ssl_context"].check_hostname, plain["ssl_context"].verify_mode.name) == (True, "CERT_REQUIRED")
    faust = settings.for_faust()["broker_credentials"]
    assert (faust.protocol.value, faust.mechanism.value) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (faust.username, faust.password) == ("worker", "s3cret")
    assert faust.ssl_context.check_hostname


def test_encryption_without_a_user_and_a_user_without_encryption() -> None:
    encrypted = KafkaSettings(security="SSL").for_faust()["broker_credentials"]
    assert (encrypted.protocol.value, encrypted.context.check_hostname) == ("SSL", True)
    bare = KafkaSettings(security="SASL_PLAINTEXT", **USER).for_faust()["broker_credentials"]
    assert (bare.protocol.value, bare.ssl_context) == ("SASL_PLAINTEXT", None)


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SECURITY", "SASL_SSL"), ("SASL", "PLAIN"), ("USER", "worker"), ("PASSWORD", "s3cret")):
        monkeypatch.setenv(f"CASEDRIFT_KAFKA_{name}", value)
    settings = read_settings()
    assert settings.kafka().password == "s3cret"
    assert "s3cret" not in f"{settings!r} {settings} {settings.kafka()!r}"


def test_a_password_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("s3cret\n")
    user = {"kafka_security": "SASL_SSL", "kafka_sasl": "PLAIN", "kafka_user": "worker"}
    assert LiveSettings.model_validate({**user, "kafka_password_file": path}).kafka().password == "s3cret"
    both = LiveSettings.model_validate({**user, "kafka_password_file": path, "kafka_password": "other"})
    with pytest.raises(WrongInput, match="both kafka_password and kafka_password_file"):
        both.kafka()
    path.write_text("\n")
    with pytest.raises(WrongInput, match="it is empty"):
        LiveSettings.model_validate({**user, "kafka_password_file": path}).kafka()
    with pytest.raises(WrongInput, match="it can't be read"):
        LiveSettings.model_validate({**user, "kafka_password_file": tmp_path / "none"}).kafka()


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("KAFKA_SERVERS", "broker", "setting kafka_servers: write host:port"),
        ("KAFKA_SECURITY", "TLS", "setting kafka_security: "),
        ("TOPIC_REPLICATION", "2", "setting topic_replication: give 1, for a single broker, or 3"),
        ("TOPIC_IN_SYNC", "2", "settings: topic_in_sync must not be above topic_replication"),
        ("HEARTBEAT_SECONDS", "6", "settings: heartbeat_seconds must be below session_seconds"),
        ("SESSION_SECONDS", "11", "settings: session_seconds must not be above request_seconds"),
        ("WORKER_ID", "worker one", "setting worker_id: "),
        ("METRICS_PORT", "70000", "setting metrics_port: "),
        ("LOG_LEVEL", "loud", "setting log_level: "),
    ],
)
def test_a_wrong_setting_is_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str) -> None:
    monkeypatch.setenv(f"CASEDRIFT_{name}", value)
    with pytest.raises(WrongInput, match=re.escape(line)) as told:
        read_settings()
    assert "\n" not in str(told.value)


def test_several_servers_may_be_given_with_blanks_between() -> None:
    settings = LiveSettings(kafka_servers="a.example:9092, [::1]:9093")
    assert settings.kafka().servers == ("a.example:9092", "[::1]:9093")


def test_a_worker_is_known_by_its_machine_unless_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Árvíz machine")
    assert LiveSettings().worker_name() == "-rv-z-machine"
    assert LiveSettings(worker_id="w-1").worker_name() == "w-1"


def test_one_broker_of_three_may_be_away_while_facts_come_in() -> None:
    plans = {plan.name: plan for plan in LiveSettings(topic_replication=3, topic_partitions=24).topics()}
    assert list(plans) == [CASE_FACTS, CASE_ALERTS, CASE_COUNTS, QUARANTINE]
    assert {(plan.replication, plan.configs["min.insync.replicas"]) for plan in plans.values()} == {(3, "2")}
    assert [plan.partitions for plan in plans.values()] == [24, 24, 1, 1]


def test_topics_are_planned_as_the_settings_ship() -> None:
    assert LiveSettings().topics() == Topics()


@pytest.mark.parametrize("command", ["topics create", "publish -", "replay-topic --from 2020-01-01"])
def test_without_the_library_it_says_how_to_get_it(command: str) -> None:
    program = "import sys; sys.modules['kafka'] = None; from casedrift.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *command.split()],
        cwd=ROOT, input="", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "casedrift: Kafka needs a library that is not installed; run make live, then try again\n"


@pytest.mark.parametrize("name", LiveSettings.model_fields)
def test_the_page_tells_each_setting_with_its_name_in_the_environment_and_what_is_shipped(name: str) -> None:
    section = PAGE.read_text("utf-8").partition(f"## `{name}`\n")[2].partition("\n## ")[0]
    words = " ".join(section.split())
    shipped = LiveSettings.model_fields[name].default
    assert f"`CASEDRIFT_{name.upper()}" in words
    assert "Else " in words
    if shipped is not None:
        assert f"Else `{shipped}`" in words
